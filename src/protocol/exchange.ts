import { HeadgateError } from '../shared/errors.ts'
import type { Api } from './api.ts'
import { encodeFrame } from './frame.ts'
import { requestHeader, requestHeaderVersion, responseHeader, responseHeaderVersion } from './headers.ts'
import { namedFailure } from './codec.ts'
import { Reader } from './reader.ts'

/**
 * Whole requests and responses, header and body, for both ends of a connection. A frame must end where its message
 * ends: bytes left over mean that the two sides do not agree on what was sent.
 */

/** The body of a request, from a reader that has read the header. */
export function decodeRequest<RequestOut>({ request }: Api<RequestOut>, version: number, frame: Reader): RequestOut {
  const body = request.decode(frame, version)
  expectEnd(frame, request.name, version)
  return body
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

/** The response in a frame, which must answer the request with this correlation id. */
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
  expectEnd(reader, api.response.name, version)
  return body
}

function expectEnd(frame: Reader, message: string, version: number): void {
  try {
    frame.expectEnd()
  } catch (error) {
    throw namedFailure(message, version, error)
  }
}
