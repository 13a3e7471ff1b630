import { Buffer } from 'node:buffer'
import { HeadgateError } from '../../shared/errors.ts'
import { limits } from '../../shared/limits.ts'

export interface HttpRequest {
  readonly method: string
  /** JSON text. */
  readonly body?: string
  readonly signal: AbortSignal
}

export interface HttpAnswer {
  readonly status: number
  readonly text: string
}

/**
 * One HTTP request and its whole answer. Not `fetch`, which refuses some ports that an operator may well choose (10080,
 * 6000), takes longer to load, and keeps the connection. Rejects with what the system says.
 */
export async function exchange(url: string, { method, body, signal }: HttpRequest): Promise<HttpAnswer> {
  const { request } = url.startsWith('https:') ? await import('node:https') : await import('node:http')
  return new Promise((resolve, reject) => {
    const headers = body === undefined ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }
    const sent = request(url, { method, headers, signal, agent: false }, (response) => {
      const chunks: Buffer[] = []
      let byteCount = 0
      response.on('data', (chunk: Buffer) => {
        chunks.push(chunk)
        byteCount += chunk.byteLength
        if (byteCount > limits.answerFrameBytesMax)
          response.destroy(new HeadgateError('too-large', `an answer of more than ${limits.answerFrameBytesMax} bytes`))
      })
      response.on('error', reject)
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString('utf8') }))
    })
    sent.on('error', reject)
    sent.end(body)
  })
}
