import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Message } from '../../src/protocol/message.ts'
import { createTopics } from '../../src/protocol/messages/create-topics.ts'
import { fetch } from '../../src/protocol/messages/fetch.ts'
import { metadata } from '../../src/protocol/messages/metadata.ts'
import { Reader } from '../../src/protocol/reader.ts'
import { array, bytes, int32, int8, nullable, since, string, struct, tagged, uuidZero, withDefault } from '../../src/protocol/types.ts'
import { Writer } from '../../src/protocol/writer.ts'
import { isErrorOfKind } from '../../src/shared/errors.ts'
import { arbitraryMessage } from './arbitrary-message.ts'
import { decodeWhole, encode, errorOf, expectMalformed, fromHex, hexOf, messages, versionsOf } from './wire.ts'

describe('what is encoded is decoded again, in every version', () => {
  for (const message of messages)
    for (const version of versionsOf(message))
      test(`${message.name} v${version}`, () =>
        fc.assert(
          fc.property(arbitraryMessage(message, version), (value) => {
            const reader = new Reader(encode(message, version, value))
            expect(message.decode(reader, version)).toEqual(value)
            expect(reader.bytesLeft).toBe(0)
          }),
          { numRuns: 25 },
        ))
})

describe('fields that a version lacks', () => {
  test('have their defaults when decoded', () => {
    const decoded = decodeWhole(
      fetch.request,
      4,
      encode(fetch.request, 4, { maxWaitMs: 1, minBytes: 2, topics: [], forgottenTopicsData: [] }),
    )
    expect(decoded).toEqual({
      clusterId: null,
      replicaId: -1,
      replicaState: { replicaId: -1, replicaEpoch: -1n },
      maxWaitMs: 1,
      minBytes: 2,
      maxBytes: 0x7fff_ffff,
      isolationLevel: 0,
      sessionId: 0,
      sessionEpoch: -1,
      topics: [],
      forgottenTopicsData: [],
      rackId: '',
    })
  })

  test('are left out when they are ignorable or at their default', () => {
    const topic = { errorCode: 0, name: 'orders', topicId: uuidZero, partitions: [] }
    const plain = { brokers: [], topics: [topic] }
    const rich = { ...plain, clusterId: 'c', controllerId: 3, throttleTimeMs: 5, topics: [{ ...topic, isInternal: true }] }
    expect(encode(metadata.response, 0, rich)).toEqual(encode(metadata.response, 0, plain))
  })

  test('are refused when they are set and matter', () => {
    const error = errorOf(() => encode(metadata.request, 3, { topics: null, allowAutoTopicCreation: false }))
    expect(isErrorOfKind(error, 'unsupported')).toBe(true)
    expect(String(error)).toContain('Metadata request v3, allowAutoTopicCreation: ')
  })

  test('are refused deep inside, with the path', () => {
    const topics = [
      { topic: 't', topicId: uuidZero, partitions: [{ partition: 0, fetchOffset: 0n, partitionMaxBytes: 1, lastFetchedEpoch: 4 }] },
    ]
    const error = errorOf(() => encode(fetch.request, 11, { maxWaitMs: 1, minBytes: 2, topics, forgottenTopicsData: [] }))
    expect(String(error)).toContain('Fetch request v11, topics[0].partitions[0].lastFetchedEpoch: ')
  })
})

describe('a value that cannot be sent is not sent', () => {
  const topic = { name: 't', numPartitions: 1, replicationFactor: 1, assignments: [], configs: [] }
  for (const [what, version, changes, expected] of [
    ['null for a string', 2, { name: null }, 'topics[0].name: null where this version allows none'],
    ['null for a compact string', 5, { name: null }, 'topics[0].name: null where this version allows none'],
    ['null for an array', 5, { configs: null }, 'topics[0].configs: null where this version allows none'],
    ['an int16 of 32768', 2, { replicationFactor: 32768 }, 'topics[0].replicationFactor: 32768 is not an int16'],
    ['an int32 of 1.5', 2, { numPartitions: 1.5 }, 'topics[0].numPartitions: 1.5 is not an int32'],
    ['a classic string of 32768 bytes', 2, { name: 'é'.repeat(16384) }, 'topics[0].name: a string of 32768 bytes'],
  ] as const)
    test(what, () => {
      const encoding = (): Uint8Array => encode(createTopics.request, version, { topics: [{ ...topic, ...changes }] })
      expect(encoding).toThrow(`CreateTopics request v${version}, ${expected}`)
    })

  test('a compact string has no such bound', () => {
    const long = encode(createTopics.request, 5, { topics: [{ ...topic, name: 'é'.repeat(16384) }] })
    expect(decodeWhole(createTopics.request, 5, long)).toMatchObject({ topics: [{ name: 'é'.repeat(16384) }] })
  })

  test('an undeclared version', () => expect(() => encode(createTopics.request, 8, { topics: [] })).toThrow('has no version 8'))
})

