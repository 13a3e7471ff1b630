import { utf8Bytes } from '../../shared/bytes.ts'
import { isObject, type JsonObject, type JsonValue } from '../../shared/json.ts'
import { limits } from '../../shared/limits.ts'
import { RecordError } from '../language.ts'
import { branchName, type AvroType, type FixedType, type PrimitiveType, type RecordField, type RecordType, type UnionType } from './ast.ts'
import { ByteSink } from './byte-sink.ts'
import { hasAtMostDigits, parseDecimal, rescale, unscaledBytes } from '../decimal.ts'
import { fittingBranch, isIntegerOf, isNonFinite, plainBranch } from './json-branch.ts'
import type { JsonNode } from '../json-text.ts'
import { isIntegralText } from './jackson-number.ts'
import type { LogicalType } from './logical-type.ts'
import { isTemporal, parseTemporal } from './temporal-text.ts'

/** JSON -> the bytes of one value, by walking the schema. */
export class JsonToAvro {
  readonly #sink = new ByteSink()
  readonly #path: string[] = ['$']
  /** False inside a default, which the schema gives in the specification's form: plain unions, no logical types. */
  #isLogical = true
  #valueCount = 0

  encode(root: AvroType, value: JsonValue): Uint8Array<ArrayBuffer> {
    this.#value(root, value)
    return this.#sink.take()
  }

