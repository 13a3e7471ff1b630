import { utf8Bytes } from '../../../shared/bytes.ts'
import { NO_OFFSET, type AggregateEntry, type OptionNamePart, type OptionNode, type OptionValue } from '../ast.ts'
import type { FieldType, FieldValueType } from '../link/types.ts'
import { parseOptionStatement } from '../parse/parse-option.ts'
import { TokenStream } from '../parse/token-stream.ts'
import { printString } from '../print/print-option.ts'
import { DynamicMessage, type DynamicValue } from '../wire/dynamic-message.ts'
import { readBoolean, readMessages, readText } from './descriptor-reader.ts'

/** An options message as the statements that would set it. A repeated option becomes one statement per value. */
export function optionNodes(options: DynamicMessage | undefined): OptionNode[] {
  if (!options) return []
  return [...options.values].flatMap(([field, value]) => {
    if (field.name === 'uninterpreted_option') return readMessages(options, field.name).map(uninterpretedNode)
    // The features of an edition are written one by one.
    if (field.name === 'features' && value instanceof DynamicMessage) return nestedNodes(field, value)
    return valuesOf(value).map((item) => ({ name: [namePart(field)], offset: NO_OFFSET, value: optionValue(field.type, item) }))
  })
}

function nestedNodes(parent: FieldType, message: DynamicMessage): OptionNode[] {
  return optionNodes(message).map((option) => ({ ...option, name: [namePart(parent), ...option.name] }))
}

function namePart({ name, fullName, isExtension }: FieldType): OptionNamePart {
  return isExtension ? { text: `.${fullName}`, isExtension } : { text: name, isExtension }
}

function optionValue(type: FieldValueType, value: DynamicValue): OptionValue {
  if (value instanceof DynamicMessage) return { kind: 'message', entries: aggregateEntries(value) }
  if (value instanceof Uint8Array) return { kind: 'string', bytes: value }
  if (typeof value === 'string') return { kind: 'string', bytes: utf8Bytes(value) }
  if (typeof value === 'boolean') return { kind: 'identifier', text: String(value) }
  if (type.kind === 'enum') return enumValue(type, value as number)
  const number = value as number | bigint
  return Number.isFinite(Number(number))
    ? { kind: 'number', text: String(number) }
    : { kind: 'identifier', text: nonFinite(number as number) }
}

function enumValue(type: FieldValueType & { kind: 'enum' }, value: number): OptionValue {
  const name = type.nameByNumber.get(value)
  return name === undefined ? { kind: 'number', text: String(value) } : { kind: 'identifier', text: name }
}

function nonFinite(value: number): string {
  return Number.isNaN(value) ? 'nan' : value > 0 ? 'inf' : '-inf'
}

function aggregateEntries(message: DynamicMessage): AggregateEntry[] {
  return [...message.values].flatMap(([field, value]) => {
    const name = field.isExtension ? `[${field.fullName}]` : field.node?.type.kind === 'group' ? field.node.type.message.name : field.name
    if (value instanceof Map) return mapEntries(field, value)
    return valuesOf(value).map((item) => ({ name, value: optionValue(field.type, item) }))
  })
}

function mapEntries(field: FieldType, map: ReadonlyMap<DynamicValue, DynamicValue>): AggregateEntry[] {
  if (field.type.kind !== 'message') return []
  const [keyField, valueField] = field.type.message.fields as [FieldType, FieldType]
  return [...map].map(([key, value]) => ({
    name: field.name,
    value: {
      kind: 'message',
      entries: [
        { name: 'key', value: optionValue(keyField.type, key) },
        { name: 'value', value: optionValue(valueField.type, value) },
      ],
    },
  }))
}

function valuesOf(value: DynamicValue): readonly DynamicValue[] {
  return Array.isArray(value) ? value : [value]
}

/** What nobody has interpreted yet, read again as the text it was. */
function uninterpretedNode(option: DynamicMessage): OptionNode {
  const name = readMessages(option, 'name').map((part) => {
    const text = readText(part, 'namePart')
    return readBoolean(part, 'isExtension') ? `(${text})` : text
  })
  const text = `${name.join('.')} = ${uninterpretedText(option)};`
  return { ...parseOptionStatement(new TokenStream({ name: 'an option of the descriptor', text }), 0), offset: NO_OFFSET }
}

function uninterpretedText(option: DynamicMessage): string {
  const stringValue = option.get('stringValue')
  if (stringValue instanceof Uint8Array) return printString(stringValue)
  const aggregate = option.get('aggregateValue')
  if (typeof aggregate === 'string') return `{ ${aggregate} }`
  const number = option.get('positiveIntValue') ?? option.get('negativeIntValue') ?? option.get('doubleValue')
  return number === undefined ? readText(option, 'identifierValue') : String(number as bigint | number)
}
