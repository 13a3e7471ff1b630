import { gunzipSync } from 'node:zlib'
import { keyOf, uriOf, type LakeRoot } from '../objects/lake-root.ts'
import { utf8Bytes, utf8Text } from '../shared/bytes.ts'
import { HeadgateError } from '../shared/errors.ts'
import { parseJson, stringifyJson, type JsonObject } from '../shared/json.ts'
import { randomUuid, type Random } from '../shared/random.ts'
import { putNew } from '../tables/iceberg/put-new.ts'
import type { CurrentMetadata } from '../tables/iceberg/table-pointer.ts'

/** Metadata files as metastore catalogs name them: `metadata/00007-<uuid>.metadata.json`, written before the swap. */
export async function writeMetadataFile(root: LakeRoot, metadata: JsonObject, place: MetadataFilePlace): Promise<CurrentMetadata> {
  const name = `${String(place.version).padStart(5, '0')}-${randomUuid(place.random)}.metadata.json`
  const key = `${metadataFolder(root, metadata)}/${name}`
  await putNew(root, key, utf8Bytes(stringifyJson(metadata)))
  return { location: uriOf(root, key), metadata }
}

export interface MetadataFilePlace {
  /** Counts up from 0; only people read it. */
  readonly version: number
  readonly random: Random
}

/** The version after that of another file; files of other naming schemes count as 0. */
export function versionAfter(location: string): number {
  const [, version] = /\/v?(\d+)(?:-[^/]*)?(?:\.gz)?\.metadata\.json$/.exec(location) ?? []
  return Number(version ?? 0) + 1
}

export async function readMetadataFile(root: LakeRoot, location: string, signal?: AbortSignal): Promise<JsonObject> {
  const key = keyOf(root, location)
  if (key === undefined)
    throw new HeadgateError('unsupported', `${location} lies outside the lake ${root.uri}; register the table in a lake that holds it`)
  const bytes = await root.store.get(key, signal ? { signal } : {})
  if (bytes === undefined)
    throw new HeadgateError('store-corrupt', `${location} is what the catalog points to, but it is not there; was it deleted by hand?`)
  try {
    return parseJson(utf8Text(isGzip(bytes) ? gunzipSync(bytes) : bytes)) as JsonObject
  } catch (cause) {
    throw new HeadgateError('store-corrupt', `${location} is not JSON`, { cause, facts: { location } })
  }
}

/**
 * `version-hint.text` lets a reader without a catalog open the folder. It holds the file's name up to `.metadata.json`:
 * DuckDB puts it into its second name pattern, `%s%s.metadata.json`, and finds the file. Readers that expect the whole
 * number of a filesystem catalog find nothing, which is right: two commit protocols on one table lose commits.
 */
export async function writeVersionHint(root: LakeRoot, { location, metadata }: CurrentMetadata): Promise<void> {
  const stem = location.slice(location.lastIndexOf('/') + 1).replace(/\.metadata\.json$/, '')
  await root.store.put(`${metadataFolder(root, metadata)}/version-hint.text`, utf8Bytes(stem))
}

function metadataFolder(root: LakeRoot, { location }: JsonObject): string {
  const key = typeof location === 'string' ? keyOf(root, location) : undefined
  if (key === undefined)
    throw new HeadgateError('unsupported', `the table location ${JSON.stringify(location)} lies outside the lake ${root.uri}`)
  return `${key}/metadata`
}

function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b
}
