import type { RecordWalker } from '../../protocol/records/record-walker.ts'
import { RecordError } from '../../schema/language.ts'
import {
  isPrefixed,
  readHeader,
  readMessageIndexes,
  readMessageIndexesIfThere,
  readPrefix,
  VALUE_SCHEMA_ID_HEADER,
  WireFrame,
  type HasMessage,
} from '../../schema/wire-framing.ts'
import { asBuffer } from '../../shared/bytes.ts'
import { HeadgateError } from '../../shared/errors.ts'
import { limits } from '../../shared/limits.ts'
import { definitionOf, schemaByGuid, schemaById, type RegistrySchema } from '../server/registry-client.ts'
import type { ServerClient } from '../server/server-client.ts'
import { valueCodec, type ValueCodec } from './value-codec.ts'

export type DecodedValue =
  | { readonly kind: 'null' }
  /** JSON text on one line. */
  | { readonly kind: 'json'; readonly text: string; readonly schemaId: number }
  /** No schema says what they are. They share memory with the batch. */
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  | { readonly kind: 'undecodable'; readonly bytes: Uint8Array; readonly reason: string }

export interface RecordDecoderOptions {
  readonly server: ServerClient
  /** The topic's `schema.framing`. */
  readonly framing: string
  /** The newest schema of the topic, by which a value without a schema id is read. */
  readonly latest: RegistrySchema | undefined
}

/** Finds the schema of each value, as the broker does, and decodes it. Schemas come from the registry, each once. */
export class RecordDecoder {
  readonly #options: RecordDecoderOptions
  readonly #known = new Map<number | string, KnownSchema | undefined>()
  readonly #wire = new WireFrame()

  constructor(options: RecordDecoderOptions) {
    this.#options = options
  }

  async decode(record: RecordWalker): Promise<DecodedValue> {
    const { bytes, valueStart, valueEnd } = record
    if (valueStart < 0) return { kind: 'null' }
    const value = bytes.subarray(valueStart, valueEnd)
    try {
      return (await this.#decodeNamed(record, value)) ?? (await this.#decodeUnframed(value))
    } catch (error) {
      if (!isInvalid(error)) throw error
      return { kind: 'undecodable', bytes: value, reason: error.message }
    }
  }

  /** Undefined for a value that names no schema. */
  async #decodeNamed(record: RecordWalker, value: Uint8Array): Promise<DecodedValue | undefined> {
    const { framing } = this.#options
    if (framing === 'raw') return undefined
    const header = framing === 'confluent' ? undefined : schemaHeader(record)
    if (header) return this.#decodeBy(header, readHeader(header, 0, header.length, this.#wire), value)
    if (framing === 'header' || !isPrefixed(value, 0, value.length)) return undefined
    return this.#decodeBy(value, readPrefix(value, 0, value.length, this.#wire))
  }

  /** `frame` holds the schema's name and perhaps message indexes; the payload is behind them, or `value`. */
  async #decodeBy(frame: Uint8Array, problem: string | undefined, value?: Uint8Array): Promise<DecodedValue | undefined> {
    if (problem !== undefined) throw new RecordError('$', problem)
    const { schemaId, guid } = this.#wire
    const schema = await this.#schema(guid === '' ? schemaId : guid)
    if (!schema) return this.#unknownSchema(guid === '' ? `id ${schemaId}` : `guid ${guid}`, value ?? frame)
    const isInFront = value === undefined
    const hasIndexes = schema.codec.schemaType === 'PROTOBUF' && (isInFront || this.#wire.nextPosition < frame.length)
    const messageIndexes = hasIndexes ? this.#messageIndexes(frame, isInFront ? schema.codec.hasMessage : undefined) : undefined
    const text = schema.codec.decode(value ?? frame.subarray(this.#wire.nextPosition), messageIndexes)
    return { kind: 'json', text, schemaId: schema.schemaId }
  }

  /** Where no schema is expected, five bytes that look like a schema id are just bytes. */
  #unknownSchema(name: string, bytes: Uint8Array): DecodedValue | undefined {
    if (this.#options.latest === undefined) return undefined
    return { kind: 'undecodable', bytes, reason: `schema ${name} is not registered` }
  }

  /** With `hasMessage` they may be left out, under the framing by which the broker takes that too. */
  #messageIndexes(frame: Uint8Array, hasMessage: HasMessage | undefined): readonly number[] {
    const problem =
      hasMessage === undefined || this.#options.framing !== 'auto'
        ? readMessageIndexes(frame, this.#wire.nextPosition, frame.length, this.#wire)
        : readMessageIndexesIfThere(frame, frame.length, this.#wire, hasMessage)
    if (problem !== undefined) throw new RecordError('$', problem)
    return [...this.#wire.messageIndexes.subarray(0, this.#wire.messageIndexCount)]
  }

  async #decodeUnframed(value: Uint8Array): Promise<DecodedValue> {
    const { latest } = this.#options
    if (!latest) return { kind: 'bytes', bytes: value }
    const schema = await this.#schema(latest.id)
    if (!schema) return { kind: 'bytes', bytes: value }
    return { kind: 'json', text: schema.codec.decode(value), schemaId: schema.schemaId }
  }

  async #schema(name: number | string): Promise<KnownSchema | undefined> {
    if (this.#known.has(name)) return this.#known.get(name)
    // Whoever reads that many kinds of values asks for some of them again.
    if (this.#known.size >= limits.consumedSchemasMax) this.#known.clear()
    const schema = await this.#load(name)
    this.#known.set(name, schema)
    return schema
  }

  async #load(name: number | string): Promise<KnownSchema | undefined> {
    const { server } = this.#options
    const schema = typeof name === 'number' ? await schemaById(server, name) : await schemaByGuid(server, name)
    return schema && { schemaId: schema.id, codec: await valueCodec(await definitionOf(server, schema)) }
  }
}

interface KnownSchema {
  readonly schemaId: number
  readonly codec: ValueCodec
}

/** The last header of that name that has a value: the last counts. */
function schemaHeader(record: RecordWalker): Uint8Array | undefined {
  const { bytes } = record
  let found: Uint8Array | undefined
  while (record.nextHeader()) {
    if (record.headerValueStart < 0) continue
    const key = asBuffer(bytes.subarray(record.headerKeyStart, record.headerKeyEnd)).toString('utf8')
    if (key === VALUE_SCHEMA_ID_HEADER) found = bytes.subarray(record.headerValueStart, record.headerValueEnd)
  }
  return found
}

/** What a value may be guilty of; anything else is ours or the server's. TypeError: it is not UTF-8. */
function isInvalid(error: unknown): error is Error {
  if (error instanceof HeadgateError) return error.kind === 'not-found' || error.kind === 'invalid-schema'
  return error instanceof RecordError || error instanceof SyntaxError || error instanceof TypeError
}
