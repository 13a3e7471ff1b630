import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import type { Certificate } from './schema-certificate.ts'

interface Stored {
  readonly id: number
  readonly schema: string
  readonly schemaType?: string
  readonly references?: readonly object[]
}

/** A registry as old ones are: no pages, no AVRO in answers, a registration answered with its id alone. */
export class ForeignRegistry {
  readonly subjects = new Map<string, Stored[]>()
  readonly authorizations: (string | undefined)[] = []
  readonly acceptedAuthorization: string | undefined
  readonly #server: Server
  readonly #isTls: boolean

  constructor({ accepts, certificate }: { accepts?: string; certificate?: Certificate } = {}) {
    this.acceptedAuthorization = accepts
    this.#isTls = certificate !== undefined
    const listener = (request: IncomingMessage, response: ServerResponse): void => void this.#serve(request, response)
    this.#server = certificate ? createTlsServer({ ...certificate }, listener) : createServer(listener)
  }

  async start(): Promise<string> {
    this.#server.listen(0, '127.0.0.1')
    await once(this.#server, 'listening')
    return this.url()
  }

  url(credentials = ''): string {
    return `http${this.#isTls ? 's' : ''}://${credentials}127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections()
    this.#server.close()
    await once(this.#server, 'close')
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let text = ''
    for await (const chunk of request) text += String(chunk)
    this.authorizations.push(request.headers.authorization)
    const isDenied = this.acceptedAuthorization !== undefined && request.headers.authorization !== this.acceptedAuthorization
    const { status, body } = isDenied
      ? { status: 401, body: { error_code: 401, message: 'Unauthorized' } }
      : this.#answer(request.method ?? '', request.url ?? '', text)
    response.writeHead(status, { 'content-type': 'application/vnd.schemaregistry.v1+json' }).end(JSON.stringify(body))
  }

  #answer(method: string, url: string, text: string): { status: number; body: unknown } {
    const [root, subject = '', versions, version] = new URL(url, 'http://x').pathname.slice(1).split('/').map(decodeURIComponent)
    if (root !== 'subjects') return absent
    if (subject === '') return ok([...this.subjects.keys()])
    const stored = this.subjects.get(subject) ?? []
    if (method === 'GET' && version !== undefined) {
      const number = version === 'latest' ? stored.length : Number(version)
      return stored[number - 1] ? ok({ subject, version: number, ...stored[number - 1] }) : absent
    }
    if (method === 'GET') return stored.length === 0 ? absent : ok(stored.map((_, index) => index + 1))
    const sent = JSON.parse(text) as Omit<Stored, 'id'>
    const index = stored.findIndex((one) => identityOf(one) === identityOf(sent))
    if (versions === undefined) return index < 0 ? absent : ok({ subject, version: index + 1, ...stored[index] })
    const id = [...this.subjects.values()].flat().length + 1
    if (index < 0) this.subjects.set(subject, [...stored, { id, ...sent }])
    return ok({ id: stored[index]?.id ?? id })
  }
}

function identityOf({ schema, schemaType, references }: Omit<Stored, 'id'>): string {
  return JSON.stringify([schema, schemaType, references])
}

const absent = { status: 404, body: { error_code: 40401, message: 'not found' } }

function ok(body: unknown): { status: number; body: unknown } {
  return { status: 200, body }
}
