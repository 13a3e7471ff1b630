import { encodeFrame } from '../../protocol/frame.ts'
import { responseHeader } from '../../protocol/headers.ts'
import { Message } from '../../protocol/message.ts'
import { produce } from '../../protocol/messages/produce.ts'
import { kafkaErrors } from '../../protocol/errors.ts'
import type { Reader } from '../../protocol/reader.ts'
import type { Call } from '../context.ts'

/**
 * Produce v0 to v2 carry message sets from before Kafka 0.11, which are not taken. They are advertised all the same
 * (KAFKA-18659), so a client that sends one is told UNSUPPORTED_VERSION in a form that it can read.
 */
export function refuseLegacyProduce(
  frame: Reader,
  { apiVersion, broker, clientId, correlationId }: Call,
): readonly Uint8Array[] | undefined {
  const { acks, topicData } = legacyRequest.decode(frame, apiVersion)
  broker.logger.warn(
    { clientId: clientId ?? undefined, apiVersion },
    'a client sent record format 0 or 1; it needs to be told a newer broker version',
  )
  if (acks === 0) return undefined
  const responses = topicData.map(({ name, partitionData }) => ({
    name,
    partitionResponses: partitionData.map(({ index }) => ({
      index,
      errorCode: kafkaErrors.UNSUPPORTED_VERSION.code,
      baseOffset: -1n,
      recordErrors: [],
    })),
  }))
  return encodeFrame((writer) => {
    responseHeader.encode(writer, 0, { correlationId })
    legacyResponse.encode(writer, apiVersion, { responses })
  })
}

const legacyVersions = { versions: { first: 0, last: 2 }, flexibleFirst: produce.flexibleFirst }
const legacyRequest = new Message('Produce request', legacyVersions, produce.request.struct)
const legacyResponse = new Message('Produce response', legacyVersions, produce.response.struct)
