import type { Socket } from 'node:net'
import { FrameSplitter } from '../protocol/frame.ts'
import type { FramePool } from '../protocol/frame-pool.ts'
import { HeadgateError, messageOf } from '../shared/errors.ts'
import { limits } from '../shared/limits.ts'
import type { Permits } from '../shared/permits.ts'
import type { BrokerContext, Call, HostPort } from './context.ts'
import { route, type RoutedRequest } from './router.ts'

export interface ConnectionContext {
  readonly broker: BrokerContext
  /** Bytes of requests that may be in memory at once, over all connections. */
  readonly requestMemory: Permits
  readonly framePool: FramePool
  readonly advertised: HostPort
}

/**
 * One client's socket. Chunks flow in and are cut into frames; responses flow out in the order of the requests. Produce
 * requests overlap, so that a pipelining client keeps the log busy; anything else waits for what came before it.
 *
 * Whatever a client sends costs only itself: a frame that cannot be read, or a handler that fails, ends this
 * connection, which every client takes as "try again".
 */
export class Connection {
  readonly #socket: Socket
  readonly #context: ConnectionContext
  readonly #splitter: FrameSplitter
  readonly #gone = new AbortController()
  /** Resolves when every request so far is answered; responses are written behind it. */
  #answered: Promise<void> = Promise.resolve()
  /** Resolves when every produce request so far has queued its batches. */
  #queued: Promise<void> = Promise.resolve()
  /** Resolves when the last request that is not pipelined is answered. */
  #barrier: Promise<void> = Promise.resolve()
  #inFlight = 0
  #isDraining = false

  constructor(socket: Socket, context: ConnectionContext) {
    this.#socket = socket
    this.#context = context
    this.#splitter = new FrameSplitter(limits.frameBytesMax, context.framePool)
    socket.setNoDelay(true)
    socket.setKeepAlive(true)
    socket.setTimeout(limits.idleConnectionMs, () => this.#close('idle for too long'))
    socket.on('data', (chunk: Buffer) => this.#onChunk(chunk))
    socket.on('error', () => socket.destroy())
    socket.on('close', () => this.#gone.abort(new HeadgateError('shutting-down', 'the client is gone')))
  }

  /** Resolves when what was received is answered; nothing more is read. */
  async drain(): Promise<void> {
    this.#isDraining = true
    this.#socket.pause()
    this.#gone.abort(new HeadgateError('shutting-down', 'the broker is draining'))
    await this.#answered
    this.#socket.end()
  }

  destroy(): void {
    this.#socket.destroy()
  }

  #onChunk(chunk: Buffer): void {
    try {
      this.#splitter.push(chunk, (frame) => this.#onFrame(frame))
    } catch (error) {
      this.#close(messageOf(error))
    }
  }

  #onFrame(frame: Uint8Array): void {
    if (this.#socket.destroyed || this.#isDraining) return
    const request = route(frame)
    this.#inFlight++
    this.#answered = this.#serveInOrder(request, frame, this.#answered)
    if (this.#inFlight >= limits.requestsInFlightMax) this.#socket.pause()
  }

  /** Serves one request; its response waits for the `earlier` ones. Never rejects. */
  async #serveInOrder(request: RoutedRequest, frame: Uint8Array, earlier: Promise<void>): Promise<void> {
    const { promise: queued, resolve: done } = Promise.withResolvers<void>()
    const turn = { mine: this.#queued, done }
    const mayStart = request.isPipelined ? this.#barrier : earlier
    this.#queued = queued
    const { requestMemory, framePool } = this.#context
    const frameBytes = frame.byteLength
    const response = this.#admit(requestMemory, frameBytes).then(() => mayStart.then(() => this.#serve(request, turn)))
    const answered = this.#respondAfter(earlier, response)
    if (!request.isPipelined) this.#barrier = answered
    try {
      await answered
    } finally {
      done()
      requestMemory.release(frameBytes)
      // Answered: the log has its copy, and no lane reads it any more.
      framePool.giveBack(frame)
      this.#inFlight--
      if (!this.#isDraining) this.#socket.resume()
    }
  }

  /** While memory for requests is short, this socket is not read. */
  async #admit(requestMemory: Permits, frameBytes: number): Promise<void> {
    if (requestMemory.tryAcquire(frameBytes)) return
    this.#socket.pause()
    await requestMemory.acquire(frameBytes)
  }

  async #serve(request: RoutedRequest, turn: Call['turn']): Promise<readonly Uint8Array[] | undefined> {
    const { header, apiName } = request
    const { broker, advertised } = this.#context
    const segments = await request.serve({
      broker,
      advertised,
      apiVersion: header.apiVersion,
      correlationId: header.correlationId,
      clientId: header.clientId,
      signal: this.#gone.signal,
      turn,
    })
    broker.metrics.add('headgate_requests_total', 1, apiName)
    return segments
  }

  async #respondAfter(earlier: Promise<void>, response: Promise<readonly Uint8Array[] | undefined>): Promise<void> {
    try {
      const [segments] = await Promise.all([response, earlier])
      if (segments) await this.#write(segments)
    } catch (error) {
      this.#close(messageOf(error))
    }
  }

  async #write(segments: readonly Uint8Array[]): Promise<void> {
    if (this.#socket.destroyed) return
    this.#socket.cork()
    for (const segment of segments) this.#socket.write(segment)
    this.#socket.uncork()
    if (this.#socket.writableLength > limits.unsentBytesMax) await this.#drained()
  }

  /** Resolves when a slow client has read what it was sent, or is gone. */
  #drained(): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        this.#socket.off('drain', done).off('close', done)
        resolve()
      }
      this.#socket.on('drain', done).on('close', done)
    })
  }

  #close(reason: string): void {
    if (this.#socket.destroyed) return
    this.#context.broker.logger.warn({ client: this.#socket.remoteAddress, reason }, 'closed a connection')
    this.#socket.destroy()
  }
}
