import type { AvroType, FieldDefault } from './ast.ts'
import { isIntegralText, printJsonText, type JsonNode } from './json-text.ts'
import { invalidSchema } from './names.ts'

/** Throws HeadgateError `invalid-schema` for the first default that is not a value of its field's type. */
export function checkDefaults(defaults: readonly FieldDefault[]): void {
  for (const each of defaults) checkDefault(each)
}

/**
 * Whether a field's default is a value of its type, in the JSON form of the specification ("Records", field default
 * values): bytes and fixed as text of code points up to 255. A union takes the value of any branch, as Avro 1.12 does.
 */
function checkDefault({ type, value, path }: FieldDefault): void {
  if (!isValueOf(type, value, new Map())) throw invalidSchema(path, `${quoted(value)} is not a value of the field's type`)
}

/** Verdicts so far: without them nested unions would try every branch of every branch. */
type Verdicts = Map<JsonNode, Map<AvroType, boolean>>

function isValueOf(type: AvroType, value: JsonNode, verdicts: Verdicts): boolean {
  const ofValue = verdicts.get(value) ?? new Map<AvroType, boolean>()
  verdicts.set(value, ofValue)
  const known = ofValue.get(type)
  if (known !== undefined) return known
  const verdict = judge(type, value, verdicts)
  ofValue.set(type, verdict)
  return verdict
}

function judge(type: AvroType, value: JsonNode, verdicts: Verdicts): boolean {
  switch (type.kind) {
    case 'null':
      return value.kind === 'null'
    case 'boolean':
      return value.kind === 'boolean'
    case 'int':
      return isIntegerWithin(value, 31n)
    case 'long':
      return isIntegerWithin(value, 63n)
    case 'float':
    case 'double':
      return value.kind === 'number'
    case 'string':
      return value.kind === 'string'
    case 'bytes':
      return value.kind === 'string' && isLatin1(value.value)
    case 'fixed':
      return value.kind === 'string' && isLatin1(value.value) && value.value.length === type.size
    case 'enum':
      return value.kind === 'string' && type.symbols.includes(value.value)
    case 'array':
      return value.kind === 'array' && value.items.every((item) => isValueOf(type.items, item, verdicts))
    case 'map':
      return value.kind === 'object' && [...value.members.values()].every((member) => isValueOf(type.values, member, verdicts))
    case 'union':
      return type.branches.some((branch) => isValueOf(branch, value, verdicts))
    case 'record':
      return (
        value.kind === 'object' &&
        type.fields.every((field) => {
          const member = value.members.get(field.name)
          return member === undefined ? field.default !== undefined : isValueOf(field.type, member, verdicts)
        })
      )
  }
}

function isIntegerWithin(value: JsonNode, bits: bigint): boolean {
  // No 64-bit integer has more than 20 characters; longer text would only cost time.
  if (value.kind !== 'number' || !isIntegralText(value.text) || value.text.length > 20) return false
  const integer = BigInt(value.text)
  return integer >= -(1n << bits) && integer < 1n << bits
}

function isLatin1(text: string): boolean {
  return /^[\u0000-\u00ff]*$/.test(text)
}

function quoted(value: JsonNode): string {
  const text = printJsonText(value)
  return text.length > 60 ? `${text.slice(0, 60)}…` : text
}
