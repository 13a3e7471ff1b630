import { readFileSync } from 'node:fs'
import { PassThrough } from 'node:stream'
import { zstdCompressSync } from 'node:zlib'
import avsc from 'avsc'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isErrorOfKind } from '../../../src/shared/errors.ts'
import { seededRandom } from '../../../src/shared/random.ts'
import {
  intMap,
  optionalField,
  requiredField,
  arrayOf,
  type AvroRecord,
  type AvroRecordSchema,
} from '../../../src/tables/iceberg/avro-schema.ts'
import { readAvroFile } from '../../../src/tables/iceberg/avro-reader.ts'
import { writeAvroFile } from '../../../src/tables/iceberg/avro-writer.ts'
import { decodeManifest, entryField, fileField, manifestEntrySchema, metricsMap } from '../../../src/tables/iceberg/manifest.ts'
import {
  decodeManifestList,
  encodeManifestList,
  listField,
  manifestListSchema,
  partitionSummaryField,
} from '../../../src/tables/iceberg/manifest-list.ts'
import { longAsBigint } from '../../schema/avro/avsc-types.ts'

const golden = (name: string): Uint8Array => readFileSync(new URL(`../../golden/iceberg/${name}`, import.meta.url))

const schema: AvroRecordSchema = {
  type: 'record',
  name: 'sample',
  fields: [
    requiredField(1, 'count', 'int'),
    requiredField(2, 'size', 'long'),
    optionalField(3, 'label', 'string'),
    optionalField(4, 'blob', 'bytes'),
    requiredField(5, 'isSet', 'boolean'),
    optionalField(6, 'offsets', arrayOf(7, 'long')),
    optionalField(8, 'bounds', intMap(9, 10, 'bytes')),
  ],
}

const bytes = fc.uint8Array({ maxLength: 20 }).map((value) => Buffer.from(value))
const record = fc.record({
  1: fc.integer(),
  2: fc.oneof(fc.maxSafeInteger(), fc.constantFrom(-(2n ** 63n), 2n ** 63n - 1n, 2n ** 53n)),
  3: fc.option(fc.string()),
  4: fc.option(bytes),
  5: fc.boolean(),
  6: fc.option(fc.array(fc.maxSafeInteger(), { maxLength: 5 })),
  8: fc.option(fc.array(fc.record({ 9: fc.nat(), 10: bytes }), { maxLength: 4 })),
})

function written(records: readonly AvroRecord[]): Promise<Uint8Array> {
  return writeAvroFile({ schema, properties: { 'format-version': '2' }, records, sync: seededRandom(7).bytes(16) })
}

test('any records come back as they were', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(record, { maxLength: 20 }), async (records) => {
      const file = readAvroFile(await written(records as AvroRecord[]), schema)
      expect(file.records).toEqual(records)
      expect(file.properties.get('format-version')).toBe('2')
    }),
  )
})

test('records beyond one block come back too', async () => {
  const records = Array.from({ length: 5_000 }, (_, index) => ({ 1: index, 2: index * 2 ** 40, 3: `label ${index}`, 5: index % 2 === 0 }))
  const { records: read } = readAvroFile(await written(records), schema)
  expect(read.length).toBe(5_000)
  expect(read.at(-1)).toEqual({ 1: 4_999, 2: 4_999 * 2 ** 40, 3: 'label 4999', 4: null, 5: false, 6: null, 8: null })
})

test('avsc reads what is written', async () => {
  const decoder = new avsc.streams.BlockDecoder({
    parseHook: (written) => avsc.Type.forSchema(written, { wrapUnions: false, registry: { long: longAsBigint } }),
  })
  const list = { snapshotId: 2n ** 62n, parentSnapshotId: undefined, sequenceNumber: 1n, manifests: [manifest] }
  const read: unknown[] = []
  decoder.on('data', (value) => read.push(value))
  const source = new PassThrough()
  source.pipe(decoder)
  source.end(await encodeManifestList(list, seededRandom(1)))
  await new Promise((resolve) => decoder.on('end', resolve))
  expect(read).toMatchObject([
    { manifest_path: 's3://b/m.avro', added_snapshot_id: 2n ** 62n, content: 0, added_rows_count: 10n, partitions: [] },
  ])
})

const manifest: AvroRecord = {
  [listField.path]: 's3://b/m.avro',
  [listField.lengthBytes]: 5_000,
  [listField.specId]: 0,
  [listField.content]: 0,
  [listField.sequenceNumber]: 1,
  [listField.minSequenceNumber]: 1,
  [listField.addedSnapshotId]: 2n ** 62n,
  [listField.addedFiles]: 1,
  [listField.existingFiles]: 0,
  [listField.deletedFiles]: 0,
  [listField.addedRows]: 10,
  [listField.existingRows]: 0,
  [listField.deletedRows]: 0,
  [listField.partitions]: [],
  [listField.keyMetadata]: null,
}

test('a manifest list carries its entries over whole', async () => {
  const withSummary = {
    ...manifest,
    [listField.partitions]: [
      {
        [partitionSummaryField.containsNull]: false,
        [partitionSummaryField.containsNan]: null,
        [partitionSummaryField.lowerBound]: Buffer.of(1, 0, 0, 0),
        [partitionSummaryField.upperBound]: Buffer.of(2, 0, 0, 0),
      },
    ],
    [listField.keyMetadata]: Buffer.of(9),
  }
  const once = await encodeManifestList(
    { snapshotId: 1n, parentSnapshotId: 2n, sequenceNumber: 3n, manifests: [withSummary] },
    seededRandom(1),
  )
  expect(decodeManifestList(once)).toEqual([withSummary])
})

