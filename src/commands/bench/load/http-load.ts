import type { Address } from '../../../settings.ts'
import { HeadgateError } from '../../../shared/errors.ts'
import { HttpConnection } from './http-connection.ts'

/** As many as the serializers of a small fleet of clients keep open. */
const CONNECTIONS = 16

/** Clients that ask prepared requests over keep-alive connections, each its next one as soon as the last is answered. */
export class HttpLoad {
  readonly #connections: readonly HttpConnection[]

  private constructor(connections: readonly HttpConnection[]) {
    this.#connections = connections
  }

  static async connect(address: Address, signal: AbortSignal): Promise<HttpLoad> {
    return new HttpLoad(await Promise.all(Array.from({ length: CONNECTIONS }, () => HttpConnection.open(address, signal))))
  }

  /** Sends so many requests, the given ones in turn; resolves when the last is answered. Any status but 200 ends the run. */
  async send(requests: readonly Uint8Array[], requestCount: number): Promise<void> {
    let taken = 0
    const client = async (connection: HttpConnection): Promise<void> => {
      while (taken < requestCount) {
        const { status, body } = await connection.ask(requests[taken++ % requests.length] as Uint8Array)
        if (status !== 200) throw new HeadgateError('store-unavailable', `the server answers ${status}: ${body.toString()}`)
      }
    }
    await Promise.all(this.#connections.map(client))
  }

  close(): void {
    for (const connection of this.#connections) connection.close()
  }
}

export function getRequest(path: string): Uint8Array {
  return Buffer.from(`GET ${path} HTTP/1.1\r\nhost: bench\r\naccept: ${REGISTRY_TYPE}\r\n\r\n`)
}

export function postRequest(path: string, body: string): Uint8Array {
  const headers = [
    `host: bench`,
    `accept: ${REGISTRY_TYPE}`,
    `content-type: ${REGISTRY_TYPE}`,
    `content-length: ${Buffer.byteLength(body)}`,
  ]
  return Buffer.from(`POST ${path} HTTP/1.1\r\n${headers.join('\r\n')}\r\n\r\n${body}`)
}

/** What the registry's clients send. */
const REGISTRY_TYPE = 'application/vnd.schemaregistry.v1+json'
