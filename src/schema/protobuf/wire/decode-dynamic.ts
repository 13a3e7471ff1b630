import { limits } from '../../../shared/limits.ts'
import { RecordError } from '../../language.ts'
import { isPackable, wireTypeOf, WireType, type FieldType, type FieldValueType, type MessageType, type ScalarType } from '../link/types.ts'
import { DynamicMessage, type DynamicScalar, type DynamicValue } from './dynamic-message.ts'
import { doubleAt, floatAt, int32At, readGroup, readSpan, readTag, readVarint, scratch, skipFixed, skipValue, tagOf } from './wire.ts'
import { WireError, wireErrors } from './wire.ts'

/** Decodes a message into a value. Throws RecordError with the path when the bytes are not one. */
export function decodeDynamic(
  type: MessageType,
  bytes: Uint8Array,
  { nestingMax = limits.nestingMax }: { nestingMax?: number } = {},
): DynamicMessage {
  const decoder = new DynamicDecoder(bytes, nestingMax)
  const message = new DynamicMessage(type)
  try {
    decoder.mergeInto(message, 0, bytes.length)
  } catch (error) {
    if (error instanceof WireError) throw new RecordError(decoder.path(), error.message)
    throw error
  }
  return message
}

class DynamicDecoder {
  readonly #bytes: Uint8Array
  readonly #nestingMax: number
  readonly #path: string[] = ['$']

  constructor(bytes: Uint8Array, nestingMax: number) {
    this.#bytes = bytes
    this.#nestingMax = nestingMax
  }

  path(): string {
    return this.#path.join('.')
  }

  /** Reads fields into a message that may have some already: a field that comes twice is merged, as the format asks. */
  mergeInto(message: DynamicMessage, start: number, end: number): void {
    if (this.#path.length > this.#nestingMax) throw wireErrors.depth
    let position = start
    while (position < end) {
      position = readTag(this.#bytes, position, end)
      const tag = tagOf()
      const field = message.type.fieldByNumber.get(tag >>> 3) ?? message.type.extensionByNumber.get(tag >>> 3)
      position = field ? this.#readField(message, field, tag, position, end) : skipValue(this.#bytes, position, end, tag)
    }
  }

  #readField(message: DynamicMessage, field: FieldType, tag: number, position: number, end: number): number {
    this.#path.push(field.name)
    const wireType = tag & 7
    let next: number
    if (wireType === wireTypeOf(field.type)) next = this.#readOne(message, field, tag, position, end)
    else if (wireType === WireType.delimited && field.repetition === 'repeated' && isPackable(field.type))
      next = this.#readPacked(message, field, position, end)
    else throw wireErrors.mismatch
    this.#path.pop()
    return next
  }

  #readOne(message: DynamicMessage, field: FieldType, tag: number, position: number, end: number): number {
    if (field.type.kind === 'message') return this.#readMessage(message, field, field.type.message, tag, position, end)
    const next = readScalarEnd(this.#bytes, position, end, field.type)
    this.#store(message, field, scalarAt(this.#bytes, position, end, field.type))
    return next
  }

  #readPacked(message: DynamicMessage, field: FieldType, start: number, end: number): number {
    const spanEnd = readSpan(this.#bytes, start, end)
    let position = scratch[0] as number
    while (position < spanEnd) {
      const next = readScalarEnd(this.#bytes, position, spanEnd, field.type)
      this.#store(message, field, scalarAt(this.#bytes, position, spanEnd, field.type))
      position = next
    }
    return spanEnd
  }

  #readMessage(message: DynamicMessage, field: FieldType, type: MessageType, tag: number, position: number, end: number): number {
    const isGroup = (tag & 7) === WireType.groupStart
    const next = isGroup ? readGroup(this.#bytes, position, end, tag) : readSpan(this.#bytes, position, end)
    const start = scratch[0] as number
    const contentEnd = isGroup ? (scratch[1] as number) : next
    const known = field.repetition === 'singular' ? message.values.get(field) : undefined
    const target = known instanceof DynamicMessage ? known : new DynamicMessage(type)
    this.mergeInto(target, start, contentEnd)
    if (field.repetition === 'map') this.#storeEntry(message, field, target)
    else this.#store(message, field, target)
    return next
  }

  #store(message: DynamicMessage, field: FieldType, value: DynamicValue): void {
    if (field.repetition === 'singular') message.set(field, value)
    else message.append(field, value)
  }

  #storeEntry(message: DynamicMessage, field: FieldType, entry: DynamicMessage): void {
    const [key, value] = entry.type.fields as [FieldType, FieldType]
    const known = message.values.get(field)
    const map = known instanceof Map ? known : new Map<DynamicScalar, DynamicValue>()
    map.set(
      (entry.values.get(key) as DynamicScalar | undefined) ?? (defaultValue(key.type) as DynamicScalar),
      entry.values.get(value) ?? defaultValue(value.type),
    )
    message.values.set(field, map)
  }
}

