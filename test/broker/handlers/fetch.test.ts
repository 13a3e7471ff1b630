import { beforeEach, describe, expect, test } from 'vitest'
import { fetch } from '../../../src/protocol/messages/fetch.ts'
import { produce } from '../../../src/protocol/messages/produce.ts'
import { kafkaErrorName } from '../../../src/protocol/errors.ts'
import { readBatchHeader } from '../../../src/protocol/records/batch.ts'
import { buildBatch } from '../../../src/protocol/records/build-batch.ts'
import { uuidZero } from '../../../src/protocol/types.ts'
import { ManualClock } from '../../../src/shared/clock.ts'
import { produceRequest } from '../../support/wire-client.ts'
import { TestBroker } from '../support/test-broker.ts'

let broker: TestBroker
let clock: ManualClock
let topicId: string

const RECORD_BYTES = 1_000
const batchOf = (recordCount: number): Uint8Array =>
  buildBatch({ records: Array.from({ length: recordCount }, () => ({ timestampMs: 5n, value: new Uint8Array(RECORD_BYTES) })) })

beforeEach(async () => {
  clock = new ManualClock()
  broker = await TestBroker.start({ clock })
  ;({ topicId } = await broker.topic('orders', { partitionCount: 2 }))
  // Offsets 0 to 2, 3 to 4 and 5 of partition 0.
  for (const recordCount of [3, 2, 1]) await append(batchOf(recordCount))
})

const append = (batch: Uint8Array, partition = 0) => broker.call(produce, 9, produceRequest('orders', batch, { partition }))

interface Asked {
  readonly partition?: number
  readonly offset?: bigint
  readonly partitionMaxBytes?: number
}

interface AskedFetch {
  readonly version?: number
  readonly topic?: string
  readonly id?: string
  readonly maxWaitMs?: number
  readonly minBytes?: number
  readonly maxBytes?: number
  readonly isolationLevel?: number
  readonly sessionId?: number
  readonly sessionEpoch?: number
}

function ask(partitions: readonly Asked[], options: AskedFetch = {}) {
  const { version = 11, topic = 'orders', id = topicId, maxWaitMs = 0, minBytes = 1, maxBytes = 1 << 20, ...rest } = options
  const { isolationLevel = 0, sessionId = 0, sessionEpoch = -1 } = rest
  const asked = partitions.map(({ partition = 0, offset = 0n, partitionMaxBytes = 1 << 20 }) => ({
    partition,
    fetchOffset: offset,
    partitionMaxBytes,
  }))
  const topics = partitions.length === 0 ? [] : [{ ...(version >= 13 ? { topicId: id } : { topic }), partitions: asked }]
  const session = version >= 7 ? { sessionId, sessionEpoch, forgottenTopicsData: [] } : {}
  return broker.call(fetch, version, {
    maxWaitMs,
    minBytes,
    maxBytes,
    isolationLevel,
    ...session,
    topics: topics.map((each) => ({ topic: '', topicId: uuidZero, ...each })),
  } as Parameters<(typeof fetch)['request']['encode']>[2])
}

/** First offset and number of records of each batch. */
function batchesOf(records: Uint8Array | null): [bigint, number][] {
  const batches: [bigint, number][] = []
  for (let rest = records ?? new Uint8Array(0); rest.byteLength > 0;) {
    const { baseOffset, recordsCount, sizeBytes } = readBatchHeader(rest)
    batches.push([baseOffset, recordsCount])
    rest = rest.subarray(sizeBytes)
  }
  return batches
}

async function partitionsOf(answer: ReturnType<typeof ask>) {
  const { responses } = await answer
  return responses
    .flatMap(({ partitions }) => partitions)
    .map(({ records, errorCode, ...rest }) => ({ ...rest, error: kafkaErrorName(errorCode), batches: batchesOf(records), records }))
}

