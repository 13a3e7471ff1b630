import { promisify } from 'node:util'
import { deflateRaw } from 'node:zlib'
import { assert } from '../../shared/assert.ts'
import { asBuffer, concatBytes, utf8Bytes } from '../../shared/bytes.ts'
import { limits } from '../../shared/limits.ts'
import { isOptional, type AvroRecord, type AvroRecordSchema, type AvroSchema, type AvroValue } from './avro-schema.ts'

/**
 * Writes an Avro object container file (Avro spec, Object Container Files) with the `deflate` codec. In: records keyed
 * by field id and the schema that says their order; out: the bytes of the file. The schema's attributes (`field-id`,
 * `element-id`, `logicalType`) are kept as given, which readers depend on. The thread is free between blocks, as a merged
 * manifest has many.
 */
export async function writeAvroFile({ schema, properties, records, sync }: AvroFileToWrite): Promise<Uint8Array<ArrayBuffer>> {
  assert(sync.byteLength === 16, 'an Avro sync marker has 16 bytes')
  const pieces = [fileHeader({ ...properties, 'avro.schema': JSON.stringify(schema), 'avro.codec': 'deflate' }), sync]
  for (const { count, bytes } of encodeBlocks(schema, records)) {
    const compressed = await deflate(bytes)
    pieces.push(blockHeader(count, compressed.byteLength), compressed, sync)
  }
  return concatBytes(pieces)
}

export interface AvroFileToWrite {
  readonly schema: AvroRecordSchema
  /** The file's key-value metadata beside Avro's own two. */
  readonly properties: Readonly<Record<string, string>>
  readonly records: Iterable<AvroRecord>
  /** 16 random bytes that end every block. */
  readonly sync: Uint8Array
}

function fileHeader(properties: Readonly<Record<string, string>>): Uint8Array {
  const sink = new AvroSink()
  const entries = Object.entries(properties)
  sink.writeLong(entries.length)
  for (const [name, value] of entries) {
    sink.writeBytes(utf8Bytes(name))
    sink.writeBytes(utf8Bytes(value))
  }
  sink.writeLong(0)
  return concatBytes([MAGIC, sink.written()])
}

interface Block {
  readonly count: number
  /** Valid until the next block is asked for. */
  readonly bytes: Uint8Array
}

function* encodeBlocks(schema: AvroRecordSchema, records: Iterable<AvroRecord>): Generator<Block> {
  const write = recordWriter(schema)
  const sink = new AvroSink()
  let count = 0
  for (const record of records) {
    write(sink, record)
    count++
    if (sink.byteLength < limits.avroBlockBytes) continue
    yield { count, bytes: sink.written() }
    sink.clear()
    count = 0
  }
  if (count > 0) yield { count, bytes: sink.written() }
}

function blockHeader(count: number, byteLength: number): Uint8Array {
  const sink = new AvroSink()
  sink.writeLong(count)
  sink.writeLong(byteLength)
  return sink.written()
}

type ValueWriter = (sink: AvroSink, value: AvroValue | undefined) => void

function recordWriter(schema: AvroRecordSchema): (sink: AvroSink, record: AvroRecord) => void {
  const fields = schema.fields.map((field) => {
    const id = field['field-id']
    assert(id !== undefined, `Avro field ${field.name} has no field id`)
    return { id, write: valueWriter(field.type, field.name) }
  })
  return (sink, record) => {
    for (const { id, write } of fields) write(sink, record[id])
  }
}

function valueWriter(schema: AvroSchema, name: string): ValueWriter {
  if (isOptional(schema)) return optionalWriter(schema, name)
  if (typeof schema === 'string') return primitiveWriter(schema, name)
  if (schema.type === 'record') {
    const write = recordWriter(schema)
    return (sink, value) => write(sink, typed(value, 'object', name))
  }
  if (schema.type === 'array') return arrayWriter(valueWriter(schema.items, name), name)
  assert(schema.type !== 'fixed', `Avro field ${name}: fixed values are only read`)
  return primitiveWriter(schema.type, name)
}

