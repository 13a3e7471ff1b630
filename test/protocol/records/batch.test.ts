import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Reader, readRecordsBatch } from '@platformatic/kafka'
import { batchField, computedCrc, hasLogAppendTime, patchBatchInPlace, readBatchHeader } from '../../../src/protocol/records/batch.ts'
import { type BatchToBuild, buildBatch } from '../../../src/protocol/records/build-batch.ts'
import { checkBatch } from '../../../src/protocol/records/check-batch.ts'
import { compressionTypes } from '../../../src/protocol/records/compression.ts'
import { concatBytes } from '../../../src/shared/bytes.ts'
import { readRecords } from './read-records.ts'

const record = { key: Buffer.from('k'), value: Buffer.from('value'), timestampMs: 1_700_000_000_000n }
const sizeBytesMax = 1_048_588

describe('a batch is checked in the order that clients rely on', () => {
  const good = buildBatch({ records: [record, record, record] })
  const cases: [name: string, bytes: Uint8Array | null, kind: string, reason: RegExp][] = [
    ['no records field', null, 'invalid', /no record batch/],
    ['an empty records field', new Uint8Array(), 'invalid', /no record batch/],
    ['a few bytes', good.subarray(0, 16), 'corrupt', /16 bytes are no record batch/],
    [
      'a message set of format 1, however short',
      withByte(good, batchField.magic, 1).subarray(0, 40),
      'unsupported-magic',
      /format 1 is not supported/,
    ],
    [
      'format 0 before its length',
      withField(withByte(good, batchField.magic, 0), 'int32', batchField.batchLength, 7),
      'unsupported-magic',
      /format 0/,
    ],
    ['a header cut off', good.subarray(0, 60), 'corrupt', /header is cut off/],
    ['a length below the header', withField(good, 'int32', batchField.batchLength, 48), 'corrupt', /says 60 bytes/],
    ['a negative length', withField(good, 'int32', batchField.batchLength, -1), 'corrupt', /says 11 bytes/],
    ['a length past the end', withField(good, 'int32', batchField.batchLength, 2 ** 31 - 1), 'corrupt', /says 2147483659 bytes/],
    ['two batches', concatBytes([good, good]), 'invalid', /more than one record batch/],
    ['a byte after the batch', concatBytes([good, new Uint8Array(1)]), 'invalid', /more than one record batch/],
    [
      'a batch that is too large, before its CRC',
      withByte(buildBatch({ records: [{ ...record, value: new Uint8Array(2000) }] }), 100, 1),
      'too-large',
      /of 2071 bytes; at most 1000/,
    ],
    [
      'a wrong CRC, before its counts',
      withField(good, 'int32', batchField.recordsCount, 0),
      'corrupt',
      /CRC-32C is [0-9a-f]{8} where the batch says [0-9a-f]{8}/,
    ],
    ['no records', resealed(good, 'int32', batchField.recordsCount, 0), 'invalid', /a batch of 0 records/],
    ['a negative count', resealed(good, 'int32', batchField.recordsCount, -1), 'invalid', /a batch of -1 records/],
    [
      'a count that the last offset delta denies',
      resealed(good, 'int32', batchField.lastOffsetDelta, 3),
      'invalid',
      /last offset delta 3 for 3 records/,
    ],
    ['a control batch', buildBatch({ records: [record], isControl: true }), 'invalid', /control batches/],
    ['a transaction without a producer', buildBatch({ records: [record], isTransactional: true }), 'invalid', /without a producer id/],
    [
      'a producer without an epoch',
      buildBatch({ records: [record], producer: { id: 7n, epoch: -1, baseSequence: 0 } }),
      'invalid',
      /producer id 7 with epoch -1/,
    ],
    [
      'a producer without a sequence',
      buildBatch({ records: [record], producer: { id: 7n, epoch: 0, baseSequence: -1 } }),
      'invalid',
      /base sequence -1/,
    ],
    ['a codec that does not exist', resealed(good, 'int16', batchField.attributes, 5), 'unsupported-compression', /codec 5/],
    ['the broker’s timestamp type', resealed(good, 'int16', batchField.attributes, 8), 'invalid-timestamp', /LogAppendTime/],
  ]
  for (const [name, bytes, kind, reason] of cases)
    test(name, () =>
      expect(checkBatch(bytes, { sizeBytesMax: 1_000 })).toMatchObject({ kind, reason: expect.stringMatching(reason) as string }),
    )

  test('what is left is accepted, also epoch 0 and sequence 0 without a producer id, as @platformatic/kafka sends it', () => {
    const accepted: BatchToBuild[] = [
      { records: [record] },
      { records: [record], producer: { id: -1n, epoch: 0, baseSequence: 0 } },
      { records: [record], producer: { id: 0n, epoch: 0, baseSequence: 2 ** 31 - 1 } },
      { records: [record], producer: { id: 7n, epoch: 1, baseSequence: 0 }, isTransactional: true },
    ]
    for (const batch of accepted) expect(checkBatch(buildBatch(batch), { sizeBytesMax })).toMatchObject({ kind: 'ok' })
  })

  test('a batch of exactly the allowed size is accepted', () => {
    const batch = buildBatch({ records: [record] })
    expect(checkBatch(batch, { sizeBytesMax: batch.length }).kind).toBe('ok')
    expect(checkBatch(batch, { sizeBytesMax: batch.length - 1 }).kind).toBe('too-large')
  })
})