describe('Fetch gives', () => {
  for (const version of [4, 6, 7, 11, 12, 13, 17])
    for (const [offset, batches] of [
      [
        0n,
        [
          [0n, 3],
          [3n, 2],
          [5n, 1],
        ],
      ],
      [
        1n,
        [
          [0n, 3],
          [3n, 2],
          [5n, 1],
        ],
      ],
      [
        4n,
        [
          [3n, 2],
          [5n, 1],
        ],
      ],
      [5n, [[5n, 1]]],
      [6n, []],
    ] as const)
      test(`whole batches from the one that holds offset ${offset} on, in v${version}`, async () => {
        const [partition] = await partitionsOf(ask([{ offset }], { version }))
        expect(partition).toMatchObject({ error: 'NONE', batches, highWatermark: 6n, lastStableOffset: 6n })
        if (version >= 5) expect(partition?.logStartOffset).toBe(0n)
        expect(partition?.records, 'no batches are empty bytes').not.toBeNull()
      })

  for (const [what, limits, batches] of [
    ['at least one batch, however small the limits are', { maxBytes: 1, partitionMaxBytes: 1 }, [[0n, 3]]],
    ['at least one batch for limits of nothing', { maxBytes: 0, partitionMaxBytes: 0 }, [[0n, 3]]],
    ['at least one batch for limits below nothing', { maxBytes: -1, partitionMaxBytes: -1 }, [[0n, 3]]],
    [
      'what the limit of the partition has room for',
      { maxBytes: 1 << 20, partitionMaxBytes: 5_500 },
      [
        [0n, 3],
        [3n, 2],
      ],
    ],
    [
      'what the limit of the request has room for',
      { maxBytes: 5_500, partitionMaxBytes: 1 << 20 },
      [
        [0n, 3],
        [3n, 2],
      ],
    ],
  ] as const)
    test(what, async () => {
      const { maxBytes, partitionMaxBytes } = limits
      expect(await partitionsOf(ask([{ partitionMaxBytes }], { maxBytes }))).toMatchObject([{ batches }])
    })

  test('the first batch for the whole request, not for each partition', async () => {
    await append(batchOf(2), 1)
    const answers = await partitionsOf(ask([{ partition: 0 }, { partition: 1 }], { maxBytes: 1 }))
    expect(answers.map(({ batches }) => batches)).toEqual([[[0n, 3]], []])
  })

  test('the same to who reads what is committed: there are no transactions', async () => {
    const [partition] = await partitionsOf(ask([{}], { isolationLevel: 1 }))
    expect(partition).toMatchObject({
      abortedTransactions: [],
      lastStableOffset: 6n,
      batches: [
        [0n, 3],
        [3n, 2],
        [5n, 1],
      ],
    })
  })
})

describe('Fetch refuses', () => {
  for (const [what, asked, options, error] of [
    ['an offset behind the end', { offset: 7n }, {}, 'OFFSET_OUT_OF_RANGE'],
    ['an offset below zero', { offset: -1n }, {}, 'OFFSET_OUT_OF_RANGE'],
    ['a partition that is not there', { partition: 2 }, {}, 'UNKNOWN_TOPIC_OR_PARTITION'],
    ['a partition below zero', { partition: -1 }, {}, 'UNKNOWN_TOPIC_OR_PARTITION'],
    ['a topic that is not there', {}, { topic: 'nobody' }, 'UNKNOWN_TOPIC_OR_PARTITION'],
    ['a topic id that is not there', {}, { version: 13, id: '99999999-9999-4999-8999-999999999999' }, 'UNKNOWN_TOPIC_ID'],
    ['the topic id of nobody', {}, { version: 17, id: uuidZero }, 'UNKNOWN_TOPIC_ID'],
  ] as const)
    test(`${what} at once, however long the client would wait`, async () => {
      const [partition] = await partitionsOf(ask([asked], { ...options, maxWaitMs: 60_000 }))
      expect(partition).toMatchObject({ error, batches: [] })
    })

  test('an offset out of range with where the log is', async () => {
    expect(await partitionsOf(ask([{ offset: 99n }]))).toMatchObject([{ logStartOffset: 0n, highWatermark: 6n }])
  })

  test('one partition and serves the others', async () => {
    const answers = await partitionsOf(ask([{ partition: 7 }, { offset: 5n }]))
    expect(answers).toMatchObject([{ error: 'UNKNOWN_TOPIC_OR_PARTITION' }, { error: 'NONE', batches: [[5n, 1]] }])
  })
})

