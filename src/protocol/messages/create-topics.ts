import { api } from '../api.ts'
import { array, bool, ignorable, int16, int32, int8, nullable, since, string, struct, tagged, uuid, withDefault } from '../types.ts'

/**
 * CreateTopics (key 19). v4 broker's defaults by -1 (KIP-464), v5 flexible and the topic's configs in the answer
 * (KIP-482, KIP-525), v6 throttling errors (KIP-599), v7 topic ids (KIP-516).
 */
export const createTopics = api(
  19,
  { name: 'CreateTopics', versions: [2, 7], flexible: 5 },
  {
    request: struct({
      topics: array(
        struct({
          name: string,
          numPartitions: int32,
          replicationFactor: int16,
          assignments: array(struct({ partitionIndex: int32, brokerIds: array(int32) })),
          configs: array(struct({ name: string, value: nullable(string) })),
        }),
      ),
      timeoutMs: withDefault(int32, 60_000),
      validateOnly: since(1, withDefault(bool, false)),
    }),
    response: struct({
      throttleTimeMs: ignorable(since(2, withDefault(int32, 0))),
      topics: array(
        struct({
          name: string,
          topicId: ignorable(since(7, uuid)),
          errorCode: int16,
          errorMessage: ignorable(since(1, nullable(string))),
          topicConfigErrorCode: ignorable(since(5, tagged(0, int16))),
          numPartitions: ignorable(since(5, withDefault(int32, -1))),
          replicationFactor: ignorable(since(5, withDefault(int16, -1))),
          configs: ignorable(
            since(
              5,
              nullable(
                array(
                  struct({ name: string, value: nullable(string), readOnly: bool, configSource: withDefault(int8, -1), isSensitive: bool }),
                ),
              ),
            ),
          ),
        }),
      ),
    }),
  },
)
