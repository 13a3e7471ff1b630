import { Buffer } from 'node:buffer'
import type { IncomingMessage } from 'node:http'
import { HeadgateError } from '../shared/errors.ts'
import { limits } from '../shared/limits.ts'

/** A server's answer, whole. */
export interface HttpAnswer {
  readonly status: number
  readonly text: string
}

/** Reads an answer to its end. Rejects with `too-large`, or with what the system says when the connection breaks. */
export function wholeAnswer(response: IncomingMessage): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
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
}
