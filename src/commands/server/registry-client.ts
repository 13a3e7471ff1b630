import type { SchemaReference } from '../../registry/schema-content.ts'
import type { ResolvedReference, SchemaDefinition, SchemaType } from '../../schema/language.ts'
import { HeadgateError } from '../../shared/errors.ts'
import { limits } from '../../shared/limits.ts'
import { pathOf, type ServerClient } from './server-client.ts'

/** A schema as the registry answers it. */
export interface RegistrySchema {
  readonly id: number
  readonly guid: string
  readonly schemaType: SchemaType
  readonly schema: string
  readonly references?: readonly SchemaReference[]
}

export interface RegistryVersion extends RegistrySchema {
  readonly subject: string
  readonly version: number
}

/** `version` is a number or `latest`. */
export function schemaVersion(server: ServerClient, subject: string, version = 'latest'): Promise<RegistryVersion> {
  return server.get(pathOf('subjects', subject, 'versions', version))
}

/** Undefined for a subject without a version. */
export function latestVersion(server: ServerClient, subject: string): Promise<RegistryVersion | undefined> {
  return server.find(pathOf('subjects', subject, 'versions', 'latest'))
}

export function schemaById(server: ServerClient, schemaId: number): Promise<RegistrySchema | undefined> {
  return server.find(pathOf('schemas', 'ids', String(schemaId)))
}

export function schemaByGuid(server: ServerClient, guid: string): Promise<RegistrySchema | undefined> {
  return server.find(pathOf('schemas', 'guids', guid))
}

/** The schema with the texts of everything that it refers to, dependencies first. */
export async function definitionOf(
  server: ServerClient,
  { schemaType, schema, references }: Pick<RegistrySchema, 'schemaType' | 'schema' | 'references'>,
): Promise<SchemaDefinition> {
  const resolved = new Map<string, ResolvedReference>()
  const resolve = async ({ name, subject, version }: SchemaReference, depth: number): Promise<void> => {
    if (resolved.has(name)) return
    if (depth > limits.nestingMax)
      throw new HeadgateError('invalid-schema', `references of schemas are nested deeper than ${limits.nestingMax}`)
    const referenced = await schemaVersion(server, subject, String(version))
    for (const inner of referenced.references ?? []) await resolve(inner, depth + 1)
    resolved.set(name, { name, text: referenced.schema })
  }
  for (const reference of references ?? []) await resolve(reference, 1)
  return { schemaType, text: schema, references: [...resolved.values()] }
}
