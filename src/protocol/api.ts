import { Message } from './message.ts'
import type { Field, VersionRange } from './types.ts'

/** One API key: its request, its response, and the versions of both. */
export interface Api<RequestOut = unknown, RequestIn = never, ResponseOut = unknown, ResponseIn = never> {
  readonly key: number
  readonly name: string
  /** The versions that are implemented. */
  readonly versions: VersionRange
  /** The versions that ApiVersions lists. Wider only where clients read something else into the lower end. */
  readonly advertised: VersionRange
  readonly flexibleFirst: number
  readonly request: Message<RequestOut, RequestIn>
  readonly response: Message<ResponseOut, ResponseIn>
}

interface ApiVersionsOfOne {
  readonly name: string
  readonly versions: readonly [first: number, last: number]
  /** The first flexible version (KIP-482); Infinity where none is. */
  readonly flexible: number
  readonly advertisedFirst?: number
}

export function api<RequestOut, RequestIn, ResponseOut, ResponseIn>(
  key: number,
  { name, versions: [first, last], flexible: flexibleFirst, advertisedFirst = first }: ApiVersionsOfOne,
  { request, response }: { request: Field<RequestOut, RequestIn>; response: Field<ResponseOut, ResponseIn> },
): Api<RequestOut, RequestIn, ResponseOut, ResponseIn> {
  const versions = { first, last }
  return {
    key,
    name,
    versions,
    advertised: { first: advertisedFirst, last },
    flexibleFirst,
    request: new Message(`${name} request`, { versions, flexibleFirst }, request),
    response: new Message(`${name} response`, { versions, flexibleFirst }, response),
  }
}
