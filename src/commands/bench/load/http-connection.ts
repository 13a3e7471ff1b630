import { connect, type Socket } from 'node:net'
import { formatAddress, type Address } from '../../../settings.ts'
import { HeadgateError } from '../../../shared/errors.ts'

/** One answer: its status line's number and its whole body. */
export interface HttpAnswer {
  readonly status: number
  readonly body: Buffer
  /** Of head and body together. */
  readonly byteLength: number
}

/**
 * A keep-alive connection that sends requests made before and reads each answer to the end of its body. It stands in for
 * an HTTP client where that would take the CPU that the server needs: it understands what a server of ours answers,
 * which is a status and a body whose length is announced, and nothing else of HTTP.
 */
export class HttpConnection {
  readonly #socket: Socket
  readonly #name: string
  #received: Buffer = EMPTY
  #waiting: { resolve: (answer: HttpAnswer) => void; reject: (error: Error) => void } | undefined
  #lost: Error | undefined

  private constructor(socket: Socket, name: string) {
    this.#socket = socket
    this.#name = name
    socket.setNoDelay(true)
    socket.on('data', (chunk: Buffer) => this.#onChunk(chunk))
    socket.on('error', (error) => this.#lose(error))
    socket.on('close', () => this.#lose(this.#failure('closed by the server')))
  }

  static async open(address: Address, signal: AbortSignal): Promise<HttpConnection> {
    signal.throwIfAborted()
    const socket = connect({ ...address, signal })
    await new Promise<void>((resolve, reject) => socket.once('connect', resolve).once('error', reject))
    return new HttpConnection(socket, formatAddress(address))
  }

  /** One request at a time: the next one may go out when this one is answered. */
  ask(request: Uint8Array): Promise<HttpAnswer> {
    return new Promise((resolve, reject) => {
      if (this.#lost) return reject(this.#lost)
      this.#waiting = { resolve, reject }
      this.#socket.write(request)
    })
  }

  close(): void {
    this.#socket.destroy()
  }

  #onChunk(chunk: Buffer): void {
    this.#received = this.#received.byteLength === 0 ? chunk : Buffer.concat([this.#received, chunk])
    try {
      const answer = readAnswer(this.#received)
      if (!answer) return
      this.#received = this.#received.subarray(answer.byteLength)
      this.#waiting?.resolve(answer)
      this.#waiting = undefined
    } catch (error) {
      this.#socket.destroy(error instanceof Error ? error : this.#failure(String(error)))
    }
  }

  #lose(error: Error): void {
    this.#lost ??= error
    this.#waiting?.reject(this.#lost)
    this.#waiting = undefined
  }

  #failure(reason: string): HeadgateError {
    return new HeadgateError('store-outcome-unknown', `the connection to ${this.#name} is lost: ${reason}`)
  }
}

const EMPTY = Buffer.alloc(0)
const HEAD_END = '\r\n\r\n'
/** `HTTP/1.1 200 OK` */
const STATUS_AT = 'HTTP/1.1 '.length

/** The first whole answer of what was received; undefined while its end is missing. */
export function readAnswer(received: Buffer): HttpAnswer | undefined {
  const headEnd = received.indexOf(HEAD_END, 0, 'latin1')
  if (headEnd < 0) return undefined
  const head = received.toString('latin1', 0, headEnd)
  const [, announced] = /\r\ncontent-length: *(\d+)/i.exec(head) ?? []
  const status = Number(head.slice(STATUS_AT, STATUS_AT + 3))
  if (announced === undefined || !Number.isInteger(status)) throw new HeadgateError('malformed', `an answer without a length: ${head}`)
  const bodyStart = headEnd + HEAD_END.length
  const byteLength = bodyStart + Number(announced)
  if (received.byteLength < byteLength) return undefined
  return { status, body: received.subarray(bodyStart, byteLength), byteLength }
}
