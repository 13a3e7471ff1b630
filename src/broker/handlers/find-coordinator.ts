import { findCoordinator } from '../../protocol/messages/find-coordinator.ts'
import { kafkaErrors } from '../../protocol/errors.ts'
import { handler } from '../handler.ts'

/**
 * FindCoordinator (key 10). There is no group or transaction coordinator yet, and saying so at once, with the reason,
 * beats naming a node that would refuse every request that follows. From v4 on several keys are asked for (KIP-699).
 */
export const findCoordinatorHandler = handler(findCoordinator, async ({ key, keyType, coordinatorKeys }, { apiVersion }) => {
  const keys = apiVersion >= 4 ? coordinatorKeys : [key]
  const answers = keys.map((asked) => ({ key: asked, ...noCoordinator(keyType) }))
  return { throttleTimeMs: 0, ...noCoordinator(keyType), coordinators: apiVersion >= 4 ? answers : [] }
})

function noCoordinator(keyType: number) {
  const what = keyType === TRANSACTION ? 'transactions are' : 'consumer groups are'
  return {
    errorCode: kafkaErrors.INVALID_REQUEST.code,
    errorMessage: `${what} not served by this broker; assign partitions to the consumer instead`,
    nodeId: -1,
    host: '',
    port: -1,
  }
}

const TRANSACTION = 1