describe('fetch sessions are not offered', () => {
  for (const [what, sessionEpoch] of [
    ['who asks for a new one', 0],
    ['who asks for none', -1],
  ] as const)
    test(`${what} gets a full answer with session 0`, async () => {
      const answer = await ask([{}], { version: 12, sessionEpoch })
      expect(answer).toMatchObject({ errorCode: 0, sessionId: 0 })
      expect(answer.responses).toHaveLength(1)
    })

  test('who goes on with a session of another broker is told that there is none, and asks in full', async () => {
    const answer = await ask([], { version: 12, sessionId: 77, sessionEpoch: 3, maxWaitMs: 60_000 })
    expect([kafkaErrorName(answer.errorCode), answer.sessionId, answer.responses]).toEqual(['FETCH_SESSION_ID_NOT_FOUND', 0, []])
  })

  test('who ends a session of another broker gets what it asks for', async () => {
    const answer = await ask([{}], { version: 12, sessionId: 77, sessionEpoch: -1 })
    expect(answer).toMatchObject({ errorCode: 0, sessionId: 0 })
    expect(answer.responses).toHaveLength(1)
  })
})

describe('Fetch waits', () => {
  const turns = async (): Promise<void> => {
    for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve))
  }

  function waiting(answer: ReturnType<typeof ask>) {
    const state = { isAnswered: false, answer: partitionsOf(answer) }
    void state.answer.then(() => (state.isAnswered = true))
    return state
  }

  test('for data, and is woken by it', async () => {
    const fetching = waiting(ask([{ offset: 6n }], { maxWaitMs: 1_000 }))
    await turns()
    expect(fetching.isAnswered).toBe(false)
    await append(batchOf(1))
    expect(await fetching.answer).toMatchObject([{ batches: [[6n, 1]], highWatermark: 7n }])
  })

  test('until there are as many bytes as were asked for', async () => {
    const fetching = waiting(ask([{ offset: 6n }], { maxWaitMs: 1_000, minBytes: 2_500 }))
    for (let count = 0; count < 2; count++) {
      await append(batchOf(1))
      await turns()
      expect(fetching.isAnswered).toBe(false)
    }
    await append(batchOf(1))
    expect(await fetching.answer).toMatchObject([
      {
        batches: [
          [6n, 1],
          [7n, 1],
          [8n, 1],
        ],
      },
    ])
  })

  test('no longer than it was told to, and answers what there is', async () => {
    const fetching = waiting(ask([{ offset: 5n }], { maxWaitMs: 1_000, minBytes: 1 << 20 }))
    await turns()
    expect(fetching.isAnswered).toBe(false)
    await clock.advance(1_000)
    expect(await fetching.answer).toMatchObject([{ error: 'NONE', batches: [[5n, 1]] }])
  })

  test('not at all for no bytes, for no time, and for no partitions', async () => {
    expect(await partitionsOf(ask([{ offset: 6n }], { maxWaitMs: 60_000, minBytes: 0 }))).toMatchObject([{ batches: [] }])
    expect(await partitionsOf(ask([{ offset: 6n }], { maxWaitMs: 0 }))).toMatchObject([{ batches: [] }])
    expect(await partitionsOf(ask([], { maxWaitMs: 60_000 }))).toEqual([])
  })

  test('not for a client that is gone', async () => {
    const fetching = waiting(ask([{ offset: 6n }], { maxWaitMs: 60_000 }))
    await turns()
    broker.clientGone.abort()
    await turns()
    expect(fetching.isAnswered).toBe(true)
  })

  test('not for a topic that is deleted meanwhile', async () => {
    const fetching = waiting(ask([{ offset: 6n }], { maxWaitMs: 60_000 }))
    await turns()
    await broker.context.topics.delete('orders')
    expect(await fetching.answer).toMatchObject([{ error: 'UNKNOWN_TOPIC_OR_PARTITION' }])
  })

  test('and holds no memory for what it has not found', async () => {
    const fetching = waiting(ask([{ offset: 6n }], { maxWaitMs: 1_000 }))
    await turns()
    expect(broker.answerMemory.usedBytes).toBe(0)
    await clock.advance(1_000)
    await fetching.answer
  })
})
