import type { Api } from '../protocol/api.ts'
import { decodeRequest, encodeResponse } from '../protocol/exchange.ts'
import type { Reader } from '../protocol/reader.ts'
import type { Call } from './context.ts'

/** One API key that is served. ApiVersions and the router are fed from the same list of these. */
export interface Handler {
  readonly api: Api
  /** From a reader behind the header to the response's segments; undefined when the client wants none (acks=0). */
  serve(frame: Reader, call: Call): Promise<readonly Uint8Array[] | undefined>
}

export function handler<RequestOut, RequestIn, ResponseOut, ResponseIn>(
  api: Api<RequestOut, RequestIn, ResponseOut, ResponseIn>,
  handle: (request: RequestOut, call: Call) => Promise<ResponseIn | undefined>,
): Handler {
  return {
    api: api as unknown as Api,
    async serve(frame, call) {
      const response = await handle(decodeRequest(api, call.apiVersion, frame), call)
      return response === undefined ? undefined : encodeResponse(api, call.apiVersion, call.correlationId, response)
    },
  }
}
