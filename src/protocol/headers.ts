import { Message, type Infer } from './message.ts'
import { apiVersions } from './messages/api-versions.ts'
import { apiOf } from './messages/all.ts'
import type { Reader } from './reader.ts'
import { classicString, int16, int32, nullable, since, struct } from './types.ts'

/**
 * The headers before every request and response. Their own versions follow from the API's: flexible versions of an API
 * come with flexible headers, with two exceptions that let any two versions talk: the client id keeps its classic
 * length, and the header of an ApiVersions response never becomes flexible (KIP-511).
 */
export const requestHeader = new Message(
  'request header',
  { versions: { first: 1, last: 2 }, flexibleFirst: 2 },
  struct({
    apiKey: int16,
    apiVersion: int16,
    correlationId: int32,
    clientId: since(1, nullable(classicString)),
  }),
)

export const responseHeader = new Message(
  'response header',
  { versions: { first: 0, last: 1 }, flexibleFirst: 1 },
  struct({
    correlationId: int32,
  }),
)

export type RequestHeader = Infer<typeof requestHeader>

interface FlexibleApi {
  readonly key: number
  readonly flexibleFirst: number
}

export function requestHeaderVersion({ flexibleFirst }: FlexibleApi, version: number): 1 | 2 {
  return version >= flexibleFirst ? 2 : 1
}

export function responseHeaderVersion({ key, flexibleFirst }: FlexibleApi, version: number): 0 | 1 {
  return version >= flexibleFirst && key !== apiVersions.key ? 1 : 0
}

/**
 * Reads the header of a request and leaves the reader at its body. The header's version depends on its own first
 * fields. An API that is not declared has a header that can be read as far as the client id, which is enough to say so.
 */
export function decodeRequestHeader(frame: Reader): RequestHeader {
  return requestHeader.decode(frame, headerVersionOf(frame))
}

function headerVersionOf(frame: Reader): 1 | 2 {
  if (frame.bytesLeft < 4) return 1
  const api = apiOf(frame.peekInt16(0))
  return api === undefined ? 1 : requestHeaderVersion(api, frame.peekInt16(2))
}