  #value(type: AvroType, value: JsonValue): void {
    // Defaults of records that hold each other many times over grow out of nothing.
    if (++this.#valueCount > limits.jsonPartsMax) this.#fail(`expected a value of at most ${limits.jsonPartsMax} parts, got more`)
    switch (type.kind) {
      case 'record':
        return this.#record(type, isObject(value) ? value : this.#mismatch(`record ${type.name.full}`, value))
      case 'array':
        return this.#array(type.items, Array.isArray(value) ? value : this.#mismatch('array', value))
      case 'map':
        return this.#map(type.values, isObject(value) ? value : this.#mismatch('map', value))
      case 'union':
        return this.#union(type, value)
      case 'enum': {
        const index = typeof value === 'string' ? type.symbols.indexOf(value) : -1
        return this.#sink.long(
          index >= 0 ? index : this.#mismatch(`one of ${shortened(type.symbols.join(', '), limits.listedNamesLengthMax)}`, value),
        )
      }
      case 'fixed':
        return this.#fixed(type, value)
      default:
        return this.#primitive(type, value)
    }
  }

  #at(step: string, write: () => void): void {
    if (this.#path.length > limits.nestingMax) this.#fail(`expected a value of at most ${limits.nestingMax} levels, got a deeper one`)
    this.#path.push(step)
    write()
    this.#path.pop()
  }

  #record({ name, fields }: RecordType, value: JsonObject): void {
    const known = new Set(fields.map((field) => field.name))
    const stray = Object.keys(value).find((key) => !known.has(key))
    if (stray !== undefined) this.#fail(`expected the fields of record ${name.full}, got ${JSON.stringify(stray)} as well`)
    for (const field of fields)
      this.#at(`.${field.name}`, () => this.#field(field, Object.hasOwn(value, field.name) ? value[field.name] : undefined))
  }

  #field(field: RecordField, value: JsonValue | undefined): void {
    if (value !== undefined) return this.#value(field.valueType, value)
    if (field.default === undefined) this.#fail('expected a value, got none, and the schema has no default')
    const isLogical = this.#isLogical
    this.#isLogical = false
    this.#value(field.type, jsonValueOf(field.default))
    this.#isLogical = isLogical
  }

  #array(items: AvroType, values: readonly JsonValue[]): void {
    if (values.length > 0) this.#sink.long(values.length)
    values.forEach((value, index) => this.#at(`[${index}]`, () => this.#value(items, value)))
    this.#sink.long(0)
  }

  #map(values: AvroType, value: JsonObject): void {
    const entries = Object.entries(value)
    if (entries.length > 0) this.#sink.long(entries.length)
    for (const [key, member] of entries) {
      this.#sink.sizedBytes(utf8Bytes(key))
      this.#at(`[${JSON.stringify(key)}]`, () => this.#value(values, member ?? null))
    }
    this.#sink.long(0)
  }

  #union({ branches }: UnionType, value: JsonValue): void {
    const choice = this.#isLogical ? fittingBranch(branches, value) : plainBranch(branches, value, { isLogical: false })
    if (!choice) return this.#mismatch(shortened(branches.map(branchName).join(' or '), limits.listedNamesLengthMax), value)
    this.#sink.long(choice.index)
    this.#value(choice.branch, choice.value)
  }

  #primitive({ kind, logical: meaning }: PrimitiveType, value: JsonValue): void {
    const logical = this.#isLogical ? meaning : undefined
    switch (kind) {
      case 'null':
        return value === null ? undefined : this.#mismatch('null', value)
      case 'boolean':
        return this.#sink.byte(typeof value === 'boolean' ? Number(value) : this.#mismatch('boolean', value))
      case 'int':
        return this.#sink.long(this.#integer({ kind, bits: 32, logical }, value))
      case 'long':
        return this.#sink.long(this.#integer({ kind, bits: 64, logical }, value))
      case 'float':
        return this.#sink.float(this.#float(kind, value), 4)
      case 'double':
        return this.#sink.float(this.#float(kind, value), 8)
      case 'string':
        return this.#sink.sizedBytes(this.#text(logical, value))
      case 'bytes':
        return this.#sink.sizedBytes(this.#bytes(logical, value))
    }
  }

  #integer({ kind, bits, logical }: { kind: string; bits: 32 | 64; logical: LogicalType | undefined }, value: JsonValue): number | bigint {
    if (isIntegerOf(value, bits)) return value
    if (!isTemporal(logical)) return this.#mismatch(kind, value)
    const parsed = typeof value === 'string' ? parseTemporal(logical, value) : undefined
    if (parsed !== undefined && isIntegerOf(parsed, bits)) return parsed
    return this.#mismatch(temporalForms[`${logical.kind}${logical.kind === 'timestamp' && logical.isLocal ? ' local' : ''}`] ?? kind, value)
  }

  #float(kind: 'float' | 'double', value: JsonValue): number {
    if (isNonFinite(value)) return Number(value)
    const number = typeof value === 'bigint' ? Number(value) : value
    if (typeof number !== 'number' || !Number.isFinite(kind === 'float' ? Math.fround(number) : number)) return this.#mismatch(kind, value)
    return number
  }

  #text(logical: LogicalType | undefined, value: JsonValue): Uint8Array {
    if (typeof value !== 'string' || !value.isWellFormed()) return this.#mismatch('string', value)
    if (logical?.kind === 'uuid' && !UUID.test(value)) return this.#mismatch('a UUID', value)
    return utf8Bytes(value)
  }

  #bytes(logical: LogicalType | undefined, value: JsonValue): Uint8Array {
    if (logical?.kind === 'decimal') return this.#decimal(logical, value)
    if (logical?.kind === 'big-decimal') return this.#bigDecimal(value)
    return this.#latin1('bytes', value)
  }

  #fixed({ name, size, logical: meaning }: FixedType, value: JsonValue): void {
    const logical = this.#isLogical ? meaning : undefined
    switch (logical?.kind) {
      case 'decimal':
        return this.#sink.bytes(this.#decimal(logical, value, size))
      case 'uuid':
        if (typeof value !== 'string' || !UUID.test(value)) return this.#mismatch('a UUID', value)
        return this.#sink.bytes(Buffer.from(value.replaceAll('-', ''), 'hex'))
      case 'duration':
        return this.#sink.bytes(this.#duration(value))
      default: {
        const bytes = this.#latin1(`fixed ${name.full}`, value)
        if (bytes.byteLength !== size) this.#fail(`expected fixed ${name.full} of ${size} bytes, got ${bytes.byteLength}`)
        return this.#sink.bytes(bytes)
      }
    }
  }

  #decimal({ precision, scale }: { precision: number; scale: number }, value: JsonValue, size?: number): Uint8Array {
    const parsed = this.#parseDecimal(value)
    const unscaled = parsed && rescale(parsed, scale)
    const fits = unscaled !== undefined && hasAtMostDigits(unscaled, precision)
    const bytes = fits ? unscaledBytes(unscaled, size) : undefined
    return bytes ?? this.#mismatch(`decimal(${precision},${scale})`, value)
  }

  #bigDecimal(value: JsonValue): Uint8Array {
    const parsed = this.#parseDecimal(value)
    const unscaled = parsed && unscaledBytes(parsed.unscaled)
    if (!parsed || !unscaled) return this.#mismatch('a decimal number', value)
    const sink = new ByteSink()
    sink.sizedBytes(unscaled)
    sink.long(parsed.scale)
    return sink.take()
  }

  #parseDecimal(value: JsonValue): { unscaled: bigint; scale: number } | undefined {
    const isText = typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint'
    const parsed = isText ? parseDecimal(String(value), limits.decimalDigitsMax) : undefined
    return parsed && Math.abs(parsed.scale) <= limits.decimalDigitsMax ? parsed : undefined
  }

  #duration(value: JsonValue): Uint8Array {
    const parts = isObject(value) && Object.keys(value).length === 3 ? [value['months'], value['days'], value['millis']] : []
    if (
      parts.length === 0 ||
      !parts.every((part) => typeof part === 'number' && Number.isInteger(part) && part >= 0 && part <= 0xffff_ffff)
    )
      return this.#mismatch('a duration {"months", "days", "millis"} of numbers from 0 to 4294967295', value)
    return new Uint8Array(Uint32Array.from(parts as number[]).buffer)
  }

  #latin1(kind: string, value: JsonValue): Uint8Array {
    if (typeof value !== 'string' || !/^[\u0000-\u00ff]*$/.test(value))
      return this.#mismatch(`${kind} as text of code points up to 255`, value)
    return Buffer.from(value, 'latin1')
  }

  #mismatch(expected: string, value: JsonValue): never {
    return this.#fail(`expected ${expected}, got ${described(value)}`)
  }

  #fail(reason: string): never {
    throw new RecordError(this.#path.join(''), reason)
  }
}

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

