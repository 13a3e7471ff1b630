import { expect } from 'vitest'
import { readable } from '../../support/read-record.ts'
import type { ConsumedRecord, ProducedRecord } from './foreign-client.ts'

/** Null and empty keys and values are different things, and a header's name may come twice. */
export const oddRecords: readonly ProducedRecord[] = [
  { key: null, value: Buffer.from('a value without a key'), timestampMs: 1 },
  { key: Buffer.from('a tombstone'), value: null, timestampMs: 1_700_000_000_000 },
  { key: Buffer.alloc(0), value: Buffer.alloc(0), timestampMs: 1_700_000_000_001 },
  { key: null, value: null, timestampMs: 1_600_000_000_000 },
  { key: Buffer.from('ключ 鍵 🔑'), value: Buffer.from([0, 255, 254, 10, 13]), timestampMs: 253_402_300_799_999 },
  {
    key: Buffer.from('headers'),
    value: Buffer.from('x'),
    timestampMs: 2,
    headers: [
      ['name', Buffer.from('first')],
      ['name', Buffer.from('second')],
      ['empty', Buffer.alloc(0)],
      ['null', null],
      ['ünï', Buffer.from([0, 128])],
    ],
  },
  ...Array.from({ length: 500 }, (_, index) => ({
    key: Buffer.from(`key ${index}`),
    value: Buffer.from(`value ${index} `.repeat(20)),
    timestampMs: 1_700_000_000_000 + index,
  })),
]

/** As odd as franz-go can express: it counts time in 64 bits of nanoseconds, which end in 2262. */
export const oddRecordsBefore2262: readonly ProducedRecord[] = oddRecords.map((record) => ({
  ...record,
  timestampMs: Math.min(record.timestampMs ?? 0, 9_223_372_036_854),
}))

/** Consumed records are the produced ones, from the offset on. */
export function expectRecords(consumed: readonly ConsumedRecord[], produced: readonly ProducedRecord[], baseOffset = 0n): void {
  const expected = produced.map(({ timestampMs = 0, key = null, value, headers = [] }, index) =>
    readable({ offset: baseOffset + BigInt(index), timestampMs: BigInt(timestampMs), key, value, headers }),
  )
  expect(consumed.map(readable)).toEqual(expected)
}
