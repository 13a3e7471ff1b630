import { api } from '../api.ts'
import type { InferInput } from '../message.ts'
import {
  array,
  ignorable,
  int16,
  int32,
  int64,
  int8,
  nullable,
  records,
  since,
  string,
  struct,
  tagged,
  until,
  uuid,
  withDefault,
} from '../types.ts'

/**
 * Fetch (key 1). v4 isolation level (KIP-98), v7 sessions (KIP-227), v9 leader epoch (KIP-320), v10 zstd (KIP-110),
 * v11 rack (KIP-392), v12 flexible (KIP-482), v13 topic ids instead of names (KIP-516), v15 replica state (KIP-903),
 * v16 endpoints of new leaders (KIP-951), v17 directory ids (KIP-853).
 */
export const fetch = api(
  1,
  { name: 'Fetch', versions: [4, 17], flexible: 12 },
  {
    request: struct({
      clusterId: ignorable(since(12, tagged(0, withDefault(nullable(string), null)))),
      replicaId: until(14, withDefault(int32, -1)),
      replicaState: since(15, tagged(1, struct({ replicaId: withDefault(int32, -1), replicaEpoch: withDefault(int64, -1n) }))),
      maxWaitMs: int32,
      minBytes: int32,
      maxBytes: since(3, withDefault(int32, 0x7fff_ffff)),
      isolationLevel: since(4, withDefault(int8, 0)),
      sessionId: since(7, withDefault(int32, 0)),
      sessionEpoch: since(7, withDefault(int32, -1)),
      topics: array(
        struct({
          topic: ignorable(until(12, string)),
          topicId: ignorable(since(13, uuid)),
          partitions: array(
            struct({
              partition: int32,
              currentLeaderEpoch: ignorable(since(9, withDefault(int32, -1))),
              fetchOffset: int64,
              lastFetchedEpoch: since(12, withDefault(int32, -1)),
              logStartOffset: since(5, withDefault(int64, -1n)),
              partitionMaxBytes: int32,
              replicaDirectoryId: ignorable(since(17, tagged(0, uuid))),
            }),
          ),
        }),
      ),
      forgottenTopicsData: since(
        7,
        array(struct({ topic: ignorable(until(12, string)), topicId: ignorable(since(13, uuid)), partitions: array(int32) })),
      ),
      rackId: ignorable(since(11, withDefault(string, ''))),
    }),
    response: struct({
      throttleTimeMs: ignorable(withDefault(int32, 0)),
      errorCode: ignorable(since(7, int16)),
      sessionId: since(7, withDefault(int32, 0)),
      responses: array(
        struct({
          topic: ignorable(until(12, string)),
          topicId: ignorable(since(13, uuid)),
          partitions: array(
            struct({
              partitionIndex: int32,
              errorCode: int16,
              highWatermark: int64,
              lastStableOffset: ignorable(since(4, withDefault(int64, -1n))),
              logStartOffset: ignorable(since(5, withDefault(int64, -1n))),
              divergingEpoch: since(12, tagged(0, struct({ epoch: withDefault(int32, -1), endOffset: withDefault(int64, -1n) }))),
              currentLeader: since(12, tagged(1, struct({ leaderId: withDefault(int32, -1), leaderEpoch: withDefault(int32, -1) }))),
              snapshotId: since(12, tagged(2, struct({ endOffset: withDefault(int64, -1n), epoch: withDefault(int32, -1) }))),
              /** Null for read_uncommitted. */
              abortedTransactions: nullable(array(struct({ producerId: int64, firstOffset: int64 }))),
              preferredReadReplica: since(11, withDefault(int32, -1)),
              /** Old clients want no batches as empty bytes, not as null. */
              records: nullable(records),
            }),
          ),
        }),
      ),
      nodeEndpoints: since(
        16,
        tagged(0, array(struct({ nodeId: int32, host: string, port: int32, rack: withDefault(nullable(string), null) }))),
      ),
    }),
  },
)

export type FetchResponse = InferInput<typeof fetch.response>
