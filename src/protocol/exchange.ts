import { HeadgateError } from '../shared/errors.ts'
import type { Api } from './api.ts'
import { encodeFrame } from './frame.ts'
import { requestHeader, requestHeaderVersion, responseHeader, responseHeaderVersion } from './headers.ts'
import { namedFailure } from './codec.ts'
import { Reader } from './reader.ts'

/** Whole requests and responses, header and body, for both ends of a connection. */

/**
 * The body of a request, from a reader that has read the header. What follows it in the frame is left unread, as Kafka
 * does: librdkafka asks for all topics (Metadata from v9 on) with three zero bytes too many (its issue 5049).
 */
export function decodeRequest<RequestOut>({ request }: Api<RequestOut>, version: number, frame: Reader): RequestOut {
  return request.decode(frame, version)
}

/** A response as segments for writev; the length of the frame is their beginning. */
export function encodeResponse<ResponseIn>(
  api: Api<unknown, never, unknown, ResponseIn>,
  version: number,
  correlationId: number,
  body: ResponseIn,
): readonly Uint8Array[] {
  return encodeFrame((writer) => {
    responseHeader.encode(writer, responseHeaderVersion(api, version), { correlationId })
    api.response.encode(writer, version, body)
  })
}

/** A request as segments for writev; the length of the frame is their beginning. */
export function encodeRequest<RequestIn>(
  api: Api<unknown, RequestIn>,
  version: number,
  { correlationId, clientId }: { correlationId: number; clientId: string | null },
  body: RequestIn,
): readonly Uint8Array[] {
  return encodeFrame((writer) => {
    const header = { apiKey: api.key, apiVersion: version, correlationId, clientId }
    requestHeader.encode(writer, requestHeaderVersion(api, version), header)
    api.request.encode(writer, version, body)
  })
}

/**
 * The response in a frame, which must answer the request with this correlation id and end where its message ends: bytes
 * left over mean that the two sides do not agree on what was sent.
 */
export function decodeResponse<ResponseOut>(
  api: Api<unknown, never, ResponseOut>,
  version: number,
  correlationId: number,
  frame: Uint8Array,
): ResponseOut {
  const reader = new Reader(frame)
  const header = responseHeader.decode(reader, responseHeaderVersion(api, version))
  if (header.correlationId !== correlationId)
    throw new HeadgateError('malformed', `${api.response.name} answers request ${header.correlationId} instead of ${correlationId}`)
  const body = api.response.decode(reader, version)
  try {
    reader.expectEnd()
  } catch (error) {
    throw namedFailure(api.response.name, version, error)
  }
  return body
}
