import { parseJsonText, type JsonNode, type JsonObjectNode } from '../schema/json-text.ts'
import type { SchemaType } from '../schema/language.ts'
import { printJson } from '../schema/print-json.ts'
import { isErrorOfKind } from '../shared/errors.ts'
import { limits } from '../shared/limits.ts'
import { registryErrors } from './registry-error.ts'

/** A part of a schema that can be tagged, by the path that Confluent's catalogue uses. */
export interface SchemaEntity {
  /** Avro: `ns.Record` and `ns.Record.field`; JSON: `object.address` and `object.address.object.zip`, `array` for items. */
  readonly entityPath: string
  readonly entityType: 'sr_record' | 'sr_field'
}

export interface SchemaTags {
  readonly schemaEntity: SchemaEntity
  readonly tags: readonly string[]
}

export interface TagChanges {
  readonly add: readonly SchemaTags[]
  readonly remove: readonly SchemaTags[]
}

/** The tags that a registered schema carries in its own text, as `confluent:tags`. None are read from Protobuf. */
export function tagsIn(schemaType: SchemaType, text: string): SchemaTags[] {
  const found: SchemaTags[] = []
  if (schemaType === 'PROTOBUF') return found
  const node = parsed(schemaType, text)
  mapEntities(schemaType, node, (schemaEntity, tags) => {
    if (tags.length > 0) found.push({ schemaEntity, tags })
    return tags
  })
  return found
}

/** The text with tags put into it and taken out. Throws RegistryError 42201 for no text, a path that names nothing, and Protobuf. */
export function withTags(schemaType: SchemaType, text: string, { add, remove }: TagChanges): string {
  if (add.length + remove.length === 0) return text
  if (text.trim() === '') throw registryErrors.emptySchema()
  if (schemaType === 'PROTOBUF') throw registryErrors.invalidSchema('Tags inside the text of a Protobuf schema are not supported')
  const node = submitted(schemaType, text)
  const [added, removed] = [tagsByKey(add), tagsByKey(remove)]
  const missing = new Set(added.keys())
  const changed = mapEntities(schemaType, node, (entity, tags) => {
    const key = keyOf(entity)
    missing.delete(key)
    const gone = removed.get(key)
    return [...new Set([...tags, ...(added.get(key) ?? [])])].filter((tag) => !gone?.has(tag))
  })
  for (const key of missing) throw registryErrors.invalidSchema(`No matching path ${key} found in the schema for the tags to add`)
  return changed
}

const TAGS = 'confluent:tags'

type ChangeTags = (entity: SchemaEntity, tags: readonly string[]) => readonly string[]

function submitted(schemaType: SchemaType, text: string): JsonNode {
  try {
    return parsed(schemaType, text)
  } catch (error) {
    if (!isErrorOfKind(error, 'invalid-schema')) throw error
    throw registryErrors.invalidSchema(`Invalid schema of type ${schemaType}, details: ${error.message}`)
  }
}

/** Whether the text is a schema is seen later, when it is registered with its tags. */
function parsed(schemaType: SchemaType, text: string): JsonNode {
  const isAvro = schemaType === 'AVRO'
  return parseJsonText(text, { nestingMax: limits.schemaJsonNestingMax, allowsComments: isAvro, allowsHalfSurrogates: !isAvro })
}

function mapEntities(schemaType: SchemaType, node: JsonNode, change: ChangeTags): string {
  return printJson(schemaType === 'AVRO' ? mapAvro(node, '', change) : mapJson(node, '', change))
}

