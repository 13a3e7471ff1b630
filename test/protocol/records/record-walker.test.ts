import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { storedRecords } from '../../../src/protocol/records/batch.ts'
import { buildBatch } from '../../../src/protocol/records/build-batch.ts'
import { RecordWalker } from '../../../src/protocol/records/record-walker.ts'
import { HeadgateError } from '../../../src/shared/errors.ts'
import { walkRecords } from './read-records.ts'

const timestampMs = 1_700_000_000_000n

describe('a timestamp delta is exact, or says that it is not', () => {
  for (const delta of [
    0n,
    1n,
    -1n,
    63n,
    -64n,
    64n,
    -65n,
    2n ** 31n,
    -(2n ** 31n),
    2n ** 52n - 1n,
    -(2n ** 52n),
    2n ** 52n,
    -(2n ** 52n) - 1n,
    2n ** 63n - 1n,
    -(2n ** 63n),
  ])
    test(String(delta), () => {
      const walker = new RecordWalker(storedRecords(batchOfDelta(delta)), 2)
      walker.next()
      expect(walker.next()).toBe(true)
      expect(walker.timestampDeltaExact()).toBe(delta)
      const isExact = delta >= -(2n ** 52n) && delta < 2n ** 52n
      expect(walker.timestampDelta).toBe(isExact ? Number(delta) : delta > 0n ? Infinity : -Infinity)
    })

  function batchOfDelta(delta: bigint): Uint8Array {
    return buildBatch({ records: [{ timestampMs: 0n }, { timestampMs: delta }] })
  }
})

test('headers are read as often as one likes, and skipped without harm', () => {
  const headers = [
    { key: 'a', value: Buffer.from('1') },
    { key: '', value: null },
  ]
  const walker = new RecordWalker(
    storedRecords(
      buildBatch({
        records: [
          { timestampMs, headers },
          { timestampMs, headers },
        ],
      }),
    ),
    2,
  )
  expect(walker.next()).toBe(true)
  expect(headersOf(walker)).toEqual(['a=1', '=null'])
  expect(headersOf(walker)).toEqual(['a=1', '=null'])
  expect(walker.nextHeader()).toBe(true)
  walker.rewindHeaders()
  expect(headersOf(walker)).toEqual(['a=1', '=null'])
  expect(walker.nextHeader()).toBe(true)
  expect(walker.next()).toBe(true)
  expect(headersOf(walker)).toEqual(['a=1', '=null'])
  expect(walker.next()).toBe(false)
  expect(walker.next()).toBe(false)
})

function headersOf(walker: RecordWalker): string[] {
  const text = (start: number, end: number) => (start < 0 ? 'null' : Buffer.from(walker.bytes.subarray(start, end)).toString())
  const headers: string[] = []
  while (walker.nextHeader())
    headers.push(`${text(walker.headerKeyStart, walker.headerKeyEnd)}=${text(walker.headerValueStart, walker.headerValueEnd)}`)
  return headers
}