describe('manifests of PyIceberg are read in every codec', () => {
  for (const codec of ['null', 'deflate', 'zstandard', 'snappy'])
    test(codec, () => {
      const entries = decodeManifest(golden(`pyiceberg-manifest-${codec}.avro`))
      expect(entries.map((entry) => [entry[entryField.status], entry[entryField.snapshotId], entry[entryField.sequenceNumber]])).toEqual([
        [1, 7352905031789852514n, null],
        [0, 11, 3],
        [2, 7352905031789852514n, 2],
      ])
      const file = entries[1]?.[entryField.dataFile] as AvroRecord
      expect(file[fileField.path]).toBe('s3://bucket/lake/default/t/data/1.parquet')
      expect(file[fileField.partition]).toEqual({ 1000: 19_783 })
      expect(file[fileField.lowerBounds]).toEqual([{ [metricsMap.lowerBounds.key]: 1, [metricsMap.lowerBounds.value]: Buffer.from('aa') }])
      expect(file[fileField.recordCount]).toBe(11)
    })
})

test('the manifest list of PyIceberg is read', () => {
  const [entry] = decodeManifestList(golden('pyiceberg-manifest-list.avro'))
  expect(entry).toMatchObject({
    [listField.path]: 's3://bucket/lake/default/t/metadata/m0.avro',
    [listField.addedSnapshotId]: 7352905031789852514n,
    [listField.addedFiles]: 1,
    [listField.existingFiles]: 1,
    [listField.deletedFiles]: 1,
    [listField.sequenceNumber]: 4,
  })
})

/** A container file as avsc makes it, which keeps no field ids. */
async function foreignFile(avroSchema: object, values: readonly object[], codec = 'null'): Promise<Uint8Array> {
  const encoder = new avsc.streams.BlockEncoder(avroSchema as avsc.Schema, {
    codec,
    codecs: {
      null: (block, done) => done(null, block),
      lzma: (block, done) => done(null, block),
      zstandard: (block, done) => done(null, zstdCompressSync(block)),
    },
  })
  const pieces: Buffer[] = []
  encoder.on('data', (piece: Buffer) => pieces.push(piece))
  for (const value of values) encoder.write(value)
  encoder.end()
  await new Promise((resolve) => encoder.on('end', resolve))
  return Buffer.concat(pieces)
}

test('older names of the same field ids do not matter', async () => {
  // Athena and Trino call the field `added_data_files_count`; the plain object form keeps its id.
  const file = await foreignFile(
    {
      type: 'record',
      name: 'manifest_file',
      fields: [
        { name: 'manifest_path', type: 'string', 'field-id': 500 },
        { name: 'added_data_files_count', type: 'int', 'field-id': 504 },
        { name: 'unheard_of', type: 'string', 'field-id': 99_999 },
      ],
    },
    [{ manifest_path: 'p', added_data_files_count: 3, unheard_of: 'x' }],
  )
  expect(decodeManifestList(file)).toMatchObject([{ [listField.path]: 'p', [listField.addedFiles]: 3, [listField.sequenceNumber]: 0 }])
})

test('fields without ids are known by name, and unknown ones are passed over', async () => {
  const file = await foreignFile(
    {
      type: 'record',
      name: 'sample',
      fields: [
        { name: 'other', type: 'double' },
        { name: 'size', type: 'long' },
        { name: 'label', type: ['null', 'string'] },
      ],
    },
    [{ other: 1.5, size: 7, label: 'x' }],
    'zstandard',
  )
  expect(readAvroFile(file, schema).records).toEqual([{ 2: 7, 3: 'x' }])
})

test('an unknown codec is named', async () => {
  const file = await foreignFile({ type: 'record', name: 'sample', fields: [{ name: 'size', type: 'long' }] }, [{ size: 1 }], 'lzma')
  expect(() => readAvroFile(file, schema)).toThrow('Avro codec lzma is not supported')
})

describe('damaged files fail cleanly', () => {
  const whole = golden('pyiceberg-manifest-null.avro')
  const expected = manifestEntrySchema({ 'spec-id': 0, fields: [] })
  const outcome = (file: Uint8Array): 'read' | 'refused' => {
    try {
      readAvroFile(file, expected)
      return 'read'
    } catch (error) {
      expect(isErrorOfKind(error, 'store-corrupt') || isErrorOfKind(error, 'unsupported')).toBe(true)
      return 'refused'
    }
  }
  test('every truncated prefix, unless it ends between two of its three blocks', () => {
    const readable = Array.from({ length: whole.byteLength }, (_, length) => length).filter(
      (length) => outcome(whole.subarray(0, length)) === 'read',
    )
    expect(readable.length).toBe(3)
  })
  test('any byte changed is read or refused, never a crash', () => {
    fc.assert(
      fc.property(fc.nat({ max: whole.byteLength - 1 }), fc.integer({ min: 1, max: 255 }), (position, change) => {
        const damaged = Uint8Array.from(whole)
        damaged[position] = (damaged[position] ?? 0) ^ change
        outcome(damaged)
      }),
      { numRuns: 300 },
    )
  })
  test('a length that the bytes cannot hold allocates nothing', () => {
    expect(outcome(Uint8Array.of(0x4f, 0x62, 0x6a, 1, 2, 0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0x03))).toBe('refused')
  })
})

test('the schema of a manifest list says what may be null, as strict readers insist', () => {
  const optional = manifestListSchema.fields.filter(({ type }) => Array.isArray(type)).map(({ name }) => name)
  expect(optional).toEqual(['partitions', 'key_metadata'])
})
