import fc from 'fast-check'

/** Random proto3 schemas with values that fit them: what the properties of decoder and JSON are tried on. */
export interface MessageModel {
  readonly name: string
  readonly fields: readonly FieldModel[]
}

export interface FieldModel {
  readonly name: string
  readonly number: number
  readonly shape: 'plain' | 'optional' | 'repeated' | 'map' | 'oneof'
  readonly mapKey: (typeof KEY_TYPES)[number]
  readonly type: ScalarName | 'Choice' | MessageModel
}

/** By field name; unset fields are undefined, maps are arrays of pairs. 64-bit integers are bigint. */
export type MessageValue = { readonly [name: string]: unknown }

export const SCALARS = {
  double: fc.double(),
  float: fc.float(),
  int32: fc.integer(),
  sint32: fc.integer(),
  sfixed32: fc.integer(),
  uint32: fc.nat(0xffffffff),
  fixed32: fc.nat(0xffffffff),
  int64: fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n),
  sint64: fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n),
  sfixed64: fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n),
  uint64: fc.bigInt(0n, 2n ** 64n - 1n),
  fixed64: fc.bigInt(0n, 2n ** 64n - 1n),
  bool: fc.boolean(),
  string: fc.string({ unit: 'binary', maxLength: 40 }).map((text) => text.toWellFormed()),
  bytes: fc.uint8Array({ maxLength: 30 }),
} as const

export type ScalarName = keyof typeof SCALARS

const KEY_TYPES = ['int32', 'sint64', 'uint32', 'fixed64', 'sfixed32', 'bool', 'string'] as const

/** 7 has no name: a newer producer sent it. */
const CHOICES = fc.constantFrom(0, 1, 2, -1, 7)

function messageModel(depth: number): fc.Arbitrary<MessageModel> {
  const leaf = fc.constantFrom(...(Object.keys(SCALARS) as ScalarName[]), 'Choice' as const)
  const type: fc.Arbitrary<FieldModel['type']> = depth === 0 ? leaf : fc.oneof({ weight: 3, arbitrary: leaf }, messageModel(depth - 1))
  const shape = fc.constantFrom('plain', 'optional', 'repeated', 'map', 'oneof') as fc.Arbitrary<FieldModel['shape']>
  const field = fc.record({ type, shape, mapKey: fc.constantFrom(...KEY_TYPES), gap: fc.constantFrom(1, 1, 1, 14, 3000) })
  return fc.array(field, { minLength: 1, maxLength: 7 }).map((drafts) => {
    let number = 0
    const fields = drafts.map(({ gap, ...draft }, index) => {
      number += gap
      return { ...draft, name: `f${index}`, number, type: renamed(draft.type, index) }
    })
    return { name: 'M', fields }
  })
}

function renamed(type: FieldModel['type'], index: number): FieldModel['type'] {
  return typeof type === 'object' ? { ...type, name: `N${index}` } : type
}

export const schemaWithValues: fc.Arbitrary<{ model: MessageModel; values: MessageValue[] }> = messageModel(2).chain((model) =>
  fc.record({ model: fc.constant(model), values: fc.array(messageValue(model), { minLength: 1, maxLength: 4 }) }),
)

function messageValue(model: MessageModel): fc.Arbitrary<MessageValue> {
  const members = model.fields.filter(({ shape }) => shape === 'oneof').map(({ name }) => name)
  const values = Object.fromEntries(model.fields.map((field) => [field.name, fc.option(fieldValue(field), { nil: undefined })]))
  return fc
    .record({ fields: fc.record(values), chosen: fc.constantFrom('', ...members) })
    .map(({ fields, chosen }) => Object.fromEntries(Object.entries(fields).filter(([name]) => !members.includes(name) || name === chosen)))
}

