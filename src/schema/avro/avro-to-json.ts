import { isUtf8 } from '../../columns/utf8.ts'
import { asBuffer, viewOf } from '../../shared/bytes.ts'
import type { JsonValue } from '../../shared/json.ts'
import { limits } from '../../shared/limits.ts'
import { branchName, type AvroType, type FixedType, type PrimitiveType, type RecordType, type UnionType } from './ast.ts'
import { decimalText, unscaledOf } from '../decimal.ts'
import { fittingBranch } from './json-branch.ts'
import { isTemporal, temporalText } from './temporal-text.ts'
import { quotedText, ValueCursor, type PathStep } from './value-cursor.ts'
import { endBlock, endValue, failAtEnd, readBlockCount, readBranch, readIntValue, readLongParts, readSize, take } from './value-readers.ts'

/** The bytes of one value -> JSON, by walking the schema. Bounded as the generated decoders are. */
export class AvroToJson {
  /** Where the walk is; the cursor puts it into words when it fails. */
  readonly #path: PathStep[] = []
  readonly #cursor = new ValueCursor([this.#path])
  readonly #emptiness = new Map<AvroType, boolean>()
  #level = 0
  #valueCount = 0

  constructor(bytes: Uint8Array) {
    this.#cursor.begin(bytes, 0, bytes.byteLength)
  }

  decode(root: AvroType): JsonValue {
    const value = this.#value(root)
    endValue(this.#cursor)
    return value
  }

  #value(type: AvroType): JsonValue {
    // Records of no bytes may hold each other many times over.
    if (++this.#valueCount > limits.jsonPartsMax) this.#cursor.fail(`expected a value of at most ${limits.jsonPartsMax} parts, got more`)
    switch (type.kind) {
      case 'record':
        return this.#nested(() => this.#record(type))
      case 'array':
        return this.#nested(() => this.#array(type.items))
      case 'map':
        return this.#nested(() => this.#map(type.values))
      case 'union':
        return this.#union(type)
      case 'enum': {
        const index = readIntValue(this.#cursor)
        return type.symbols[index] ?? this.#cursor.fail(`expected enum symbol 0 to ${type.symbols.length - 1}, got ${index}`)
      }
      case 'fixed':
        return this.#fixed(type)
      default:
        return this.#primitive(type)
    }
  }

  #nested<T>(read: () => T): T {
    if (this.#level >= limits.nestingMax) this.#cursor.fail(`expected a value of at most ${limits.nestingMax} levels, got a deeper one`)
    this.#level++
    const value = read()
    this.#level--
    return value
  }

  #at<T>(step: PathStep, read: () => T): T {
    this.#path.push(step)
    const value = read()
    this.#path.pop()
    return value
  }

  #record({ fields }: RecordType): JsonValue {
    // fromEntries defines members, so that a field called __proto__ is one.
    return Object.fromEntries(
      fields.map(({ name, valueType }) => [name, this.#at({ kind: 'field', name }, () => this.#value(valueType))] as const),
    )
  }

  #array(items: AvroType): JsonValue[] {
    const values: JsonValue[] = []
    const level = this.#level
    this.#blocks(this.#takesNoBytes(items) ? 0 : 1, () => {
      this.#cursor.itemIndexes[level] = values.length
      values.push(this.#at({ kind: 'item', level }, () => this.#value(items)))
    })
    return values
  }

