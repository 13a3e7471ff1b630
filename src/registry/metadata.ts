/**
 * What a team says about a schema beside its text: tags on paths, properties, and which properties are secret. Clients
 * find versions by the properties (`use.latest.with.metadata`), and compatibility groups are named by one.
 */
export interface Metadata {
  readonly tags?: { readonly [path: string]: readonly string[] }
  readonly properties?: { readonly [name: string]: string }
  readonly sensitive?: readonly string[]
}

/** The property that the registry itself keeps: the version a schema was registered as. */
export const VERSION_PROPERTY = 'confluent:version'

/** Names of fields that no version may use, separated by commas. */
export const RESERVED_PROPERTY = 'confluent:reserved'

/** Undefined when nothing is left to say. */
export function nonEmptyMetadata({ tags = {}, properties = {}, sensitive = [] }: Metadata): Metadata | undefined {
  const metadata = {
    ...(Object.keys(tags).length > 0 ? { tags } : {}),
    ...(Object.keys(properties).length > 0 ? { properties } : {}),
    ...(sensitive.length > 0 ? { sensitive } : {}),
  }
  return Object.keys(metadata).length > 0 ? metadata : undefined
}

/** What `over` says wins; tags of one path and the names of secrets add up. */
export function mergeMetadata(under: Metadata | undefined, over: Metadata | undefined): Metadata | undefined {
  if (under === undefined || over === undefined) return over ?? under
  return nonEmptyMetadata({
    tags: mergeTags(under.tags ?? {}, over.tags ?? {}),
    properties: { ...under.properties, ...over.properties },
    sensitive: [...new Set([...(under.sensitive ?? []), ...(over.sensitive ?? [])])],
  })
}

export function withVersionProperty(metadata: Metadata | undefined, version: number): Metadata {
  return { ...metadata, properties: { ...metadata?.properties, [VERSION_PROPERTY]: String(version) } }
}

export function withoutVersionProperty(metadata: Metadata | undefined): Metadata | undefined {
  if (metadata?.properties?.[VERSION_PROPERTY] === undefined) return metadata
  const { [VERSION_PROPERTY]: _, ...properties } = metadata.properties
  return nonEmptyMetadata({ ...metadata, properties })
}

function mergeTags(
  under: { readonly [path: string]: readonly string[] },
  over: { readonly [path: string]: readonly string[] },
): { [path: string]: readonly string[] } {
  const merged: { [path: string]: readonly string[] } = { ...under }
  for (const [path, tags] of Object.entries(over)) merged[path] = [...new Set([...(under[path] ?? []), ...tags])]
  return merged
}
