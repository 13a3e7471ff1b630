import type { ObjectStore } from './object-store.ts'

/** Where the lake is: object keys below it, and the URIs that table metadata and foreign readers use for them. */
export interface LakeRoot {
  /** Without a trailing slash: `file:///var/lib/headgate/lake` or `s3://bucket/prefix`. Raw, never percent-encoded. */
  readonly uri: string
  readonly store: ObjectStore
}

export function uriOf(root: LakeRoot, key: string): string {
  return `${root.uri}/${key}`
}

/** The object key of a URI below the root; undefined for one that lies elsewhere. */
export function keyOf(root: LakeRoot, uri: string): string | undefined {
  // Hadoop, and so Spark, prints a local path without the empty authority (RFC 8089 allows both).
  const plain = uri.replace(/^file:\/(?!\/)/, 'file:///')
  return plain.startsWith(`${root.uri}/`) ? plain.slice(root.uri.length + 1) : undefined
}