  #map(values: AvroType): JsonValue {
    const entries: [string, JsonValue][] = []
    const level = this.#level
    this.#blocks(1, () => {
      const key = this.#string()
      this.#cursor.keyEnds[level] = this.#cursor.position
      this.#cursor.keyStarts[level] = this.#cursor.position - Buffer.byteLength(key)
      entries.push([key, this.#at({ kind: 'key', level }, () => this.#value(values))])
    })
    return Object.fromEntries(entries)
  }

  #blocks(itemBytesMin: number, readItem: () => void): void {
    for (;;) {
      const count = readBlockCount(this.#cursor, itemBytesMin, 1)
      if (count === 0) return
      const { blockEnd } = this.#cursor
      for (let index = 0; index < count; index++) readItem()
      endBlock(this.#cursor, blockEnd)
    }
  }

  #takesNoBytes(type: AvroType): boolean {
    const known = this.#emptiness.get(type)
    if (known !== undefined) return known
    // A record inside itself without a union or array between has no values at all.
    this.#emptiness.set(type, false)
    const isEmpty =
      type.kind === 'null' ||
      (type.kind === 'fixed' && type.size === 0) ||
      (type.kind === 'record' && type.fields.every((field) => this.#takesNoBytes(field.valueType)))
    this.#emptiness.set(type, isEmpty)
    return isEmpty
  }

  /** Plain where the plain form is read back as this branch. */
  #union({ branches }: UnionType): JsonValue {
    const index = readBranch(this.#cursor, branches.length)
    const branch = branches[index] as AvroType
    const value = this.#value(branch)
    const choice = fittingBranch(branches, value)
    return choice?.branch === branch && choice.value === value ? value : { [branchName(branch)]: value }
  }

  #fixed({ size, logical }: FixedType): JsonValue {
    const start = take(this.#cursor, size, 'fixed')
    const bytes = this.#cursor.bytes.subarray(start, start + size)
    switch (logical?.kind) {
      case 'decimal':
        return decimalText(this.#unscaled(bytes), logical.scale)
      case 'uuid':
        return asBuffer(bytes)
          .toString('hex')
          .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
      case 'duration': {
        const view = viewOf(bytes)
        return { months: view.getUint32(0, true), days: view.getUint32(4, true), millis: view.getUint32(8, true) }
      }
      default:
        return latin1(bytes)
    }
  }

  #primitive({ kind, logical }: PrimitiveType): JsonValue {
    switch (kind) {
      case 'null':
        return null
      case 'boolean':
        return this.#boolean()
      case 'int':
        return temporalOr(logical, readIntValue(this.#cursor))
      case 'long':
        return temporalOr(logical, this.#long())
      case 'float':
        return finiteOr(this.#view(4).getFloat32(0, true))
      case 'double':
        return finiteOr(this.#view(8).getFloat64(0, true))
      case 'string':
        return this.#string()
      case 'bytes':
        return this.#bytes(logical)
    }
  }

  #boolean(): boolean {
    const { bytes, position, end } = this.#cursor
    if (position >= end) failAtEnd(this.#cursor, 'boolean')
    const byte = bytes[position] as number
    if (byte > 1) this.#cursor.fail(`expected boolean (0 or 1), got byte ${byte}`)
    this.#cursor.position++
    return byte === 1
  }

  /** Above 2^53 a bigint. */
  #long(): number | bigint {
    readLongParts(this.#cursor)
    const value = (BigInt(this.#cursor.high) << 32n) | BigInt(this.#cursor.low >>> 0)
    return Number.isSafeInteger(Number(value)) ? Number(value) : value
  }

  #view(size: 4 | 8): DataView {
    const start = take(this.#cursor, size, size === 4 ? 'float' : 'double')
    const { bytes } = this.#cursor
    return new DataView(bytes.buffer, bytes.byteOffset + start, size)
  }

  #sized(): Uint8Array {
    const size = readSize(this.#cursor)
    const start = take(this.#cursor, size, 'bytes')
    return this.#cursor.bytes.subarray(start, start + size)
  }

  #string(): string {
    const bytes = this.#sized()
    if (!isUtf8(bytes, 0, bytes.byteLength))
      this.#cursor.fail(`expected UTF-8 text, got other bytes: ${quotedText(bytes, 0, bytes.byteLength)}`)
    return asBuffer(bytes).toString('utf8')
  }

  #bytes(logical: PrimitiveType['logical']): JsonValue {
    if (logical?.kind === 'big-decimal') return this.#bigDecimal()
    const bytes = this.#sized()
    return logical?.kind === 'decimal' ? decimalText(this.#unscaled(bytes), logical.scale) : latin1(bytes)
  }

  #unscaled(bytes: Uint8Array): bigint {
    if (bytes.byteLength > limits.decimalDigitsMax) this.#cursor.fail(`expected a decimal, got ${bytes.byteLength} bytes`)
    return unscaledOf(bytes, 0, bytes.byteLength)
  }

  /** Unscaled bytes and a scale inside the bytes. */
  #bigDecimal(): JsonValue {
    const { end } = this.#cursor
    const size = readSize(this.#cursor)
    this.#cursor.end = this.#cursor.position + size
    const unscaled = this.#unscaled(this.#sized())
    const scale = readIntValue(this.#cursor)
    if (this.#cursor.position !== this.#cursor.end) this.#cursor.fail(`expected a big-decimal of ${size} bytes, got a shorter one`)
    this.#cursor.end = end
    if (Math.abs(scale) > limits.decimalDigitsMax)
      this.#cursor.fail(`expected a big-decimal of scale up to ${limits.decimalDigitsMax}, got scale ${scale}`)
    return decimalText(unscaled, scale)
  }
}

/** A date or time as text; the number itself where it has no text. */
function temporalOr(logical: PrimitiveType['logical'], value: number | bigint): JsonValue {
  return isTemporal(logical) ? (temporalText(logical, BigInt(value)) ?? value) : value
}

/** JSON has no number for NaN and the infinities. */
function finiteOr(value: number): JsonValue {
  return Number.isFinite(value) ? value : String(value)
}

function latin1(bytes: Uint8Array): string {
  return asBuffer(bytes).toString('latin1')
}
