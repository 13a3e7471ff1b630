import { Buffer } from 'node:buffer'
import { wholeAnswer, type HttpAnswer } from '../http-answer.ts'

export interface HttpRequest {
  readonly method: string
  /** JSON text. */
  readonly body?: string
  readonly signal: AbortSignal
}

/**
 * One HTTP request and its whole answer. Not `fetch`, which refuses some ports that an operator may well choose (10080,
 * 6000), takes longer to load, and keeps the connection. Rejects with what the system says.
 */
export async function exchange(url: string, { method, body, signal }: HttpRequest): Promise<HttpAnswer> {
  // An import would load Node's whole fetch with it.
  const { request } = process.getBuiltinModule(url.startsWith('https:') ? 'node:https' : 'node:http')
  return new Promise((resolve, reject) => {
    const headers = body === undefined ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }
    const sent = request(url, { method, headers, signal, agent: false }, (response) => {
      wholeAnswer(response).then(resolve, reject)
    })
    sent.on('error', reject)
    sent.end(body)
  })
}