describe('a malformed record is named with its reason', () => {
  // length, attributes, timestamp delta, offset delta, key, value, header count
  const good = '0c 00 00 00 01 01 00'
  const cases: [name: string, hex: string, recordsCount: number, message: RegExp][] = [
    ['fewer records than declared', good, 2, /^record 1: it is cut off$/],
    ['more records than declared', `${good} ${good}`, 1, /^7 bytes after record 0, the last that the batch declares$/],
    ['no records at all', '', 1, /^record 0: it is cut off$/],
    ['a negative length', '01', 1, /^record 0: the length -1 runs past the end of the batch$/],
    ['a length past the end', '0e 00 00 00 01 01 00', 1, /^record 0: the length 7 runs past the end of the batch$/],
    ['a length of 2^31-1', 'fe ff ff ff 0f 00 00', 1, /^record 0: the length 2147483647 runs past/],
    ['a length of zero', '00', 1, /^record 0: it is cut off$/],
    ['a length that ends inside the record', `06 00 00 00 01 01 00`, 1, /^record 0: it is cut off$/],
    ['a length that leaves bytes over', '0e 00 00 00 01 01 00 00', 1, /^record 0: 1 bytes after its last header$/],
    ['an offset delta that does not count', `${good} ${good}`, 2, /^record 1: its offset delta is 0$/],
    ['a key past the end', '0c 00 00 00 08 01 00', 1, /^record 0: its key runs past its end$/],
    ['a key of length -2', '0c 00 00 00 03 01 00', 1, /^record 0: its key has the length -2$/],
    ['a value past the end', '0c 00 00 00 01 04 00', 1, /^record 0: its value runs past its end$/],
    ['a value of length -2^31', '14 00 00 00 01 ff ff ff ff 0f', 1, /^record 0: the length 10 runs past/],
    ['a value of length -2^31, whole', '12 00 00 00 01 ff ff ff ff 0f', 1, /^record 0: its value has the length -2147483648$/],
    ['a negative header count', '0c 00 00 00 01 01 01', 1, /^record 0: it has -1 headers$/],
    ['more headers than bytes', '0c 00 00 00 01 01 02', 1, /^record 0: it is cut off$/],
    ['a header without a key', '10 00 00 00 01 01 02 01 01', 1, /^record 0: header 0 has no key$/],
    ['a header key that is not UTF-8', '14 00 00 00 01 01 02 04 c3 28 01', 1, /^record 0: the key of header 0 is not UTF-8$/],
    ['a header key with a surrogate', '16 00 00 00 01 01 02 06 ed a0 80 01', 1, /^record 0: the key of header 0 is not UTF-8$/],
    ['a header value past the end', '12 00 00 00 01 01 02 02 61 0a', 1, /^record 0: its header value runs past its end$/],
    ['a varint of six bytes', '14 00 00 80 80 80 80 80 00 01 01 00', 1, /^record 0: a varint exceeds 32 bits$/],
    ['a varint of 33 bits', '14 00 00 80 80 80 80 10 01 01 00', 1, /^record 0: a varint exceeds 32 bits$/],
    ['a varlong of eleven bytes', '22 00 80 80 80 80 80 80 80 80 80 80 00 00 01 01 00 00', 1, /^record 0: a varlong exceeds 64 bits$/],
    ['a varlong of 65 bits', '20 00 80 80 80 80 80 80 80 80 80 02 00 01 01 00 00', 1, /^record 0: a varlong exceeds 64 bits$/],
  ]
  for (const [name, hex, recordsCount, message] of cases)
    test(name, () => {
      const error = thrownBy(() => walkRecords(bytesOf(hex), recordsCount))
      expect(error).toMatchObject({ kind: 'malformed', message: expect.stringMatching(message) as string })
    })

  test('and the well-formed one beside them is not', () => {
    expect(walkRecords(bytesOf(good), 1)).toEqual([{ key: null, value: null, timestampMs: 0n, headers: [] }])
  })

  test('a varint may be longer than it need be, as Kafka’s own reader allows', () => {
    expect(walkRecords(bytesOf('12 00 80 00 80 80 00 01 01 00'), 1)).toHaveLength(1)
  })

  test('more headers than the limit are too many, before they are read', () => {
    const error = thrownBy(() => walkRecords(bytesOf('10 00 00 00 01 01 a2 9c 01'), 1))
    expect(error).toMatchObject({ kind: 'too-large', message: 'record 0: 10001 headers; at most 10000 are allowed' })
  })
})

test('every truncated prefix is malformed', () => {
  const records = Array.from({ length: 3 }, () => ({
    timestampMs,
    key: Buffer.from('k'),
    value: Buffer.from('value'),
    headers: [{ key: 'h', value: Buffer.from('v') }],
  }))
  const bytes = storedRecords(buildBatch({ records }))
  for (let length = 0; length < bytes.length; length++)
    expect(thrownBy(() => walkRecords(bytes.subarray(0, length), 3))).toMatchObject({ kind: 'malformed' })
})

test('arbitrary and mutated bytes are walked or refused, never anything else', () => {
  const good = storedRecords(
    buildBatch({
      records: Array.from({ length: 5 }, (_, index) => ({
        timestampMs,
        value: new Uint8Array(index * 40),
        headers: [{ key: 'hé', value: null }],
      })),
    }),
  )
  const mutated = fc.array(fc.tuple(fc.nat(good.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 }).map((changes) => {
    const bytes = Uint8Array.from(good)
    for (const [at, byte] of changes) bytes[at] = byte
    return bytes
  })
  fc.assert(
    fc.property(fc.oneof(mutated, fc.uint8Array({ maxLength: 200 })), fc.integer({ min: 0, max: 2 ** 31 - 1 }), (bytes, recordsCount) => {
      for (const count of [5, recordsCount]) {
        const error = thrownBy(() => walkRecords(bytes, count))
        if (error !== undefined) expect(error).toBeInstanceOf(HeadgateError)
      }
    }),
    { numRuns: 3_000 },
  )
})

function thrownBy(action: () => unknown): unknown {
  try {
    action()
  } catch (error) {
    return error
  }
  return undefined
}

function bytesOf(hex: string): Uint8Array {
  return Buffer.from(hex.replaceAll(' ', ''), 'hex')
}