function fieldValue({ shape, type, mapKey }: FieldModel): fc.Arbitrary<unknown> {
  const one: fc.Arbitrary<unknown> = typeof type === 'object' ? messageValue(type) : type === 'Choice' ? CHOICES : SCALARS[type]
  if (shape === 'repeated') return fc.array(one, { maxLength: 4 })
  if (shape !== 'map') return one
  const entry = fc.tuple(SCALARS[mapKey] as fc.Arbitrary<unknown>, one)
  return fc.uniqueArray(entry, { maxLength: 16, selector: ([key]) => String(key) })
}

export function protoText(model: MessageModel): string {
  return `syntax = "proto3";\nenum Choice { NONE = 0; ONE = 1; TWO = 2; MINUS = -1; }\n${messageText(model)}`
}

function messageText({ name, fields }: MessageModel): string {
  const nested = fields.flatMap(({ type }) => (typeof type === 'object' ? [messageText(type)] : []))
  const plain = fields.filter(({ shape }) => shape !== 'oneof').map(fieldText)
  const members = fields.filter(({ shape }) => shape === 'oneof').map(fieldText)
  const oneof = members.length > 0 ? [`oneof only_one { ${members.join(' ')} }`] : []
  return `message ${name} {\n${[...nested, ...plain, ...oneof].join('\n')}\n}`
}

function fieldText({ name, number, shape, type, mapKey }: FieldModel): string {
  const typeName = typeof type === 'object' ? type.name : type
  const prefix = shape === 'optional' || shape === 'repeated' ? `${shape} ` : ''
  return `${prefix}${shape === 'map' ? `map<${mapKey}, ${typeName}>` : typeName} ${name} = ${number};`
}

/** The row that a value becomes, by the mapping as it is specified, for comparison with `readRows`. */
export function expectedRow({ fields }: MessageModel, value: MessageValue): Record<string, unknown> {
  const ordered = [...fields.filter(({ shape }) => shape !== 'oneof'), ...fields.filter(({ shape }) => shape === 'oneof')]
  return Object.fromEntries(ordered.map((field) => [field.name, expectedColumn(field, value[field.name])]))
}

function expectedColumn({ shape, type, mapKey }: FieldModel, value: unknown): unknown {
  if (shape === 'repeated') return ((value ?? []) as unknown[]).map((item) => expectedValue(type, item))
  if (shape === 'map')
    return ((value ?? []) as [unknown, unknown][]).map(([key, item]) => [expectedValue(mapKey, key), expectedValue(type, item)])
  if (value !== undefined) return expectedValue(type, value)
  return shape === 'plain' && typeof type !== 'object' ? defaultColumn(type) : null
}

function expectedValue(type: FieldModel['type'], value: unknown): unknown {
  if (typeof type === 'object') return expectedRow(type, value as MessageValue)
  if (type === 'Choice') return { 0: 'NONE', 1: 'ONE', 2: 'TWO', [-1]: 'MINUS' }[value as number] ?? String(value)
  if (type === 'bytes') return Buffer.from(value as Uint8Array).toString('hex')
  return typeof value === 'number' && type !== 'double' && type !== 'float' ? BigInt(value) : value
}

function defaultColumn(type: ScalarName | 'Choice'): unknown {
  if (type === 'Choice') return 'NONE'
  if (type === 'string' || type === 'bytes') return ''
  if (type === 'bool') return false
  return type === 'double' || type === 'float' ? 0 : 0n
}

/** Plain objects as protobufjs takes them. */
export function protobufjsObject({ fields }: MessageModel, value: MessageValue): Record<string, unknown> {
  const present = fields.filter(({ name }) => value[name] !== undefined)
  return Object.fromEntries(present.map((field) => [field.name, protobufjsField(field, value[field.name])]))
}

function protobufjsField({ shape, type }: FieldModel, value: unknown): unknown {
  const one = (item: unknown): unknown =>
    typeof type === 'object' ? protobufjsObject(type, item as MessageValue) : typeof item === 'bigint' ? String(item) : item
  if (shape === 'repeated') return (value as unknown[]).map(one)
  return shape === 'map' ? Object.fromEntries((value as [unknown, unknown][]).map(([key, item]) => [String(key), one(item)])) : one(value)
}
