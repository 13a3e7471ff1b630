import type { OptionNode, OptionValue } from '../ast.ts'
import { resolveName } from '../link/scope.ts'
import type { FieldType, LinkedFile, LinkedSchema, MessageType } from '../link/types.ts'
import { printValue } from '../print/print-option.ts'
import { DynamicMessage, type DynamicScalar, type DynamicValue } from '../wire/dynamic-message.ts'
import { encodeDynamic } from '../wire/encode-dynamic.ts'
import { buildMessage } from './build-message.ts'
import { descriptorType } from './descriptor-types.ts'
import { optionScalar } from './option-scalar.ts'

/** Where options stand: names of custom options are resolved from there. */
export interface OptionPlace {
  readonly schema: LinkedSchema
  readonly file: LinkedFile
  /** Full name of the enclosing package or message. */
  readonly scopeName: string
}

/**
 * The options of a declaration as a message such as `google.protobuf.FieldOptions`, custom options as its extensions.
 * What no visible file declares stays an `uninterpreted_option`, as protoc leaves it before linking. Undefined when there
 * are none.
 */
export function interpretOptions(typeName: string, options: readonly OptionNode[], place: OptionPlace): DynamicMessage | undefined {
  if (options.length === 0) return undefined
  const message = new DynamicMessage(descriptorType(typeName, place.schema))
  for (const option of options) if (!setOption(message, option, place)) addUninterpreted(message, option)
  return message
}

/** Answers false when the option or its value does not fit a declaration. */
function setOption(message: DynamicMessage, { name, value }: OptionNode, place: OptionPlace): boolean {
  let target = message
  for (const [index, part] of name.entries()) {
    const field = part.isExtension ? extensionNamed(part.text, target.type, place) : target.type.fieldByName.get(part.text)
    if (!field) return false
    if (index === name.length - 1) return addValue(target, field, value, place)
    if (field.type.kind !== 'message' || field.repetition !== 'singular') return false
    const inner = target.values.get(field) ?? new DynamicMessage(field.type.message)
    target.values.set(field, inner)
    target = inner as DynamicMessage
  }
  return false
}

function extensionNamed(name: string, extendee: MessageType, { schema, file, scopeName }: OptionPlace): FieldType | undefined {
  const scope = schema.meanings.scopes.get(scopeName)
  const visible = schema.meanings.visibleTo.get(file)
  if (!scope || !visible) return undefined
  const thing = resolveName(name, { scope, visible, isWanted: ({ kind }) => kind === 'extension' })
  const field = thing?.kind === 'extension' ? thing.field : null
  return field && extendee.extensionByNumber.get(field.number) === field ? field : undefined
}

/** Sets a field, or appends to a repeated one. */
function addValue(target: DynamicMessage, field: FieldType, value: OptionValue, place: OptionPlace): boolean {
  if (value.kind === 'list')
    return field.repetition !== 'singular' && value.items.every((item) => item.kind !== 'list' && addValue(target, field, item, place))
  const interpreted = interpretValue(field, value, place)
  if (interpreted === null) return false
  if (field.repetition === 'map') return addEntry(target, field, interpreted as DynamicMessage)
  if (field.repetition === 'singular') target.set(field, interpreted)
  else target.append(field, interpreted)
  return true
}

function addEntry(target: DynamicMessage, field: FieldType, entry: DynamicMessage): boolean {
  const known = target.values.get(field)
  const map = known instanceof Map ? known : new Map<DynamicScalar, DynamicValue>()
  const [key, value] = [entry.get('key'), entry.get('value')]
  if (key === undefined || value === undefined) return false
  target.values.set(field, map.set(key as DynamicScalar, value))
  return true
}

function interpretValue({ type }: FieldType, value: OptionValue, place: OptionPlace): DynamicValue | null {
  if (type.kind !== 'message') return optionScalar(type, value)
  if (value.kind !== 'message') return null
  const message = new DynamicMessage(type.message)
  const isComplete = value.entries.every((entry) => addAggregateEntry(message, entry.name, entry.value, place))
  return isComplete ? message : null
}

function addAggregateEntry(message: DynamicMessage, name: string, value: OptionValue, place: OptionPlace): boolean {
  if (name.includes('/')) return setAny(message, name.slice(1, -1), value, place)
  const field = name.startsWith('[')
    ? extensionNamed(name.slice(1, -1), message.type, place)
    : (message.type.fieldByName.get(name) ?? message.type.fieldByName.get(name.toLowerCase()))
  return field !== undefined && addValue(message, field, value, place)
}

/** `[type.googleapis.com/pkg.Message] { ... }` inside an Any. */
function setAny(any: DynamicMessage, typeUrl: string, value: OptionValue, place: OptionPlace): boolean {
  const type = place.schema.messages.get(typeUrl.slice(typeUrl.lastIndexOf('/') + 1))
  const [urlField, valueField] = [any.type.fieldByName.get('type_url'), any.type.fieldByName.get('value')]
  if (!type || !urlField || !valueField || value.kind !== 'message') return false
  const content = new DynamicMessage(type)
  if (!value.entries.every((entry) => addAggregateEntry(content, entry.name, entry.value, place))) return false
  any.values.set(urlField, typeUrl).set(valueField, encodeDynamic(content))
  return true
}

function addUninterpreted(message: DynamicMessage, { name, value }: OptionNode): void {
  const field = message.type.fieldByName.get('uninterpreted_option')
  if (field?.type.kind !== 'message') return
  const option = buildMessage(field.type.message, {
    name: name.map(({ text, isExtension }) => ({ namePart: text, isExtension })),
    ...uninterpretedValue(value),
  })
  message.append(field, option)
}

function uninterpretedValue(value: OptionValue): { readonly [name: string]: string | bigint | number | Uint8Array } {
  if (value.kind === 'identifier') return { identifierValue: value.text }
  if (value.kind === 'string') return { stringValue: value.bytes }
  if (value.kind !== 'number') return { aggregateValue: printValue(value).slice(1, -1).trim() }
  if (!/^-?\d+$/.test(value.text)) return { doubleValue: Number(value.text) }
  const integer = BigInt(value.text)
  return integer < 0n ? { negativeIntValue: integer } : { positiveIntValue: integer }
}