describe('tagged fields', () => {
  const declared = { versions: { first: 0, last: 1 }, flexibleFirst: 0 }
  const count = tagged(2, withDefault(int32, 7))
  const older = new Message('older', declared, struct({ name: string, count }))
  const newer = new Message(
    'newer',
    declared,
    struct({ name: string, flags: tagged(5, array(int8)), count, body: tagged(0, nullable(bytes)) }),
  )

  test('unknown ones are skipped', () => {
    const sent = encode(newer, 0, { name: 'n', flags: [1, 2], count: 8, body: fromHex('aabb') })
    expect(decodeWhole(older, 0, sent)).toEqual({ name: 'n', count: 8 })
  })

  test('are sent in ascending order of tags, and not at all at their defaults', () => {
    expect(hexOf(encode(newer, 0, { name: 'n', flags: [3], count: 8, body: null }))).toBe(
      '026e 03 00 01 00 02 04 00000008 05 02 02 03'.replaceAll(' ', ''),
    )
    expect(hexOf(encode(newer, 0, { name: 'n', count: 7, flags: [] }))).toBe('026e00')
  })

  for (const [what, hex] of [
    ['longer than its value', '026e 01 02 05 00000008 00'],
    ['shorter than its value', '026e 01 02 03 000000'],
  ] as const)
    test(`one that is ${what} is malformed`, () =>
      expectMalformed(
        errorOf(() => decodeWhole(older, 0, fromHex(hex))),
        'older v0, count: ',
      ))
})

describe('structs that may be null', () => {
  const message = new Message(
    'cursor',
    { versions: { first: 0, last: 2 }, flexibleFirst: 1 },
    struct({ next: nullable(struct({ topic: string, at: since(1, int32) })) }),
  )
  for (const [version, value, hex] of [
    [0, { next: null }, 'ff'],
    [0, { next: { topic: 'a', at: 0 } }, '01000161'],
    [1, { next: null }, 'ff00'],
    [1, { next: { topic: 'a', at: 5 } }, '01 0261 00000005 00 00'],
  ] as const)
    test(`v${version} ${hex}`, () => {
      expect(hexOf(encode(message, version, value))).toBe(hex.replaceAll(' ', ''))
      expect(decodeWhole(message, version, fromHex(hex))).toEqual(value)
    })

  test('are announced by any byte that is not negative', () => {
    expect(decodeWhole(message, 0, fromHex('00000161'))).toEqual({ next: { topic: 'a', at: 0 } })
  })
})

describe('records', () => {
  const batch = new Uint8Array(10_000).fill(7)
  const response = (records: Uint8Array | Uint8Array[]): unknown => ({
    errorCode: 0,
    responses: [
      {
        topic: 't',
        topicId: uuidZero,
        partitions: [{ partitionIndex: 0, errorCode: 0, highWatermark: 1n, abortedTransactions: null, records }],
      },
    ],
  })

  test('are handed through without a copy when they are large', () => {
    const writer = new Writer()
    fetch.response.encode(writer, 11, response(batch) as never)
    expect(writer.segments().filter((segment) => segment === batch)).toHaveLength(1)
  })

  test('may come in pieces', () => {
    const pieces = [batch.subarray(0, 61), batch.subarray(61), new Uint8Array(0)]
    for (const version of [11, 12])
      expect(encode(fetch.response, version, response(pieces))).toEqual(encode(fetch.response, version, response(batch)))
  })

  test('are decoded as a view of the frame', () => {
    const frame = encode(fetch.response, 11, response(batch))
    const decoded = fetch.response.decode(new Reader(frame), 11)
    const records = decoded.responses[0]?.partitions[0]?.records
    expect(records?.buffer).toBe(frame.buffer)
    expect(records).toEqual(batch)
  })
})
