import { describeCluster } from '../../protocol/messages/describe-cluster.ts'
import { kafkaErrors } from '../../protocol/errors.ts'
import { handler } from '../handler.ts'

/** DescribeCluster (key 60): the one node. v1 may ask for controllers (KIP-919), of which there are no others. */
export const describeClusterHandler = handler(describeCluster, async ({ endpointType }, { advertised, broker }) => {
  if (endpointType !== BROKERS) {
    return {
      ...emptyAnswer(endpointType, broker.clusterId),
      errorCode: kafkaErrors.UNSUPPORTED_ENDPOINT_TYPE.code,
      errorMessage: 'only broker endpoints can be described here',
    }
  }
  return {
    ...emptyAnswer(endpointType, broker.clusterId),
    controllerId: broker.nodeId,
    brokers: [{ brokerId: broker.nodeId, ...advertised, rack: null }],
  }
})

const BROKERS = 1

function emptyAnswer(endpointType: number, clusterId: string) {
  return {
    throttleTimeMs: 0,
    errorCode: kafkaErrors.NONE.code as number,
    errorMessage: null as string | null,
    endpointType,
    clusterId,
    controllerId: -1,
    brokers: [],
  }
}
