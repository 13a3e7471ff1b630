import { api } from '../api.ts'
import { int16, int32, int64, nullable, since, string, struct, withDefault } from '../types.ts'

/**
 * InitProducerId (key 22). v2 flexible (KIP-482), v3 the producer's present id and epoch (KIP-360), v4 and v5 add error
 * codes (KIP-588, KIP-890). A producer without an id sends -1, or 0 with epoch 0 (@platformatic/kafka).
 */
export const initProducerId = api(
  22,
  { name: 'InitProducerId', versions: [0, 5], flexible: 2 },
  {
    request: struct({
      transactionalId: nullable(string),
      transactionTimeoutMs: int32,
      producerId: since(3, withDefault(int64, -1n)),
      producerEpoch: since(3, withDefault(int16, -1)),
    }),
    response: struct({
      throttleTimeMs: withDefault(int32, 0),
      errorCode: int16,
      producerId: withDefault(int64, -1n),
      producerEpoch: int16,
    }),
  },
)
