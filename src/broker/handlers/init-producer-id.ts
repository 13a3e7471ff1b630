import { initProducerId } from '../../protocol/messages/init-producer-id.ts'
import { kafkaErrors } from '../../protocol/errors.ts'
import { HeadgateError } from '../../shared/errors.ts'
import { handler } from '../handler.ts'
import { kafkaCodeOf } from '../kafka-errors.ts'

/**
 * InitProducerId (key 22) for idempotent producers: always a new id at epoch 0. What the client says of an earlier id
 * is ignored, because some send 0 for "none". A transactional id is refused as the coordinator's business.
 */
export const initProducerIdHandler = handler(initProducerId, async ({ transactionalId }, { broker }) => {
  if (transactionalId === '') return noProducer(kafkaErrors.INVALID_REQUEST.code)
  if (transactionalId !== null) return noProducer(kafkaErrors.TRANSACTIONAL_ID_AUTHORIZATION_FAILED.code)
  try {
    const producerId = await broker.state.allocateProducerId()
    return { throttleTimeMs: 0, errorCode: kafkaErrors.NONE.code, producerId, producerEpoch: 0 }
  } catch (error) {
    if (!(error instanceof HeadgateError)) throw error
    const code = kafkaCodeOf(error)
    return noProducer(code === kafkaErrors.NOT_ENOUGH_REPLICAS.code ? kafkaErrors.COORDINATOR_NOT_AVAILABLE.code : code)
  }
})

function noProducer(errorCode: number): { throttleTimeMs: number; errorCode: number; producerId: bigint; producerEpoch: number } {
  return { throttleTimeMs: 0, errorCode, producerId: -1n, producerEpoch: -1 }
}