function optionalWriter([none, some, ...rest]: readonly AvroSchema[], name: string): ValueWriter {
  assert(none === 'null' && some !== undefined && rest.length === 0, `Avro field ${name}: only unions of null and one type`)
  const write = valueWriter(some, name)
  return (sink, value) => {
    if (value === null || value === undefined) return sink.writeLong(0)
    sink.writeLong(1)
    write(sink, value)
  }
}

function arrayWriter(writeItem: ValueWriter, name: string): ValueWriter {
  return (sink, value) => {
    assert(Array.isArray(value), `Avro field ${name} wants an array`)
    if (value.length > 0) sink.writeLong(value.length)
    for (const item of value) writeItem(sink, item)
    sink.writeLong(0)
  }
}

function primitiveWriter(type: string, name: string): ValueWriter {
  switch (type) {
    case 'boolean':
      return (sink, value) => sink.writeByte(typed(value, 'boolean', name) ? 1 : 0)
    case 'int':
    case 'long':
      return (sink, value) => {
        assert(typeof value === 'bigint' || Number.isSafeInteger(value), `Avro field ${name} wants a whole number`)
        sink.writeLong(value as number | bigint)
      }
    case 'string':
      return (sink, value) => sink.writeBytes(utf8Bytes(typed(value, 'string', name)))
    case 'bytes':
      return (sink, value) => {
        assert(value instanceof Uint8Array, `Avro field ${name} wants bytes`)
        sink.writeBytes(value)
      }
    default:
      assert(false, `Avro field ${name}: ${type} values are only read`)
  }
}

interface TypeByName {
  boolean: boolean
  string: string
  object: AvroRecord
}

function typed<Name extends keyof TypeByName>(value: unknown, type: Name, name: string): TypeByName[Name] {
  assert(typeof value === type && value !== null, `Avro field ${name} wants a ${type}`)
  return value as TypeByName[Name]
}

/** Growing memory with Avro's number encoding. */
class AvroSink {
  #bytes = Buffer.allocUnsafe(1024)
  byteLength = 0

  /** A view, valid until the next write. */
  written(): Uint8Array<ArrayBuffer> {
    return this.#bytes.subarray(0, this.byteLength) as Uint8Array<ArrayBuffer>
  }

  clear(): void {
    this.byteLength = 0
  }

  writeByte(value: number): void {
    this.#reserve(1)
    this.#bytes[this.byteLength++] = value
  }

  /** Zigzag varint. */
  writeLong(value: number | bigint): void {
    if (typeof value === 'bigint' || value > 0x3fffffff || value < -0x40000000) return this.#writeWideLong(BigInt(value))
    this.#reserve(5)
    let rest = (value << 1) ^ (value >> 31)
    while (rest > 0x7f) {
      this.#bytes[this.byteLength++] = (rest & 0x7f) | 0x80
      rest >>>= 7
    }
    this.#bytes[this.byteLength++] = rest
  }

  writeBytes(bytes: Uint8Array): void {
    this.writeLong(bytes.byteLength)
    this.#reserve(bytes.byteLength)
    asBuffer(bytes).copy(this.#bytes, this.byteLength)
    this.byteLength += bytes.byteLength
  }

  #writeWideLong(value: bigint): void {
    this.#reserve(10)
    let rest = BigInt.asUintN(64, (value << 1n) ^ (value >> 63n))
    while (rest > 0x7fn) {
      this.#bytes[this.byteLength++] = Number(rest & 0x7fn) | 0x80
      rest >>= 7n
    }
    this.#bytes[this.byteLength++] = Number(rest)
  }

  #reserve(count: number): void {
    if (this.byteLength + count <= this.#bytes.byteLength) return
    const grown = Buffer.allocUnsafe(Math.max(this.#bytes.byteLength * 2, this.byteLength + count))
    this.#bytes.copy(grown, 0, 0, this.byteLength)
    this.#bytes = grown
  }
}

const deflate = promisify<Uint8Array, Buffer>(deflateRaw)

const MAGIC = Uint8Array.of(0x4f, 0x62, 0x6a, 1)