function mapAvro(node: JsonNode, namespace: string, change: ChangeTags): JsonNode {
  if (node.kind === 'array') return { ...node, items: node.items.map((branch) => mapAvro(branch, namespace, change)) }
  if (node.kind !== 'object') return node
  const fullName = avroName(node, namespace)
  const inner = fullName.includes('.') ? fullName.slice(0, fullName.lastIndexOf('.')) : namespace
  const mapped = mapMembers(node, ['type', 'items', 'values'], (member) => mapAvro(member, inner, change))
  const fields = mapped.members.get('fields')
  if (fields?.kind !== 'array') return mapped
  const items = fields.items.map((field) => (field.kind === 'object' ? mapAvroField(field, { fullName, namespace: inner }, change) : field))
  const members = new Map(mapped.members).set('fields', { ...fields, items })
  return retagged({ ...mapped, members }, { entityPath: fullName, entityType: 'sr_record' }, change)
}

function mapAvroField(
  field: JsonObjectNode,
  { fullName, namespace }: { fullName: string; namespace: string },
  change: ChangeTags,
): JsonObjectNode {
  const mapped = mapMembers(field, ['type'], (type) => mapAvro(type, namespace, change))
  return retagged(mapped, { entityPath: `${fullName}.${textOf(field, 'name')}`, entityType: 'sr_field' }, change)
}

function avroName(node: JsonObjectNode, enclosing: string): string {
  const name = textOf(node, 'name')
  const namespace = node.members.has('namespace') ? textOf(node, 'namespace') : enclosing
  return name.includes('.') || namespace === '' || name === '' ? name : `${namespace}.${name}`
}

function mapJson(node: JsonNode, prefix: string, change: ChangeTags): JsonNode {
  if (node.kind !== 'object') return node
  const mapped = mapMembers(node, ['items'], (items) => mapJson(items, `${prefix}array.`, change))
  const properties = mapped.members.get('properties')
  if (properties?.kind !== 'object') return mapped
  const path = `${prefix}object`
  const entries = [...properties.members].map(([name, property]) => [name, mapJsonProperty(property, `${path}.${name}`, change)] as const)
  const members = new Map(mapped.members).set('properties', { ...properties, members: new Map(entries) })
  return retagged({ ...mapped, members }, { entityPath: path, entityType: 'sr_record' }, change)
}

/** A property that is an object is tagged as the field it is; what its own properties are is below it. */
function mapJsonProperty(property: JsonNode, entityPath: string, change: ChangeTags): JsonNode {
  const asField: ChangeTags = (entity, tags) => (entity.entityPath === `${entityPath}.object` ? tags : change(entity, tags))
  const mapped = mapJson(property, `${entityPath}.`, asField)
  return mapped.kind === 'object' ? retagged(mapped, { entityPath, entityType: 'sr_field' }, change) : mapped
}

function mapMembers(node: JsonObjectNode, names: readonly string[], map: (member: JsonNode) => JsonNode): JsonObjectNode {
  const members = new Map([...node.members].map(([name, member]) => [name, names.includes(name) ? map(member) : member] as const))
  return { ...node, members }
}

function retagged(node: JsonObjectNode, entity: SchemaEntity, change: ChangeTags): JsonObjectNode {
  const before = node.members.get(TAGS)
  const tags = before?.kind === 'array' ? before.items.flatMap((item) => (item.kind === 'string' ? [item.value] : [])) : []
  const after = change(entity, tags)
  const members = new Map(node.members)
  if (after.length === 0) members.delete(TAGS)
  else members.set(TAGS, { kind: 'array', items: after.map((value) => ({ kind: 'string', value })) })
  return { ...node, members }
}

function tagsByKey(all: readonly SchemaTags[]): ReadonlyMap<string, ReadonlySet<string>> {
  const byKey = new Map<string, Set<string>>()
  for (const { schemaEntity, tags } of all) {
    const key = keyOf(schemaEntity)
    const ofKey = byKey.get(key) ?? new Set()
    byKey.set(key, ofKey)
    for (const tag of tags) ofKey.add(tag)
  }
  return byKey
}

function keyOf({ entityType, entityPath }: SchemaEntity): string {
  return `${entityType} ${entityPath}`
}

function textOf(node: JsonObjectNode, name: string): string {
  const member = node.members.get(name)
  return member?.kind === 'string' ? member.value : ''
}
