import type { SchemaType } from '../../schema/language.ts'
import { isObject, parseJson, stringifyJson, type JsonObject, type JsonValue } from '../../shared/json.ts'

/** What one file says of a topic: its value's schema, or the schemas of key and value apart. */
export interface Parts {
  readonly key?: string
  readonly value?: string
}

/**
 * Takes an envelope apart: an Avro record, or a JSON object, of nothing but `key` and `value`; a .proto with messages
 * `Key` or `Value`. Anything else is the value's schema as it is. The parts are schemas of their own: an Avro type takes
 * the envelope's namespace along, a JSON schema its definitions. A text that cannot be read is left to the registry,
 * which says why.
 */
export async function partsOf(schemaType: SchemaType, text: string): Promise<Parts> {
  try {
    const parts = schemaType === 'PROTOBUF' ? await protobufParts(text) : jsonParts(schemaType, parseJson(text))
    return parts ?? { value: text }
  } catch {
    return { value: text }
  }
}

function jsonParts(schemaType: SchemaType, root: JsonValue): Parts | undefined {
  if (!isObject(root)) return undefined
  const found = schemaType === 'AVRO' ? avroFields(root) : jsonProperties(root)
  const names = Object.keys(found)
  if (names.length === 0 || names.some((name) => name !== 'key' && name !== 'value')) return undefined
  return Object.fromEntries(Object.entries(found).map(([name, schema]) => [name, stringifyJson(schema)]))
}

function avroFields(root: JsonObject): JsonObject {
  const { type, name, namespace, fields } = root
  if (type !== 'record' || !Array.isArray(fields)) return {}
  const fullName = typeof name === 'string' ? name : ''
  const ownNamespace = fullName.includes('.') ? fullName.slice(0, fullName.lastIndexOf('.')) : namespace
  return Object.fromEntries(
    fields
      .filter((field) => isObject(field))
      .map((field) => [textOf(field['name']), inNamespace(field['type'] ?? null, typeof ownNamespace === 'string' ? ownNamespace : '')]),
  )
}

/** Names without a namespace of their own are those of what encloses them: outside of it, it must be said. */
function inNamespace(type: JsonValue, namespace: string): JsonValue {
  if (namespace === '') return type
  if (typeof type === 'string') return PRIMITIVES.has(type) || type.includes('.') ? type : `${namespace}.${type}`
  if (Array.isArray(type)) return type.map((branch) => inNamespace(branch, namespace))
  if (!isObject(type)) return type
  if (typeof type['name'] === 'string') return type['name'].includes('.') || 'namespace' in type ? type : { ...type, namespace }
  const below = ['type', 'items', 'values'].filter((name) => type[name] !== undefined && !COMPLEX.has(textOf(type[name])))
  return { ...type, ...Object.fromEntries(below.map((name) => [name, inNamespace(type[name] ?? null, namespace)])) }
}

const PRIMITIVES: ReadonlySet<string> = new Set(['null', 'boolean', 'int', 'long', 'float', 'double', 'bytes', 'string'])
const COMPLEX: ReadonlySet<string> = new Set(['array', 'map', 'record', 'enum', 'fixed', 'error'])

function jsonProperties(root: JsonObject): JsonObject {
  const { properties } = root
  if (!isObject(properties)) return {}
  const shared = Object.fromEntries(
    ['$schema', '$defs', 'definitions'].filter((name) => name in root).map((name) => [name, root[name] ?? null]),
  )
  return Object.fromEntries(
    Object.entries(properties).map(([name, schema]) => [name, isObject(schema) ? { ...shared, ...schema } : schema]),
  )
}

/** The first message of a file is the one that counts: each part has its own in front, and the other one not at all. */
async function protobufParts(text: string): Promise<Parts | undefined> {
  const [{ parseProtoFile }, { canonicalText }] = await Promise.all([
    import('../../schema/protobuf/parse/parse-file.ts'),
    import('../../schema/protobuf/print/canonical.ts'),
  ])
  const file = parseProtoFile({ name: '', text })
  const [key, value] = ['Key', 'Value'].map((wanted) => file.messages.find(({ name }) => name === wanted))
  if (!key && !value) return undefined
  const others = file.messages.filter((message) => message !== key && message !== value)
  return {
    ...(key ? { key: canonicalText({ ...file, messages: [key, ...others] }) } : {}),
    ...(value ? { value: canonicalText({ ...file, messages: [value, ...others] }) } : {}),
  }
}

function textOf(value: JsonValue | undefined): string {
  return typeof value === 'string' ? value : ''
}
