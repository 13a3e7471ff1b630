import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { isErrorOfKind } from '../../src/shared/errors.ts'
import type { ProducerState, StateStore } from '../../src/state/state-store.ts'
import { schemaStateConformance } from './schema-state.ts'
import {
  append,
  at,
  batch,
  decision,
  findBatches,
  loadProducer,
  nothing,
  orders,
  producer,
  putProducer,
  topic,
  users,
} from './state-rows.ts'

/** What every state store promises. `open` gives an empty one. */
export function stateStoreConformance(engine: string, open: () => Promise<StateStore>): void {
  describe(`state store: ${engine}`, () => {
    let store: StateStore
    beforeEach(async () => {
      store = await open()
    })
    afterEach(() => store.close())

    describe('cluster', () => {
      test('the cluster id is 22 characters of base64url and the same for everybody who asks', async () => {
        const ids = await Promise.all(Array.from({ length: 10 }, () => store.clusterId()))
        expect(new Set(ids).size).toBe(1)
        expect(ids[0]).toMatch(/^[A-Za-z0-9_-]{22}$/)
      })

      test('producer ids start at 1000 and nobody gets one twice, however many ask at once', async () => {
        const ids = await Promise.all(Array.from({ length: 100 }, () => store.allocateProducerId()))
        expect(new Set(ids).size).toBe(100)
        expect(ids.reduce((least, id) => (id < least ? id : least))).toBe(1000n)
      })
    })

    describe('topics', () => {
      test('a created topic is listed as it was given, with its partitions empty', async () => {
        expect(await store.createTopic(topic({ configs: { 'retention.ms': '1000' } }))).toEqual({ kind: 'created' })
        expect(await store.listTopics()).toEqual([
          { topicId: orders, name: 'orders', partitionCount: 2, configs: { 'retention.ms': '1000' }, createdAtMs: expect.any(Number) },
        ])
        expect(await store.partitionOffsets(orders, 1)).toEqual({ logStartOffset: 0n, nextOffset: 0n })
        expect(await store.partitionOffsets(orders, 2)).toBeUndefined()
      })

      test('a name or an id that is taken is refused, and of many who try at once one succeeds', async () => {
        const outcomes = await Promise.all(
          [1, 2, 3, 4].map((digit) => store.createTopic(topic({ topicId: orders.replaceAll('1', `${digit}`) }))),
        )
        expect(outcomes.filter(({ kind }) => kind === 'created')).toHaveLength(1)
        const [created] = await store.listTopics()
        expect(await store.createTopic(topic({ topicId: created?.topicId, name: 'other' }))).toEqual({ kind: 'exists' })
        expect(await store.listTopics()).toHaveLength(1)
      })

      test('a deleted topic is gone with its batches, its producers and its pieces; its neighbours stay', async () => {
        await store.createTopic(topic({}))
        await store.createTopic(topic({ topicId: users, name: 'users' }))
        await append(store, [batch({ piece: 'both' }), batch({ topicId: users, piece: 'both' }), batch({ partition: 1, piece: 'own' })])
        await putProducer(store, orders, producer(5n))
        expect(await store.deleteTopic(orders)).toEqual({ kind: 'deleted' })
        expect(await store.deleteTopic(orders)).toEqual({ kind: 'not-found' })
        expect(await store.livePieces()).toEqual(['both'])
        expect(await store.partitionOffsets(orders, 0)).toBeUndefined()
        expect(await findBatches(store, { offset: 0n })).toEqual([])
        expect(await store.findBatchOfMaxTimestamp(users, 0)).toMatchObject({ piece: 'both' })
        await store.createTopic(topic({}))
        expect(await loadProducer(store, orders, 5n)).toBeUndefined()
        expect(await store.partitionOffsets(orders, 0)).toEqual({ logStartOffset: 0n, nextOffset: 0n })
      })

      test('configs are replaced whole', async () => {
        await store.createTopic(topic({ configs: { a: '1', b: '2' } }))
        expect(await store.setTopicConfigs(orders, { b: '3' })).toEqual({ kind: 'updated' })
        expect((await store.listTopics())[0]?.configs).toEqual({ b: '3' })
        expect(await store.setTopicConfigs(users, {})).toEqual({ kind: 'not-found' })
      })

      test('a topic grows and never shrinks, and its records stay', async () => {
        await store.createTopic(topic({}))
        await append(store, [batch({})])
        expect(await store.addPartitions(orders, 4)).toEqual({ kind: 'updated' })
        expect(await store.partitionOffsets(orders, 3)).toEqual({ logStartOffset: 0n, nextOffset: 0n })
        expect(await store.partitionOffsets(orders, 0)).toMatchObject({ nextOffset: 1n })
        await expect(store.addPartitions(orders, 3)).rejects.toSatisfy((error) => isErrorOfKind(error, 'invalid-argument'))
        expect((await store.listTopics())[0]?.partitionCount).toBe(4)
        expect(await store.addPartitions(users, 3)).toEqual({ kind: 'not-found' })
      })
    })

    describe('appends', () => {
      beforeEach(async () => {
        await store.createTopic(topic({}))
      })

      test('a decision sees what the scope names, and nothing of what does not exist', async () => {
        await append(store, [batch({ records: 3 })])
        await putProducer(store, orders, producer(7n))
        const seen = await store.appendBatches(
          {
            partitions: [at(0), at(1), at(9), { topicId: users, partition: 0 }],
            producers: [
              { ...at(0), producerId: 7n },
              { ...at(0), producerId: 8n },
            ],
          },
          (loaded) => nothing([at(0), at(1), at(9), { topicId: users, partition: 0 }].map((where) => loaded.offsetsOf(where)?.nextOffset)),
        )
        expect(seen).toEqual([3n, 0n, undefined, undefined])
        expect(await loadProducer(store, orders, 7n)).toEqual(producer(7n))
        expect(await loadProducer(store, orders, 8n)).toBeUndefined()
      })

      test('a decision that throws changes nothing, and the store goes on', async () => {
        await append(store, [batch({})])
        const failing = store.appendBatches({ partitions: [at(0)], producers: [] }, () => {
          throw new Error('thought better of it')
        })
        await expect(failing).rejects.toThrow('thought better of it')
        expect(await store.partitionOffsets(orders, 0)).toEqual({ logStartOffset: 0n, nextOffset: 1n })
        await append(store, [batch({ baseOffset: 1n })])
        expect(await findBatches(store, { offset: 0n })).toHaveLength(2)
      })

      test('a decision that leaves a gap or an overlap in the offsets is refused whole', async () => {
        for (const baseOffset of [1n, -1n])
          await expect(append(store, [batch({ partition: 1 }), batch({ baseOffset })])).rejects.toThrow('does not follow')
        expect(await store.partitionOffsets(orders, 1)).toMatchObject({ nextOffset: 0n })
        expect(await store.livePieces()).toEqual([])
      })

      test('concurrent appends to one partition each start where another ended', async () => {
        const scope = { partitions: [at(0)], producers: [] }
        const bases = await Promise.all(
          Array.from({ length: 40 }, () =>
            store.appendBatches(scope, (loaded) => {
              const baseOffset = loaded.offsetsOf(at(0))?.nextOffset ?? -1n
              return decision([batch({ baseOffset, records: 2 })], baseOffset)
            }),
          ),
        )
        expect(bases.toSorted((a, b) => Number(a - b))).toEqual(Array.from({ length: 40 }, (_, index) => BigInt(index * 2)))
      })

      test('a producer keeps its epoch, its recent batches in order, and extremes of every field', async () => {
        const state: ProducerState = {
          producerId: 2n ** 62n,
          producerEpoch: 32_767,
          lastTimestampMs: 1_700_000_000_000,
          recentBatches: [
            { sequenceFirst: 2_147_483_640, sequenceLast: 3, baseOffset: 2n ** 62n, logAppendTimeMs: null },
            { sequenceFirst: 4, sequenceLast: 2_147_483_647, baseOffset: 0n, logAppendTimeMs: 253_402_300_799_999n },
          ],
        }
        await putProducer(store, orders, state)
        expect(await loadProducer(store, orders, state.producerId)).toEqual(state)
        await putProducer(store, orders, { ...state, producerEpoch: 0, recentBatches: [] })
        expect(await loadProducer(store, orders, state.producerId)).toEqual({ ...state, producerEpoch: 0, recentBatches: [] })
      })

      test('producers that wrote nothing since a time are forgotten, the others are not', async () => {
        await putProducer(store, orders, { ...producer(1n), lastTimestampMs: 99 })
        await putProducer(store, orders, { ...producer(2n), lastTimestampMs: 100 })
        expect(await store.expireProducers(orders, 0, 100)).toBe(1)
        expect(await loadProducer(store, orders, 1n)).toBeUndefined()
        expect(await loadProducer(store, orders, 2n)).toBeDefined()
        expect(await store.expireProducers(users, 0, 100)).toBe(0)
      })
    })

    describe('finding batches', () => {
      /** Offsets 0-2, 3, 4-8, 9: times 100, 300, 200, 300. */
      const stored = [
        batch({ baseOffset: 0n, records: 3, maxTimestampMs: 100n, position: 0, length: 10 }),
        batch({ baseOffset: 3n, records: 1, maxTimestampMs: 300n, position: 10, length: 20 }),
        batch({ baseOffset: 4n, records: 5, maxTimestampMs: 200n, position: 30, length: 30, piece: 'second', logAppendTimeMs: 200n }),
        batch({ baseOffset: 9n, records: 1, maxTimestampMs: 300n, position: 60, length: 40, piece: 'second' }),
      ]
      beforeEach(async () => {
        await store.createTopic(topic({}))
        await append(store, stored)
        await append(store, [batch({ partition: 1, maxTimestampMs: 9_999n })])
      })

      for (const [offset, bytesMax, batchesMax, first, count] of [
        [0n, 1_000, 10, 0, 4],
        [2n, 1_000, 10, 0, 4],
        [3n, 1_000, 10, 1, 3],
        [5n, 1_000, 10, 2, 2],
        [9n, 1_000, 10, 3, 1],
        [10n, 1_000, 10, 0, 0],
        [0n, 30, 10, 0, 2],
        [0n, 29, 10, 0, 1],
        [8n, 1, 10, 2, 1],
        [0n, 0, 10, 0, 1],
        [4n, 1_000, 1, 2, 1],
      ] as const)
        test(`from ${offset} with ${bytesMax} bytes and ${batchesMax} batches: ${count} batches, the one that contains the offset first`, async () => {
          expect(await findBatches(store, { offset, bytesMax, batchesMax })).toEqual(stored.slice(first, first + count))
        })

      for (const [timestampMs, fromOffset, index] of [
        [-1n, undefined, 0],
        [100n, undefined, 0],
        [101n, undefined, 1],
        [300n, undefined, 1],
        [301n, undefined, undefined],
        [150n, 4n, 2],
        [201n, 4n, 3],
        [150n, 7n, 2],
        [150n, 9n, 3],
        [300n, 10n, undefined],
      ] as const)
        test(`the first batch at or after time ${timestampMs} from offset ${fromOffset ?? 'start'} is ${index ?? 'none'}`, async () => {
          const query = { ...at(0), timestampMs, ...(fromOffset === undefined ? {} : { fromOffset }) }
          expect(await store.findBatchByTimestamp(query)).toEqual(index === undefined ? undefined : stored[index])
        })

      test('the batch of the largest time is the earliest of them', async () => {
        expect(await store.findBatchOfMaxTimestamp(orders, 0)).toEqual(stored[1])
        expect(await store.findBatchOfMaxTimestamp(users, 0)).toBeUndefined()
      })

      test('times are right after the batch with the largest one was removed', async () => {
        await store.advanceLogStart(orders, 0, 4n)
        await append(store, [batch({ baseOffset: 10n, maxTimestampMs: 250n })])
        expect(await store.findBatchByTimestamp({ ...at(0), timestampMs: 250n })).toEqual(stored[3])
        await store.advanceLogStart(orders, 0, 10n)
        expect(await store.findBatchByTimestamp({ ...at(0), timestampMs: 250n })).toMatchObject({ baseOffset: 10n })
        expect(await store.findBatchByTimestamp({ ...at(0), timestampMs: 251n })).toBeUndefined()
        expect(await store.findBatchOfMaxTimestamp(orders, 0)).toMatchObject({ baseOffset: 10n })
      })

      test('times are found as a scan would find them', async () => {
        const times = Array.from({ length: 60 }, (_, index) => BigInt((index * 7_919) % 61) + BigInt(index))
        await append(
          store,
          times.map((maxTimestampMs, index) => batch({ baseOffset: BigInt(10 + 2 * index), records: 2, maxTimestampMs })),
        )
        await store.advanceLogStart(orders, 0, 31n)
        const live = await findBatches(store, { offset: 0n, batchesMax: 100 })
        for (let timestampMs = 0n; timestampMs < 130n; timestampMs++)
          expect(await store.findBatchByTimestamp({ ...at(0), timestampMs })).toEqual(
            live.find((found) => found.maxTimestampMs >= timestampMs),
          )
      })

      test('the log start moves on, never back and never past the end, and whole batches below it are forgotten', async () => {
        expect(await store.advanceLogStart(orders, 0, 5n)).toEqual({ logStartOffset: 5n, nextOffset: 10n })
        expect(await findBatches(store, { offset: 0n })).toEqual(stored.slice(2))
        expect(await store.livePieces()).toEqual(['first', 'second'])
        expect(await store.advanceLogStart(orders, 0, 2n)).toEqual({ logStartOffset: 5n, nextOffset: 10n })
        expect(await store.advanceLogStart(orders, 0, 99n)).toEqual({ logStartOffset: 10n, nextOffset: 10n })
        expect(await findBatches(store, { offset: 0n })).toEqual([])
        expect(await store.findBatchOfMaxTimestamp(orders, 0)).toBeUndefined()
        expect(await store.livePieces()).toEqual(['first'])
        expect(await store.advanceLogStart(users, 0, 1n)).toBeUndefined()
      })

      test('partitions are listed with their offsets and their bytes', async () => {
        await store.advanceLogStart(orders, 0, 3n)
        expect(await store.listPartitions()).toEqual([
          { ...at(0), logStartOffset: 3n, nextOffset: 10n, sizeBytes: 90 },
          { ...at(1), logStartOffset: 0n, nextOffset: 1n, sizeBytes: 100 },
        ])
      })
    })

    schemaStateConformance(() => store.schemas)
  })
}
