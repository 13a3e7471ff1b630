import { aliasTexts, nounOf, optionalText, propertiesOf, required, requiredText, type Place } from './attributes.ts'
import type { AvroType, FieldDefault, RecordField } from './ast.ts'
import type { JsonNode } from '../json-text.ts'
import { isIntegralText } from './jackson-number.ts'
import { logicalTypeOf } from './logical-type.ts'
import { invalidSchema, isSimpleName } from './names.ts'

/** Attributes of a field that are not properties. */
const reservedOfFields = new Set(['aliases', 'default', 'doc', 'name', 'order', 'type'])

/** Parses the fields of a record; their defaults are added to `defaults`. */
export function fieldParser(
  parseType: (node: JsonNode, place: Place) => AvroType,
  defaults: FieldDefault[],
): (node: JsonNode, place: Place) => RecordField {
  return (node, place) => {
    const { path } = place
    if (node.kind !== 'object') throw invalidSchema(path, `expected a field, got ${nounOf(node)}`)
    const name = requiredText(node, 'name', path)
    if (!isSimpleName(name)) throw invalidSchema(path, `${JSON.stringify(name)} is not a name (letters, digits and _, no digit first)`)
    const typeNode = required(node, 'type', path)
    const type = parseType(typeNode, { ...place, path: `${path}/type` })
    const fallback = defaultOf(type, node.members.get('default'))
    if (fallback) defaults.push({ type, value: fallback, path: `${path}/default` })
    const props = propertiesOf(node, reservedOfFields)
    return {
      name,
      type,
      valueType: typeNode.kind === 'string' ? withFieldLogical(type, props) : type,
      doc: optionalText(node, 'doc'),
      default: fallback,
      order: orderOf(optionalText(node, 'order'), path),
      aliases: aliasTexts(node, path),
      props,
    }
  }
}

/** Java turns the text defaults of float and double into numbers, "NaN" among them. */
function defaultOf(type: AvroType, node: JsonNode | undefined): JsonNode | undefined {
  if (node?.kind !== 'string' || (type.kind !== 'float' && type.kind !== 'double')) return node
  const { value } = node
  if (value === 'NaN' || value === 'Infinity' || value === '-Infinity') return { kind: 'number', text: value }
  if (value.trim() === '' || Number.isNaN(Number(value))) return node
  return { kind: 'number', text: isIntegralText(value) ? `${value}.0` : value }
}

/**
 * `{"name": "at", "type": "long", "logicalType": "timestamp-millis"}`: by the specification the attribute belongs inside
 * the type, but several producers write it beside a plain type name, and mean it.
 */
function withFieldLogical(type: AvroType, props: RecordField['props']): AvroType {
  if (type.kind === 'union' || type.logical !== undefined) return type
  const logical = logicalTypeOf(type, props)
  return logical === undefined ? type : { ...type, logical }
}

function orderOf(text: string | undefined, path: string): RecordField['order'] {
  const order = (text ?? 'ascending').toLowerCase()
  if (order === 'ascending' || order === 'descending' || order === 'ignore') return order
  throw invalidSchema(`${path}/order`, `${JSON.stringify(text)} is not ascending, descending or ignore`)
}
