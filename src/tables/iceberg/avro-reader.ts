import { inflateRawSync, zstdDecompressSync } from 'node:zlib'
import { snappyUncompress } from 'hyparquet'
import { asBuffer, equalBytes, utf8Text } from '../../shared/bytes.ts'
import { HeadgateError } from '../../shared/errors.ts'
import { limits } from '../../shared/limits.ts'
import { isOptional, type AvroField, type AvroRecord, type AvroRecordSchema, type AvroSchema, type AvroValue } from './avro-schema.ts'

/**
 * Reads an Avro object container file of any Iceberg writer. Out: records keyed by field id, as the file's own schema
 * gives them; a field without an id takes it from the field of that name in `expected`, and is dropped when there is
 * none. Malformed bytes are a HeadgateError `store-corrupt`, an unknown codec `unsupported`; nothing is allocated for
 * lengths that the bytes cannot hold.
 */
export function readAvroFile(bytes: Uint8Array, expected: AvroRecordSchema): AvroFile {
  try {
    return decodeFile(asBuffer(bytes), expected)
  } catch (error) {
    if (error instanceof HeadgateError) throw error
    throw corrupt('it cannot be decoded', error)
  }
}

export interface AvroFile {
  /** The file's key-value metadata. */
  readonly properties: ReadonlyMap<string, string>
  readonly records: readonly AvroRecord[]
}

function decodeFile(bytes: Buffer, expected: AvroRecordSchema): AvroFile {
  const source = new AvroSource(bytes)
  if (!equalBytes(source.take(4), MAGIC)) throw corrupt('it does not start with the Avro magic')
  const properties = readProperties(source)
  const sync = source.take(16)
  const schema = JSON.parse(properties.get('avro.schema') ?? '') as AvroSchema
  const read = valueReader(schema, expected, new Map())
  const decompress = codecOf(properties.get('avro.codec') ?? 'null')
  const records: AvroRecord[] = []
  while (source.hasMore) {
    // Not bounded by the file's size: compressed records can be smaller than a byte.
    const count = Number(source.readLong())
    const block = new AvroSource(decompress(source.take(source.readCount())))
    for (let index = 0; index < count; index++) {
      if (!block.hasMore) throw corrupt('a block ends before its records do')
      records.push(read(block) as AvroRecord)
    }
    if (!equalBytes(source.take(16), sync)) throw corrupt('a block does not end with the sync marker')
  }
  return { properties, records }
}

function readProperties(source: AvroSource): Map<string, string> {
  const properties = new Map<string, string>()
  source.eachItem(() => {
    const name = utf8Text(source.take(source.readCount()))
    properties.set(name, utf8Text(source.take(source.readCount())))
  })
  return properties
}

function codecOf(name: string): (block: Buffer) => Buffer {
  const maxOutputLength = limits.avroBlockInflatedBytesMax
  switch (name) {
    case 'null':
      return (block) => block
    case 'deflate':
      return (block) => inflateRawSync(block, { maxOutputLength })
    case 'zstandard':
      return (block) => zstdDecompressSync(block, { maxOutputLength })
    case 'snappy':
      return uncompressSnappyBlock
    default:
      throw new HeadgateError('unsupported', `Avro codec ${name} is not supported; rewrite the manifests with deflate, zstandard or snappy`)
  }
}

/** Raw snappy, followed by a CRC-32 of the plain bytes that the sync marker makes redundant. */
function uncompressSnappyBlock(block: Buffer): Buffer {
  const plainLength = snappyLength(block)
  if (plainLength > limits.avroBlockInflatedBytesMax) throw corrupt('a block is too large')
  const plain = Buffer.alloc(plainLength)
  snappyUncompress(block.subarray(0, -4), plain)
  return plain
}

function snappyLength(block: Buffer): number {
  let length = 0
  for (let index = 0; index < 5; index++) {
    const byte = block[index] ?? 0
    length += (byte & 0x7f) * 2 ** (7 * index)
    if (byte < 0x80) break
  }
  return length
}

type ValueReader = (source: AvroSource) => AvroValue

/** `named` holds the types declared so far: Avro refers to a record or fixed a second time by its name. */
function valueReader(schema: AvroSchema, expected: AvroSchema | undefined, named: Map<string, ValueReader>): ValueReader {
  if (isOptional(schema)) return unionReader(schema, expected, named)
  if (typeof schema === 'string') return named.get(schema) ?? primitiveReader(schema)
  switch (schema.type) {
    case 'record':
      return recordReader(schema, expectedRecord(expected), named)
    case 'array': {
      const expectedArray = withoutNull(expected)
      const expectedItems = typeof expectedArray === 'object' && 'items' in expectedArray ? expectedArray.items : undefined
      return arrayReader(valueReader(schema.items, expectedItems, named))
    }
    case 'fixed': {
      const read: ValueReader = (source) => source.take(schema.size)
      named.set(schema.name, read)
      return read
    }
    default:
      return primitiveReader(schema.type)
  }
}

function unionReader(branches: readonly AvroSchema[], expected: AvroSchema | undefined, named: Map<string, ValueReader>): ValueReader {
  const readers = branches.map((branch) => valueReader(branch, expected, named))
  return (source) => {
    const read = readers[Number(source.readLong())]
    if (read === undefined) throw corrupt('a union has no such branch')
    return read(source)
  }
}

