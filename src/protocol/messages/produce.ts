import { api } from '../api.ts'
import type { Infer, InferInput } from '../message.ts'
import { array, ignorable, int16, int32, int64, nullable, records, since, string, struct, tagged, withDefault } from '../types.ts'

/**
 * Produce (key 0). v3 transactions (KIP-98), v5 log start offset, v7 zstd (KIP-110), v8 record errors (KIP-467),
 * v9 flexible (KIP-482), v10 current leader (KIP-951).
 * Advertised from 0, as Kafka 4 does: librdkafka takes a higher minimum for a broker without compression (KAFKA-18659).
 */
export const produce = api(
  0,
  { name: 'Produce', versions: [3, 11], flexible: 9, advertisedFirst: 0 },
  {
    request: struct({
      transactionalId: since(3, withDefault(nullable(string), null)),
      acks: int16,
      timeoutMs: int32,
      topicData: array(
        struct({
          name: string,
          partitionData: array(struct({ index: int32, records: nullable(records) })),
        }),
      ),
    }),
    response: struct({
      responses: array(
        struct({
          name: string,
          partitionResponses: array(
            struct({
              index: int32,
              errorCode: int16,
              baseOffset: int64,
              /** -1 when the topic keeps the producer's time. */
              logAppendTimeMs: ignorable(since(2, withDefault(int64, -1n))),
              logStartOffset: ignorable(since(5, withDefault(int64, -1n))),
              /** The records that made the batch be refused, by ascending index. */
              recordErrors: ignorable(
                since(8, array(struct({ batchIndex: int32, batchIndexErrorMessage: withDefault(nullable(string), null) }))),
              ),
              errorMessage: ignorable(since(8, withDefault(nullable(string), null))),
              currentLeader: since(10, tagged(0, struct({ leaderId: withDefault(int32, -1), leaderEpoch: withDefault(int32, -1) }))),
            }),
          ),
        }),
      ),
      throttleTimeMs: ignorable(since(1, withDefault(int32, 0))),
      nodeEndpoints: since(
        10,
        tagged(0, array(struct({ nodeId: int32, host: string, port: int32, rack: withDefault(nullable(string), null) }))),
      ),
    }),
  },
)

export type ProduceRequest = Infer<typeof produce.request>
export type ProduceResponse = InferInput<typeof produce.response>
