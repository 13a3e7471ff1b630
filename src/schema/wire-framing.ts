import { concatBytes } from '../shared/bytes.ts'
import { limits } from '../shared/limits.ts'
import { uuidText } from '../shared/uuid.ts'

/**
 * Where a record says which schema it was written with (Confluent wire format):
 *
 * - before the value: `00`, the id as int32, for Protobuf the message indexes, then the payload;
 * - in the header `__value_schema_id`: `01` and a 16-byte guid, or `00` and the id, for Protobuf
 *   the message indexes; the value is then the bare payload.
 *
 * Readers fill a `WireFrame` that the caller keeps, so that finding a schema allocates nothing. They answer undefined
 * when all is well, otherwise the reason in words. Writers are for producers of our own and for tests.
 */
export const VALUE_SCHEMA_ID_HEADER = '__value_schema_id'

const MAGIC_ID = 0
const MAGIC_GUID = 1
const PREFIX_LENGTH = 5
const GUID_LENGTH = 16

/** What a reader found. Valid until the next read into it. */
export class WireFrame {
  /** -1 where the schema is named by guid. */
  schemaId = -1
  /** In UUID form; '' where the schema is named by id. Made anew only when it differs from the one before. */
  guid = ''
  /** Position behind what was read: the payload, or for Protobuf the message indexes. */
  nextPosition = 0
  /** Protobuf: which message, outermost first; the first `messageIndexCount` count. */
  readonly messageIndexes = new Int32Array(limits.nestingMax)
  messageIndexCount = 0
  /** The guid read last: records in a row mostly share one. */
  readonly #guidBytes = new Uint8Array(GUID_LENGTH)
  #guidText = guidOf(this.#guidBytes)

  setId(schemaId: number, nextPosition: number): void {
    this.schemaId = schemaId
    this.guid = ''
    this.nextPosition = nextPosition
  }

