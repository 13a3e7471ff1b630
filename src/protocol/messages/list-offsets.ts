import { api } from '../api.ts'
import { array, ignorable, int16, int32, int64, int8, since, string, struct, withDefault } from '../types.ts'

/**
 * ListOffsets (key 2). v2 isolation level, v4 leader epoch (KIP-320), v6 flexible (KIP-482); new special timestamps with
 * v7 newest timestamp -3 (KIP-734), v8 local log start -4 (KIP-405), v9 last tiered -5 (KIP-1005).
 */
export const listOffsets = api(
  2,
  { name: 'ListOffsets', versions: [1, 9], flexible: 6 },
  {
    request: struct({
      replicaId: int32,
      isolationLevel: since(2, int8),
      topics: array(
        struct({
          name: string,
          partitions: array(
            struct({ partitionIndex: int32, currentLeaderEpoch: ignorable(since(4, withDefault(int32, -1))), timestamp: int64 }),
          ),
        }),
      ),
    }),
    response: struct({
      throttleTimeMs: ignorable(since(2, withDefault(int32, 0))),
      topics: array(
        struct({
          name: string,
          partitions: array(
            struct({
              partitionIndex: int32,
              errorCode: int16,
              timestamp: withDefault(int64, -1n),
              offset: withDefault(int64, -1n),
              leaderEpoch: ignorable(since(4, withDefault(int32, -1))),
            }),
          ),
        }),
      ),
    }),
  },
)
