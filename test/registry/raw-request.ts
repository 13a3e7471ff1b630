import { request as sendRequest, type OutgoingHttpHeaders } from 'node:http'

/** One exchange as the golden tables write it. */
export interface Exchange {
  /** `GET /subjects?deleted=true`; the path goes out as it stands. */
  readonly request: string
  /** Beside those that a body brings; null leaves one of those away. */
  readonly headers?: { readonly [name: string]: string | null }
  /** JSON, or text that goes out as it is. */
  readonly body?: unknown
}

export interface Answer {
  readonly status: number
  readonly headers: { readonly [name: string]: string | string[] | undefined }
  readonly text: string
}

/** Sends what is written, nothing added but the registry's media type for a body, and decodes nothing. */
export function rawRequest(url: string, { request, headers = {}, body }: Exchange): Promise<Answer> {
  const [method = '', path = ''] = request.split(' ')
  const text = body === undefined || typeof body === 'string' ? body : JSON.stringify(body)
  const ofBody = { 'content-type': 'application/vnd.schemaregistry.v1+json', 'content-length': Buffer.byteLength(text ?? '') }
  const named = Object.entries({ ...(text === undefined ? {} : ofBody), ...headers }).filter(([, value]) => value !== null)
  const { hostname, port } = new URL(url)
  return new Promise((resolve, reject) => {
    const sent = sendRequest({ hostname, port, method, path, headers: Object.fromEntries(named) as OutgoingHttpHeaders }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('error', reject)
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text: Buffer.concat(chunks).toString() }),
      )
    })
    sent.on('error', reject)
    sent.end(text)
  })
}
