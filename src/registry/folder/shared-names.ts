import type { SchemaType } from '../../schema/language.ts'
import type { SharedFile } from './folder-files.ts'
import { isObject } from '../../shared/json.ts'

/**
 * What a schema can call a shared file by, and the names by which a text refers to others. Only names that match a shared
 * file become references: all others are the text's own, or an error that the registry words.
 */

/** A shared Avro type goes by its full name, a JSON or .proto file by its path below `_shared`. */
export function sharedNameOf({ schemaType, name, text }: SharedFile): string {
  return schemaType === 'AVRO' ? (avroRootName(text) ?? name) : name
}

export async function namesReferredTo(schemaType: SchemaType, text: string): Promise<Set<string>> {
  try {
    switch (schemaType) {
      case 'AVRO':
        return avroNames(JSON.parse(text))
      case 'JSON':
        return jsonRefs(JSON.parse(text))
      case 'PROTOBUF':
        return await protobufImports(text)
    }
  } catch {
    // A text that cannot be read refers to nothing; registering it says what is wrong.
    return new Set()
  }
}

function avroRootName(text: string): string | undefined {
  try {
    const { name, namespace } = JSON.parse(text) as { name?: unknown; namespace?: unknown }
    if (typeof name !== 'string') return undefined
    return name.includes('.') || typeof namespace !== 'string' || namespace === '' ? name : `${namespace}.${name}`
  } catch {
    return undefined
  }
}

/** Every name that stands where a type may, by itself and in the namespace around it. */
function avroNames(root: unknown): Set<string> {
  const names = new Set<string>()
  const visit = (type: unknown, namespace: string): void => {
    if (typeof type === 'string') {
      names.add(type)
      if (namespace !== '' && !type.includes('.')) names.add(`${namespace}.${type}`)
    } else if (Array.isArray(type)) for (const branch of type as unknown[]) visit(branch, namespace)
    else if (isObject(type)) {
      const inner = namespaceOf(type, namespace)
      for (const name of ['type', 'items', 'values']) if (type[name] !== undefined) visit(type[name], inner)
      if (Array.isArray(type['fields'])) for (const field of type['fields'] as unknown[]) if (isObject(field)) visit(field['type'], inner)
    }
  }
  visit(root, '')
  return names
}

function namespaceOf({ name, namespace }: { readonly [name: string]: unknown }, enclosing: string): string {
  if (typeof name !== 'string') return enclosing
  if (name.includes('.')) return name.slice(0, name.lastIndexOf('.'))
  return typeof namespace === 'string' ? namespace : enclosing
}

/** The documents that `$ref`s name, without what is behind `#`. */
function jsonRefs(root: unknown): Set<string> {
  const names = new Set<string>()
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) for (const item of value as unknown[]) visit(item)
    else if (isObject(value))
      for (const [name, member] of Object.entries(value)) {
        if (name === '$ref' && typeof member === 'string') names.add(member.split('#')[0]?.replace(/^\.\//, '') ?? '')
        visit(member)
      }
  }
  visit(root)
  return names
}

async function protobufImports(text: string): Promise<Set<string>> {
  const { parseProtoFile } = await import('../../schema/protobuf/parse/parse-file.ts')
  return new Set(parseProtoFile({ name: '', text }).imports.map(({ path }) => path))
}
