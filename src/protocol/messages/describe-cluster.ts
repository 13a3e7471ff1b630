import { api } from '../api.ts'
import { array, bool, int16, int32, int8, nullable, since, string, struct, withDefault } from '../types.ts'
import { authorizedOperationsUnknown } from './metadata.ts'

/** DescribeCluster (key 60, KIP-700). v1 endpoint type: 1 brokers, 2 controllers (KIP-919). */
export const describeCluster = api(
  60,
  { name: 'DescribeCluster', versions: [0, 1], flexible: 0 },
  {
    request: struct({
      includeClusterAuthorizedOperations: bool,
      endpointType: since(1, withDefault(int8, 1)),
    }),
    response: struct({
      throttleTimeMs: withDefault(int32, 0),
      errorCode: int16,
      errorMessage: withDefault(nullable(string), null),
      endpointType: since(1, withDefault(int8, 1)),
      clusterId: string,
      controllerId: withDefault(int32, -1),
      brokers: array(struct({ brokerId: int32, host: string, port: int32, rack: withDefault(nullable(string), null) })),
      clusterAuthorizedOperations: withDefault(int32, authorizedOperationsUnknown),
    }),
  },
)