const temporalForms: { readonly [kind: string]: string } = {
  date: 'a date such as "2026-01-31"',
  time: 'a time such as "23:59:59.999", no finer than its unit',
  timestamp: 'a timestamp such as "2026-01-31T23:59:59.999Z", no finer than its unit',
  'timestamp local': 'a timestamp without a zone such as "2026-01-31T23:59:59.999", no finer than its unit',
}

function described(value: JsonValue): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'an array'
  if (typeof value === 'object') return 'an object'
  const text = typeof value === 'string' ? JSON.stringify(shortened(value, limits.quotedValueLengthMax)) : String(value)
  return typeof value === 'bigint' ? `number ${text}` : `${typeof value} ${text}`
}

function shortened(text: string, lengthMax: number): string {
  return text.length > lengthMax ? `${text.slice(0, lengthMax)}…` : text
}

/** A schema's JSON as a value. */
function jsonValueOf(node: JsonNode): JsonValue {
  switch (node.kind) {
    case 'null':
      return null
    case 'number':
      return numberOf(node.text)
    case 'array':
      return node.items.map(jsonValueOf)
    case 'object':
      return Object.fromEntries([...node.members].map(([key, member]) => [key, jsonValueOf(member)] as const))
    default:
      return node.value
  }
}

function numberOf(text: string): number | bigint | string {
  const value = Number(text)
  if (isIntegralText(text) && !Number.isSafeInteger(value)) return BigInt(text)
  return Number.isFinite(value) ? value : String(value)
}