function defaultValue(type: FieldValueType): DynamicValue {
  if (type.kind === 'message') return new DynamicMessage(type.message)
  if (type.kind === 'enum') return type.defaultNumber
  return DEFAULTS[type.scalar]
}

const DEFAULTS: Readonly<Record<ScalarType, DynamicScalar>> = {
  double: 0,
  float: 0,
  int64: 0n,
  uint64: 0n,
  int32: 0,
  fixed64: 0n,
  fixed32: 0,
  bool: false,
  string: '',
  bytes: new Uint8Array(0),
  uint32: 0,
  sfixed32: 0,
  sfixed64: 0n,
  sint32: 0,
  sint64: 0n,
}

/** Where a scalar ends; checks that it is all there. */
function readScalarEnd(bytes: Uint8Array, position: number, end: number, type: FieldValueType): number {
  switch (wireTypeOf(type)) {
    case WireType.varint:
      return readVarint(bytes, position, end)
    case WireType.fixed32:
      return skipFixed(position, 4, end)
    case WireType.fixed64:
      return skipFixed(position, 8, end)
    default:
      return readSpan(bytes, position, end)
  }
}

/** The value of a scalar that is known to be all there. */
function scalarAt(bytes: Uint8Array, position: number, end: number, type: FieldValueType): DynamicScalar {
  const scalar = type.kind === 'scalar' ? type.scalar : 'int32'
  switch (scalar) {
    case 'double':
      return doubleAt(bytes, position)
    case 'float':
      return floatAt(bytes, position)
    case 'fixed32':
      return int32At(bytes, position) >>> 0
    case 'sfixed32':
      return int32At(bytes, position)
    case 'fixed64':
      return bigintOf(int32At(bytes, position), int32At(bytes, position + 4) >>> 0)
    case 'sfixed64':
      return bigintOf(int32At(bytes, position), int32At(bytes, position + 4))
    case 'string':
    case 'bytes':
      return spanAt(bytes, position, end, scalar)
    default:
      readVarint(bytes, position, end)
      return varintValue(scratch[0] as number, scratch[1] as number, scalar)
  }
}

function varintValue(low: number, high: number, scalar: ScalarType): DynamicScalar {
  switch (scalar) {
    case 'bool':
      return (low | high) !== 0
    case 'uint32':
      return low >>> 0
    case 'sint32':
      return (low >>> 1) ^ -(low & 1)
    case 'int64':
      return bigintOf(low, high)
    case 'uint64':
      return bigintOf(low, high >>> 0)
    case 'sint64':
      return bigintOf((low >>> 1) | (high << 31), high >>> 1) ^ -BigInt(low & 1)
    default:
      return low
  }
}

/** `high` signed or unsigned decides the sign. */
function bigintOf(low: number, high: number): bigint {
  return (BigInt(high) << 32n) | BigInt(low >>> 0)
}

function spanAt(bytes: Uint8Array, position: number, end: number, scalar: 'string' | 'bytes'): DynamicScalar {
  const spanEnd = readSpan(bytes, position, end)
  const span = bytes.slice(scratch[0], spanEnd)
  if (scalar === 'bytes') return span
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(span)
  } catch {
    throw wireErrors.utf8
  }
}
