import { connect, type Socket } from 'node:net'
import type { Api } from '../../protocol/api.ts'
import { decodeResponse, encodeRequest } from '../../protocol/exchange.ts'
import { FrameSplitter } from '../../protocol/frame.ts'
import { apiVersions } from '../../protocol/messages/api-versions.ts'
import { formatAddress, type Address } from '../../settings.ts'
import { HeadgateError, messageOf } from '../../shared/errors.ts'
import { limits } from '../../shared/limits.ts'
import { kafkaFailure } from './kafka-failure.ts'
import { viewOf } from '../../shared/bytes.ts'

/** An API as its caller sees it: what goes out and what comes back. */
export type CallableApi<RequestIn, ResponseOut> = Api<unknown, RequestIn, ResponseOut>

/**
 * One connection to a Headgate server, as a client. It speaks the newest version of each API that both sides know, and
 * any number of calls may be under way. When it is lost, every call under way fails with `store-outcome-unknown`.
 */
export class KafkaConnection {
  readonly #socket: Socket
  readonly #name: string
  readonly #splitter = new FrameSplitter(limits.answerFrameBytesMax)
  readonly #waiting = new Map<number, { resolve: (frame: Uint8Array) => void; reject: (error: Error) => void }>()
  #serverVersions: ReadonlyMap<number, { minVersion: number; maxVersion: number }> = new Map()
  #lastCorrelationId = 0
  #lost: HeadgateError | undefined

  private constructor(socket: Socket, name: string) {
    this.#socket = socket
    this.#name = name
    socket.setNoDelay(true)
    socket.setTimeout(limits.answerWaitMs, () => this.#onIdle())
    socket.on('data', (chunk: Buffer) => this.#onChunk(chunk))
    socket.on('error', (error) => this.#lose(error.message))
    socket.on('close', () => this.#lose('closed by the server'))
  }

  /** Connects and asks which versions the server speaks. Throws `store-unavailable` when nobody answers. */
  static async open(address: Address, signal: AbortSignal): Promise<KafkaConnection> {
    const name = formatAddress(address)
    const connection = new KafkaConnection(await connectedSocket(address, name, signal), name)
    signal.addEventListener('abort', () => connection.#socket.destroy(signal.reason as Error), { once: true })
    await connection.#learnVersions()
    return connection
  }

  get isLost(): boolean {
    return this.#lost !== undefined
  }

  async call<RequestIn, ResponseOut>(api: CallableApi<RequestIn, ResponseOut>, body: RequestIn): Promise<ResponseOut> {
    const version = this.#versionOf(api)
    const correlationId = this.#send(api, version, body)
    const frame = await new Promise<Uint8Array>((resolve, reject) => {
      if (this.#lost) reject(this.#lost)
      else this.#waiting.set(correlationId, { resolve, reject })
    })
    return decodeResponse(api, version, correlationId, frame)
  }

  /** For the one request that is not answered: Produce with acks=0. Resolves when the bytes are on their way. */
  async tell<RequestIn>(api: CallableApi<RequestIn, unknown>, body: RequestIn): Promise<void> {
    this.#send(api, this.#versionOf(api), body)
    if (this.#lost) throw this.#lost
    await new Promise<void>((resolve, reject) => this.#socket.write('', (error) => (error ? reject(this.#lost ?? error) : resolve())))
  }

  /** Sends what was written, then closes. */
  async close(): Promise<void> {
    if (this.#lost) return
    await new Promise<void>((resolve) => {
      this.#socket.once('close', () => resolve())
      this.#socket.end()
    })
  }

  async #learnVersions(): Promise<void> {
    // Version 0 is understood by every server, whatever else it speaks (KIP-511).
    const correlationId = this.#send(apiVersions, 0, { clientSoftwareName: CLIENT_NAME, clientSoftwareVersion: '' })
    const frame = await new Promise<Uint8Array>((resolve, reject) => this.#waiting.set(correlationId, { resolve, reject }))
    const { errorCode, apiKeys } = decodeResponse(apiVersions, 0, correlationId, frame)
    if (errorCode !== 0) throw kafkaFailure(errorCode, `${this.#name} does not say which versions it speaks`)
    this.#serverVersions = new Map(apiKeys.map(({ apiKey, ...range }) => [apiKey, range]))
  }

  #versionOf({ key, name, versions }: CallableApi<never, unknown>): number {
    const server = this.#serverVersions.get(key)
    const version = Math.min(versions.last, server?.maxVersion ?? -1)
    if (server === undefined || version < Math.max(versions.first, server.minVersion))
      throw new HeadgateError('unsupported', `${this.#name} does not speak a version of ${name} that this command knows`)
    return version
  }

  #send<RequestIn>(api: CallableApi<RequestIn, unknown>, version: number, body: RequestIn): number {
    const correlationId = (this.#lastCorrelationId = (this.#lastCorrelationId + 1) & 0x7fff_ffff)
    const segments = encodeRequest(api, version, { correlationId, clientId: CLIENT_NAME }, body)
    this.#socket.cork()
    for (const segment of segments) this.#socket.write(segment)
    this.#socket.uncork()
    return correlationId
  }

  #onChunk(chunk: Buffer): void {
    try {
      this.#splitter.push(chunk, (frame) => this.#onFrame(frame))
    } catch (error) {
      this.#socket.destroy(error as Error)
    }
  }

  /** A response begins with the correlation id of its request. */
  #onFrame(frame: Uint8Array): void {
    const correlationId = viewOf(frame).getInt32(0)
    const waiting = this.#waiting.get(correlationId)
    this.#waiting.delete(correlationId)
    waiting?.resolve(frame)
  }

  #onIdle(): void {
    if (this.#waiting.size > 0) this.#socket.destroy(new Error(`no answer for ${limits.answerWaitMs} ms`))
  }

  #lose(reason: string): void {
    this.#lost ??= new HeadgateError('store-outcome-unknown', `the connection to ${this.#name} was lost: ${reason}`)
    for (const { reject } of this.#waiting.values()) reject(this.#lost)
    this.#waiting.clear()
  }
}

const CLIENT_NAME = 'headgate-cli'

async function connectedSocket(address: Address, name: string, signal: AbortSignal): Promise<Socket> {
  signal.throwIfAborted()
  const socket = connect(address)
  try {
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve)
      socket.once('error', reject)
      socket.setTimeout(limits.connectWaitMs, () => socket.destroy(new Error('it does not answer')))
      signal.addEventListener('abort', () => socket.destroy(signal.reason as Error), { once: true })
    })
    socket.removeAllListeners('timeout')
    return socket
  } catch (cause) {
    signal.throwIfAborted()
    const reason = (cause as NodeJS.ErrnoException).code ?? messageOf(cause)
    throw new HeadgateError(
      'store-unavailable',
      `no server answers at ${name} (${reason}); start one with headgate serve, or name it with --kafka`,
      { cause },
    )
  }
}