function recordReader(schema: AvroRecordSchema, expected: AvroRecordSchema | undefined, named: Map<string, ValueReader>): ValueReader {
  const fields: { id: number | undefined; read: ValueReader }[] = []
  const readRecord: ValueReader = (source) => {
    const record: Record<number, AvroValue> = {}
    for (const { id, read } of fields) {
      const value = read(source)
      if (id !== undefined) record[id] = value
    }
    return record
  }
  named.set(schema.name, readRecord)
  for (const field of schema.fields) {
    const id = field['field-id'] ?? expected?.fields.find(({ name }) => name === field.name)?.['field-id']
    const expectedField = expected?.fields.find((candidate: AvroField) => candidate['field-id'] === id)
    fields.push({ id, read: valueReader(field.type, expectedField?.type, named) })
  }
  return readRecord
}

function arrayReader(readItem: ValueReader): ValueReader {
  return (source) => {
    const items: AvroValue[] = []
    source.eachItem(() => items.push(readItem(source)))
    return items
  }
}

function primitiveReader(type: string): ValueReader {
  switch (type) {
    case 'null':
      return () => null
    case 'boolean':
      return (source) => source.take(1)[0] === 1
    case 'int':
    case 'long':
      return (source) => source.readLong()
    case 'float':
      return (source) => source.take(4).readFloatLE()
    case 'double':
      return (source) => source.take(8).readDoubleLE()
    case 'bytes':
      return (source) => source.take(source.readCount())
    case 'string':
      return (source) => source.take(source.readCount()).toString('utf8')
    default:
      throw new HeadgateError('unsupported', `Avro type ${type} does not occur in Iceberg manifests`)
  }
}

function expectedRecord(expected: AvroSchema | undefined): AvroRecordSchema | undefined {
  const schema = withoutNull(expected)
  return typeof schema === 'object' && 'fields' in schema ? schema : undefined
}

function withoutNull(schema: AvroSchema | undefined): Exclude<AvroSchema, readonly AvroSchema[]> | undefined {
  if (schema === undefined || !isOptional(schema)) return schema as Exclude<AvroSchema, readonly AvroSchema[]> | undefined
  return schema.find((branch) => branch !== 'null') as Exclude<AvroSchema, readonly AvroSchema[]> | undefined
}

/** A cursor over bytes. Every read is checked against the end. */
class AvroSource {
  readonly #bytes: Buffer
  #position = 0

  constructor(bytes: Buffer) {
    this.#bytes = bytes
  }

  get hasMore(): boolean {
    return this.#position < this.#bytes.byteLength
  }

  /** A view of the next `count` bytes. */
  take(count: number): Buffer {
    const end = this.#position + count
    if (end > this.#bytes.byteLength) throw corrupt('it is cut short')
    const view = this.#bytes.subarray(this.#position, end)
    this.#position = end
    return view
  }

  /** A length or a count: not negative, and not above what the bytes that are left can hold. */
  readCount(): number {
    const count = this.readLong()
    if (typeof count !== 'number' || count < 0 || count > this.#bytes.byteLength) throw corrupt(`it declares a length of ${count}`)
    return count
  }

  /** Zigzag varint. */
  readLong(): number | bigint {
    let value = 0
    for (let shift = 0; shift < 28; shift += 7) {
      const byte = this.#nextByte()
      value |= (byte & 0x7f) << shift
      if (byte < 0x80) return (value >>> 1) ^ -(value & 1)
    }
    return this.#readWideLong(BigInt(value))
  }

  /** Blocks of an array or map; a negative count is followed by the block's size in bytes. */
  eachItem(readItem: () => void): void {
    for (;;) {
      const declared = this.readLong()
      if (declared === 0) return
      if (declared < 0) this.readLong()
      const count = declared < 0 ? -declared : declared
      if (count > this.#bytes.byteLength) throw corrupt(`it declares ${count} items`)
      for (let index = 0; index < count; index++) readItem()
    }
  }

  #readWideLong(low: bigint): number | bigint {
    let value = low
    for (let shift = 28n; shift < 70n; shift += 7n) {
      const byte = this.#nextByte()
      value |= BigInt(byte & 0x7f) << shift
      if (byte < 0x80) {
        const long = BigInt.asIntN(64, (value >> 1n) ^ -(value & 1n))
        return long >= MIN_SAFE && long <= MAX_SAFE ? Number(long) : long
      }
    }
    throw corrupt('a number does not end')
  }

  #nextByte(): number {
    const byte = this.#bytes[this.#position++]
    if (byte === undefined) throw corrupt('it is cut short')
    return byte
  }
}

function corrupt(reason: string, cause?: unknown): HeadgateError {
  return new HeadgateError('store-corrupt', `an Avro file is damaged: ${reason}`, { cause })
}

const MAGIC = Uint8Array.of(0x4f, 0x62, 0x6a, 1)
const MIN_SAFE = BigInt(Number.MIN_SAFE_INTEGER)
const MAX_SAFE = BigInt(Number.MAX_SAFE_INTEGER)
