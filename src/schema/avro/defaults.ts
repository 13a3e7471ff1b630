import { limits } from '../../shared/limits.ts'
import type { AvroType, EnumType, FieldDefault } from './ast.ts'
import type { JsonNode } from '../json-text.ts'
import { printJson } from '../print-json.ts'
import { isIntegralText, jacksonNumber } from './jackson-number.ts'
import { invalidSchema } from './names.ts'

/**
 * Whether fields' defaults are values of their types, in the JSON form of the specification ("Records", field default
 * values): bytes and fixed as text of code points up to 255. A union takes the value of any branch, as Avro 1.12 does.
 * Throws HeadgateError `invalid-schema` for the first one that is not, and for more work than `limits.defaultStepsMax`.
 */
export function checkDefaults(defaults: readonly FieldDefault[]): void {
  const check = new DefaultCheck()
  for (const { type, value, path } of defaults)
    if (!check.isValueOf(type, value, path)) throw invalidSchema(path, `${quoted(value)} is not a value of the field's type`)
}

class DefaultCheck {
  /** So far: without them nested unions would try every branch of every branch. */
  readonly #verdicts = new Map<JsonNode, Map<AvroType, boolean>>()
  readonly #symbols = new Map<EnumType, ReadonlySet<string>>()
  #steps = 0
  #path = ''

  isValueOf(type: AvroType, value: JsonNode, path: string): boolean {
    this.#path = path
    return this.#isValueOf(type, value)
  }

  #isValueOf(type: AvroType, value: JsonNode): boolean {
    const ofValue = this.#verdicts.get(value) ?? new Map<AvroType, boolean>()
    this.#verdicts.set(value, ofValue)
    const known = ofValue.get(type)
    if (known !== undefined) return known
    this.#spend(1)
    const verdict = this.#judge(type, value)
    ofValue.set(type, verdict)
    return verdict
  }

  #judge(type: AvroType, value: JsonNode): boolean {
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
        return value.kind === 'string' && this.#isLatin1(value.value)
      case 'fixed':
        return value.kind === 'string' && value.value.length === type.size && this.#isLatin1(value.value)
      case 'enum':
        return value.kind === 'string' && this.#symbolsOf(type).has(value.value)
      case 'array':
        return value.kind === 'array' && value.items.every((item) => this.#isValueOf(type.items, item))
      case 'map':
        return value.kind === 'object' && [...value.members.values()].every((member) => this.#isValueOf(type.values, member))
      case 'union':
        return type.branches.some((branch) => this.#isValueOf(branch, value))
      case 'record':
        this.#spend(type.fields.length)
        return (
          value.kind === 'object' &&
          type.fields.every((field) => {
            const member = value.members.get(field.name)
            return member === undefined ? field.default !== undefined : this.#isValueOf(field.type, member)
          })
        )
    }
  }

  /** One text may be held against many fixed types of one size. */
  #isLatin1(text: string): boolean {
    this.#spend(text.length)
    return /^[\u0000-\u00ff]*$/.test(text)
  }

  #spend(steps: number): void {
    this.#steps += steps
    if (this.#steps > limits.defaultStepsMax) throw invalidSchema(this.#path, 'there are too many defaults, or unions too wide, to check')
  }

  #symbolsOf(type: EnumType): ReadonlySet<string> {
    const symbols = this.#symbols.get(type) ?? new Set(type.symbols)
    this.#symbols.set(type, symbols)
    return symbols
  }
}

function isIntegerWithin(value: JsonNode, bits: bigint): boolean {
  // No 64-bit integer has more than 20 characters; longer text would only cost time.
  if (value.kind !== 'number' || !isIntegralText(value.text) || value.text.length > 20) return false
  const integer = BigInt(value.text)
  return integer >= -(1n << bits) && integer < 1n << bits
}

function quoted(value: JsonNode): string {
  const text = printJson(value, { numberText: jacksonNumber })
  return text.length > 60 ? `${text.slice(0, 60)}…` : text
}