describe('a patched batch', () => {
  const batch = buildBatch({ records: [record, { ...record, timestampMs: 1_700_000_000_500n }], compression: 'gzip' })

  test('has its offset and leader epoch, and the producer’s CRC', () => {
    const patched = Uint8Array.from(batch)
    patchBatchInPlace(patched, { baseOffset: 2n ** 62n, partitionLeaderEpoch: 9, logAppendTimeMs: null })
    expect(readBatchHeader(patched)).toEqual({ ...readBatchHeader(batch), baseOffset: 2n ** 62n, partitionLeaderEpoch: 9 })
    expect(computedCrc(patched)).toBe(readBatchHeader(batch).crc)
    expect(patched.subarray(61)).toEqual(batch.subarray(61))
  })

  test('has the broker’s time for all its records, and a CRC over it', () => {
    const patched = Uint8Array.from(batch)
    patchBatchInPlace(patched, { baseOffset: 5n, partitionLeaderEpoch: 0, logAppendTimeMs: 1_800_000_000_000n })
    const header = readBatchHeader(patched)
    expect(header).toMatchObject({
      baseOffset: 5n,
      maxTimestamp: 1_800_000_000_000n,
      baseTimestamp: 1_700_000_000_000n,
      crc: computedCrc(patched),
    })
    expect(hasLogAppendTime(header)).toBe(true)
    expect(patched.subarray(61)).toEqual(batch.subarray(61))
  })
})

const nullableBytes = fc.option(fc.uint8Array({ maxLength: 300 }), { nil: null })
const anyRecord = fc.record({
  key: nullableBytes,
  value: nullableBytes,
  timestampMs: fc.bigInt({ min: -(2n ** 61n), max: 2n ** 61n }),
  headers: fc.array(fc.record({ key: fc.string({ unit: 'grapheme', maxLength: 20 }), value: nullableBytes }), { maxLength: 3 }),
})

describe('what is built is read back', () => {
  for (const compression of compressionTypes)
    test(compression, () => {
      fc.assert(
        fc.property(fc.array(anyRecord, { minLength: 1, maxLength: 40 }), (records) => {
          const batch = buildBatch({ records, compression })
          expect(checkBatch(batch, { sizeBytesMax }).kind).toBe('ok')
          expect(readRecords(batch)).toEqual(
            records.map(({ key, value, timestampMs, headers }) => ({
              key: asBuffer(key),
              value: asBuffer(value),
              timestampMs,
              headers: headers.map((header) => [header.key, asBuffer(header.value)]),
            })),
          )
        }),
        { numRuns: 60 },
      )
    })

  test('by @platformatic/kafka as well', () => {
    for (const compression of compressionTypes) {
      const records = Array.from({ length: 200 }, (_, index) => ({
        ...record,
        value: Buffer.from(`value ${index}`),
        timestampMs: record.timestampMs - BigInt(index * 7),
      }))
      const theirs = readRecordsBatch(Reader.from(Buffer.from(buildBatch({ records, compression, baseOffset: 12n }))))
      expect(theirs.firstOffset).toBe(12n)
      expect(theirs.maxTimestamp).toBe(record.timestampMs)
      expect(theirs.records.map(({ value, timestampDelta }) => [String(value), timestampDelta])).toEqual(
        records.map(({ value }, index) => [String(value), BigInt(index * -7)]),
      )
    }
  })
})

function asBuffer(bytes: Uint8Array | null): Buffer | null {
  return bytes === null ? null : Buffer.from(bytes)
}

function withByte(batch: Uint8Array, at: number, byte: number): Uint8Array {
  const changed = Uint8Array.from(batch)
  changed[at] = byte
  return changed
}

function withField(batch: Uint8Array, type: 'int16' | 'int32', at: number, value: number): Uint8Array {
  const changed = Uint8Array.from(batch)
  const view = new DataView(changed.buffer)
  if (type === 'int16') view.setInt16(at, value)
  else view.setInt32(at, value)
  return changed
}

/** The same lie with a CRC that vouches for it. */
function resealed(batch: Uint8Array, type: 'int16' | 'int32', at: number, value: number): Uint8Array {
  const changed = withField(batch, type, at, value)
  return withField(changed, 'int32', batchField.crc, computedCrc(changed))
}