  setGuid(bytes: Uint8Array, start: number): void {
    this.schemaId = -1
    this.nextPosition = start + GUID_LENGTH
    let difference = 0
    for (let index = 0; index < GUID_LENGTH; index++) difference |= (bytes[start + index] as number) ^ (this.#guidBytes[index] as number)
    if (difference !== 0) {
      this.#guidBytes.set(bytes.subarray(start, start + GUID_LENGTH))
      this.#guidText = guidOf(this.#guidBytes)
    }
    this.guid = this.#guidText
  }
}

/** Whether `bytes[start, end)` can be a framed value: whether it starts as one. */
export function isPrefixed(bytes: Uint8Array, start: number, end: number): boolean {
  return end - start >= PREFIX_LENGTH && bytes[start] === MAGIC_ID
}

/** Reads `00` and the id at the start of a value. */
export function readPrefix(bytes: Uint8Array, start: number, end: number, frame: WireFrame): string | undefined {
  if (end - start < PREFIX_LENGTH) return `expected a schema id of ${PREFIX_LENGTH} bytes before the value, got ${end - start} bytes in all`
  if (bytes[start] !== MAGIC_ID) return `expected byte 0 and a schema id before the value, got byte ${bytes[start]}`
  frame.setId(int32At(bytes, start + 1), start + PREFIX_LENGTH)
  return undefined
}

/** Reads the value of a schema id header. For Protobuf the message indexes follow at `frame.nextPosition`. */
export function readHeader(bytes: Uint8Array, start: number, end: number, frame: WireFrame): string | undefined {
  const length = end - start
  const magic = length === 0 ? -1 : (bytes[start] as number)
  if (magic === MAGIC_ID && length >= PREFIX_LENGTH) {
    frame.setId(int32At(bytes, start + 1), start + PREFIX_LENGTH)
    return undefined
  }
  if (magic === MAGIC_GUID && length > GUID_LENGTH) {
    frame.setGuid(bytes, start + 1)
    return undefined
  }
  return `expected a schema id header of byte 0 and an id or byte 1 and a guid, got ${length} bytes${length === 0 ? '' : ` that start with ${magic}`}`
}

/**
 * Reads Protobuf message indexes: a zigzag varint count and as many zigzag varints; the single byte 0 stands for [0].
 * Moves `frame.nextPosition` behind them.
 */
export function readMessageIndexes(bytes: Uint8Array, start: number, end: number, frame: WireFrame): string | undefined {
  frame.nextPosition = start
  const count = readZigzag(bytes, end, frame)
  if (count === 0) {
    frame.messageIndexes[0] = 0
    frame.messageIndexCount = 1
    return undefined
  }
  if (count < 0 || count > limits.nestingMax) return malformedIndexes(count)
  for (let position = 0; position < count; position++) {
    const index = readZigzag(bytes, end, frame)
    if (index < 0) return malformedIndexes(index)
    frame.messageIndexes[position] = index
  }
  frame.messageIndexCount = count
  return undefined
}

/** Whether a file of Protobuf has a message at the first `count` of these indexes. */
export type HasMessage = (indexes: ArrayLike<number>, count: number) => boolean

/** Below it are the keys of field 0, which does not exist: no message starts with such a byte. */
const FIRST_KEY = 8

/**
 * As `readMessageIndexes`, from `frame.nextPosition` on, of a value whose producer may have left them out, as the registry client of kafkajs does: then
 * it is the first message, and starts where the indexes would. Only indexes of four levels and more can be mistaken for a
 * message; those that lead to one in the schema count as indexes.
 */
export function readMessageIndexesIfThere(bytes: Uint8Array, end: number, frame: WireFrame, hasMessage: HasMessage): string | undefined {
  const start = frame.nextPosition
  const reason = readMessageIndexes(bytes, start, end, frame)
  const mayBeMessage = start === end || (bytes[start] as number) >= FIRST_KEY
  if (!mayBeMessage || (reason === undefined && hasMessage(frame.messageIndexes, frame.messageIndexCount))) return reason
  frame.messageIndexes[0] = 0
  frame.messageIndexCount = 1
  frame.nextPosition = start
  return undefined
}

function malformedIndexes(found: number): string {
  return found === MALFORMED
    ? 'expected Protobuf message indexes, got the end of the bytes or a number of more than 32 bits'
    : `expected Protobuf message indexes of 0 or more, at most ${limits.nestingMax} of them, got ${found}`
}

/** Below every int32. */
const MALFORMED = -0x8000_0001

/** Reads at `frame.nextPosition` and moves it; MALFORMED when there is no 32-bit number. */
function readZigzag(bytes: Uint8Array, end: number, frame: WireFrame): number {
  let bits = 0
  let position = frame.nextPosition
  for (let shift = 0; shift < 35; shift += 7) {
    if (position >= end) return MALFORMED
    const byte = bytes[position++] as number
    if (shift === 28 && byte > 15) return MALFORMED
    bits |= (byte & 0x7f) << shift
    if (byte < 0x80) {
      frame.nextPosition = position
      return (bits >>> 1) ^ -(bits & 1)
    }
  }
  return MALFORMED
}

function int32At(bytes: Uint8Array, position: number): number {
  return (
    ((bytes[position] as number) << 24) |
    ((bytes[position + 1] as number) << 16) |
    ((bytes[position + 2] as number) << 8) |
    (bytes[position + 3] as number)
  )
}

function guidOf(bytes: Uint8Array): string {
  return uuidText(Buffer.from(bytes).toString('hex'))
}

/** A framed value: prefix, message indexes where they are given (Protobuf), payload. */
export function writePrefixed(schemaId: number, payload: Uint8Array, messageIndexes?: readonly number[]): Uint8Array<ArrayBuffer> {
  return concatBytes([Uint8Array.from([MAGIC_ID, ...int32Bytes(schemaId), ...indexBytes(messageIndexes)]), payload])
}

/** The value of a schema id header. */
export function writeHeader(schema: { schemaId: number } | { guid: string }, messageIndexes?: readonly number[]): Uint8Array<ArrayBuffer> {
  const name =
    'guid' in schema ? [MAGIC_GUID, ...Buffer.from(schema.guid.replaceAll('-', ''), 'hex')] : [MAGIC_ID, ...int32Bytes(schema.schemaId)]
  return Uint8Array.from([...name, ...indexBytes(messageIndexes)])
}

function int32Bytes(value: number): number[] {
  return [value >>> 24, (value >>> 16) & 0xff, (value >>> 8) & 0xff, value & 0xff]
}

function indexBytes(messageIndexes: readonly number[] | undefined): number[] {
  if (messageIndexes === undefined) return []
  if (messageIndexes.length === 1 && messageIndexes[0] === 0) return [0]
  return [messageIndexes.length, ...messageIndexes].flatMap(zigzagBytes)
}

function zigzagBytes(value: number): number[] {
  const bytes: number[] = []
  let rest = value * 2
  for (; rest >= 0x80; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 0x80)
  bytes.push(rest)
  return bytes
}
