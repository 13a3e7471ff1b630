import { api } from '../api.ts'
import { array, between, bool, ignorable, int16, int32, nullable, since, string, struct, uuid, withDefault } from '../types.ts'

/** The value of an authorized-operations bit field that was not asked for. */
export const authorizedOperationsUnknown = -0x8000_0000

/**
 * Metadata (key 3). v1 controller and internal topics, v4 automatic creation, v5 offline replicas (KIP-112), v7 leader
 * epoch (KIP-320), v8 authorized operations (KIP-430), v9 flexible (KIP-482), v10 topic ids (KIP-516),
 * v11 without the cluster's operations (KIP-700), v12 lookup by topic id.
 * All topics are asked for by an empty array in v0, by null from v1 on.
 */
export const metadata = api(
  3,
  { name: 'Metadata', versions: [0, 12], flexible: 9 },
  {
    request: struct({
      topics: nullable(array(struct({ topicId: ignorable(since(10, uuid)), name: nullable(string, { since: 10 }) })), { since: 1 }),
      allowAutoTopicCreation: since(4, withDefault(bool, true)),
      includeClusterAuthorizedOperations: between(8, 10, bool),
      includeTopicAuthorizedOperations: since(8, withDefault(bool, false)),
    }),
    response: struct({
      throttleTimeMs: ignorable(since(3, withDefault(int32, 0))),
      brokers: array(struct({ nodeId: int32, host: string, port: int32, rack: ignorable(since(1, withDefault(nullable(string), null))) })),
      clusterId: ignorable(since(2, withDefault(nullable(string), null))),
      /** Must be one of `brokers`: kafkajs sends InitProducerId and CreateTopics there. */
      controllerId: ignorable(since(1, withDefault(int32, -1))),
      topics: array(
        struct({
          errorCode: int16,
          name: nullable(string, { since: 12 }),
          topicId: ignorable(since(10, uuid)),
          isInternal: ignorable(since(1, withDefault(bool, false))),
          partitions: array(
            struct({
              errorCode: int16,
              partitionIndex: int32,
              leaderId: int32,
              leaderEpoch: ignorable(since(7, withDefault(int32, -1))),
              replicaNodes: array(int32),
              isrNodes: array(int32),
              offlineReplicas: ignorable(since(5, withDefault(array(int32), []))),
            }),
          ),
          topicAuthorizedOperations: ignorable(since(8, withDefault(int32, authorizedOperationsUnknown))),
        }),
      ),
      clusterAuthorizedOperations: ignorable(between(8, 10, withDefault(int32, authorizedOperationsUnknown))),
    }),
  },
)
