import type { RecordWalker } from '../protocol/records/record-walker.ts'
import {
  isPrefixed,
  readHeader,
  readMessageIndexes,
  readMessageIndexesIfThere,
  readPrefix,
  VALUE_SCHEMA_ID_HEADER,
  type HasMessage,
  type WireFrame,
} from '../schema/wire-framing.ts'
import { utf8Bytes } from '../shared/bytes.ts'
import type { Framing } from './lane.ts'
import type { SchemaDecoders } from './schema-decoders.ts'

export interface FramingRules {
  readonly framing: Framing
  /** By which a value without an id is judged. */
  readonly unframedSchemaId?: number
}

/**
 * A cursor over the framing of values: which schema and which of its messages a record names, and where the payload
 * starts. Under `auto` a header counts before the bytes in front of the value, and both before the bare value; Protobuf's
 * message indexes may be left out.
 */
export class ValueFrame {
  /** Meaningless when `unknownGuid` is set. */
  schemaId = -1
  /** The guid by which a schema is named that is not known here; '' otherwise. */
  unknownGuid = ''
  payloadStart = 0
  /** Undefined for the first message of a schema. The same array as long as the message stays the same. */
  messageIndexes: readonly number[] | undefined
  readonly #rules: FramingRules
  readonly #schemas: SchemaDecoders
  readonly #wire: WireFrame
  #nestedMessage: readonly number[] = []
  #typedSchemaId: number | undefined
  #isProtobuf = false
  /** Of the schema in front of the value, where its message indexes may be left out. */
  #hasMessage: HasMessage | undefined

  constructor(rules: FramingRules, { schemas, wire }: { schemas: SchemaDecoders; wire: WireFrame }) {
    this.#rules = rules
    this.#schemas = schemas
    this.#wire = wire
  }

  /** Moves to a record whose value is not null. Answers what is wrong with its framing, if anything is. */
  read(record: RecordWalker): string | undefined {
    const { bytes, valueStart, valueEnd } = record
    const { framing, unframedSchemaId } = this.#rules
    this.messageIndexes = undefined
    this.unknownGuid = ''
    if (framing === 'confluent') return this.#readPrefix(record)
    if (framing !== 'raw' && record.headerCount > 0 && findHeader(record)) return this.#readHeader(record)
    if (framing === 'header') return `the header ${VALUE_SCHEMA_ID_HEADER} is missing`
    if (framing === 'auto' && isPrefixed(bytes, valueStart, valueEnd)) return this.#readPrefix(record)
    if (unframedSchemaId === undefined) return 'the value names no schema: neither in a header nor in front of it'
    this.schemaId = unframedSchemaId
    this.payloadStart = valueStart
    return undefined
  }

  #readPrefix({ bytes, valueStart, valueEnd }: RecordWalker): string | undefined {
    const wire = this.#wire
    const reason = readPrefix(bytes, valueStart, valueEnd, wire)
    if (reason !== undefined) return reason
    this.schemaId = wire.schemaId
    const badIndexes = this.#hasMessageIndexes() ? this.#readPrefixIndexes(bytes, valueEnd) : undefined
    this.payloadStart = wire.nextPosition
    return badIndexes
  }

  #readHeader({ bytes, headerValueStart, headerValueEnd, valueStart }: RecordWalker): string | undefined {
    const wire = this.#wire
    const reason = readHeader(bytes, headerValueStart, headerValueEnd, wire)
    if (reason !== undefined) return `${VALUE_SCHEMA_ID_HEADER}: ${reason}`
    this.schemaId = wire.guid === '' ? wire.schemaId : this.#idOf(wire.guid)
    this.payloadStart = valueStart
    const isMessageNamed = wire.nextPosition < headerValueEnd && this.#hasMessageIndexes()
    return isMessageNamed ? this.#nameMessage(readMessageIndexes(bytes, wire.nextPosition, headerValueEnd, wire)) : undefined
  }

  #idOf(guid: string): number {
    const schemaId = this.#schemas.idOfGuid(guid)
    if (schemaId === undefined) this.unknownGuid = guid
    return schemaId ?? -1
  }

  /** Looked up once per change of the schema. */
  #hasMessageIndexes(): boolean {
    if (this.schemaId !== this.#typedSchemaId) {
      this.#typedSchemaId = this.schemaId
      this.#isProtobuf = this.#schemas.schemaTypeOf(this.schemaId) === 'PROTOBUF'
      this.#hasMessage = this.#rules.framing === 'auto' ? this.#schemas.messagesOf(this.schemaId) : undefined
    }
    return this.#isProtobuf
  }

  #readPrefixIndexes(bytes: Uint8Array, end: number): string | undefined {
    const wire = this.#wire
    if (this.#hasMessage === undefined) return this.#nameMessage(readMessageIndexes(bytes, wire.nextPosition, end, wire))
    return this.#nameMessage(readMessageIndexesIfThere(bytes, end, wire, this.#hasMessage))
  }

  #nameMessage(badIndexes: string | undefined): string | undefined {
    if (badIndexes !== undefined) return badIndexes
    const { messageIndexes, messageIndexCount } = this.#wire
    if (messageIndexCount === 1 && messageIndexes[0] === 0) return undefined
    const isSame =
      messageIndexCount === this.#nestedMessage.length && this.#nestedMessage.every((index, level) => index === messageIndexes[level])
    if (!isSame) this.#nestedMessage = [...messageIndexes.subarray(0, messageIndexCount)]
    this.messageIndexes = this.#nestedMessage
    return undefined
  }
}

const headerName = utf8Bytes(VALUE_SCHEMA_ID_HEADER)

/** Leaves the walker's header value at the last header of that name that has one: the last counts. */
function findHeader(record: RecordWalker): boolean {
  let start = -1
  let end = -1
  while (record.nextHeader()) {
    if (!isHeaderName(record.bytes, record.headerKeyStart, record.headerKeyEnd)) continue
    start = record.headerValueStart
    end = record.headerValueEnd
  }
  record.headerValueStart = start
  record.headerValueEnd = end
  return start >= 0
}

function isHeaderName(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start !== headerName.length) return false
  for (let index = 0; index < headerName.length; index++) if (bytes[start + index] !== headerName[index]) return false
  return true
}
