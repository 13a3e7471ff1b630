import type { Socket } from 'node:net'
import { FrameSplitter } from '../protocol/frame.ts'
import type { FramePool } from '../protocol/frame-pool.ts'
import { HeadgateError, messageOf } from '../shared/errors.ts'
import { limits } from '../shared/limits.ts'
import type { Permits } from '../shared/permits.ts'
import type { BrokerContext, Call, HostPort } from './context.ts'
import { MemoryLease, type MemoryBudget } from './memory-budget.ts'
import { readInto } from './read-into.ts'
import { route, type RoutedRequest } from './router.ts'

export interface ConnectionContext {
  readonly broker: BrokerContext
  /** Of requests that come in one piece with others, over all connections. */
  readonly requestMemory: Permits
  /** Of requests that are received piece by piece, from their first byte on. */
  readonly frameMemory: MemoryBudget
  /** Of answers that their clients have not taken yet. */
  readonly answerMemory: MemoryBudget
  readonly framePool: FramePool
  /** Where bytes are received that are not the rest of a large frame; all connections share it. */
  readonly received: Buffer
  /** What clients are told to connect to; undefined: the address they connected to. */
  readonly advertised: HostPort | undefined
  readonly onClosed: () => void
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
  readonly #advertised: HostPort
  readonly #splitter: FrameSplitter
  readonly #gone = new AbortController()
  /** Resolves when every request so far is answered; responses are written behind it. */
  #answered: Promise<void> = Promise.resolve()
  /** Resolves when every produce request so far has queued its batches. */
  #queued: Promise<void> = Promise.resolve()
  /** Resolves when the last request that is not pipelined is answered. */
  #barrier: Promise<void> = Promise.resolve()
  /** Of the frame that is being received. */
  #frameMemory: MemoryLease | undefined
  #inFlight = 0
  /** What the socket waits for before it is read again. */
  #pauses = 0
  #isDraining = false
  /** A request failed. */
  #isBroken = false

  /** Takes over a socket that was accepted and is paused. */
  constructor(accepted: Socket, context: ConnectionContext) {
    this.#context = context
    this.#splitter = new FrameSplitter(limits.frameBytesMax, context.framePool)
    const socket = readInto(accepted, {
      target: () => this.#readTarget(),
      onBytes: (byteCount, target) => this.#onBytes(byteCount, target),
    })
    this.#socket = socket
    this.#advertised = context.advertised ?? ownAddress(socket)
    socket.setNoDelay(true)
    socket.setKeepAlive(true)
    socket.setTimeout(limits.idleConnectionMs, () => this.#close('idle for too long'))
    socket.on('error', () => socket.destroy())
    // The client has nothing more to say, and is answered what it said.
    socket.on('end', () => void this.drain())
    socket.on('close', () => {
      this.#gone.abort(new HeadgateError('shutting-down', 'the client is gone'))
      this.#frameMemory?.close()
      context.onClosed()
    })
    socket.resume()
  }

  /** Resolves when what was received is answered; nothing more is read. */
  async drain(): Promise<void> {
    this.#isDraining = true
    this.#socket.pause()
    this.#gone.abort(new HeadgateError('shutting-down', 'nothing more is waited for'))
    await this.#answered
    this.#socket.end()
  }

  destroy(): void {
    this.#socket.destroy()
  }

  /** The rest of a large frame is read to where it belongs; smaller ones arrive several at once. */
  #readTarget(): Buffer {
    const { rest } = this.#splitter
    const { received } = this.#context
    return rest && rest.byteLength >= received.byteLength ? rest : received
  }

  #onBytes(byteCount: number, target: Uint8Array): void {
    const { received } = this.#context
    try {
      if (target === received) this.#splitter.push(received.subarray(0, byteCount), (frame) => this.#onFrame(frame))
      else this.#splitter.filledRest(byteCount, (frame) => this.#onFrame(frame))
      if (this.#splitter.begunFrameBytes > 0 && !this.#frameMemory) this.#beginFrame(this.#splitter.begunFrameBytes)
    } catch (error) {
      this.#close(messageOf(error))
    }
  }

  /** The rest of the frame is read when there is memory for all of it. */
  #beginFrame(frameBytes: number): void {
    const memory = new MemoryLease(this.#context.frameMemory)
    this.#frameMemory = memory
    memory.watch(() => this.#close('its request does not arrive while memory is short'))
    if (!memory.tryTake(frameBytes)) void this.#whilePaused(memory.take(frameBytes))
  }

  /** The socket is not read until there is what it waits for. */
  async #whilePaused(ready: Promise<void>): Promise<void> {
    this.#pauses++
    this.#socket.pause()
    await ready
    this.#pauses--
    this.#resume()
  }

  #resume(): void {
    if (this.#pauses === 0 && this.#inFlight < limits.requestsInFlightMax && !this.#isDraining) this.#socket.resume()
  }

  #onFrame(frame: Uint8Array): void {
    if (this.#socket.destroyed || this.#isDraining) return
    const request = route(frame)
    const memory = this.#frameMemory
    this.#frameMemory = undefined
    memory?.unwatch()
    this.#inFlight++
    this.#answered = this.#serveInOrder(request, { frame, memory }, this.#answered)
    if (this.#inFlight >= limits.requestsInFlightMax) this.#socket.pause()
  }

  /** Serves one request; its response waits for the `earlier` ones. Never rejects. */
  async #serveInOrder(request: RoutedRequest, { frame, memory }: ReceivedFrame, earlier: Promise<void>): Promise<void> {
    const { promise: queued, resolve: done } = Promise.withResolvers<void>()
    const before = this.#queued
    const turn = { mine: () => before.then(() => this.#expectWhole()), done }
    const mayStart = request.isPipelined ? this.#barrier : earlier
    this.#queued = queued
    const { requestMemory, framePool } = this.#context
    const frameBytes = frame.byteLength
    const answerMemory = new MemoryLease(this.#context.answerMemory)
    const admitted = memory ? Promise.resolve() : this.#admit(requestMemory, frameBytes)
    const response = admitted.then(() => {
      this.#countMemory()
      return mayStart.then(() => this.#serve(request, { turn, answerMemory }))
    })
    const answered = this.#respondAfter(earlier, { response, answerMemory })
    if (!request.isPipelined) this.#barrier = answered
    try {
      await answered
    } finally {
      done()
      if (memory) memory.close()
      else requestMemory.release(frameBytes)
      this.#countMemory()
      // Answered: the log has its copy, and no lane reads it any more.
      framePool.giveBack(frame)
      this.#inFlight--
      this.#resume()
    }
  }

  /** What came behind a request that failed is not stored: its producer sends it again, behind that one. */
  #expectWhole(): void {
    if (this.#isBroken) throw new HeadgateError('shutting-down', 'an earlier request of this connection failed')
  }

  #countMemory(): void {
    const { broker, requestMemory, frameMemory } = this.#context
    broker.metrics.set('headgate_request_bytes_in_use', requestMemory.inUse + frameMemory.usedBytes)
  }

  /** While memory for requests is short, this socket is not read. */
  async #admit(requestMemory: Permits, frameBytes: number): Promise<void> {
    if (!requestMemory.tryAcquire(frameBytes)) await this.#whilePaused(requestMemory.acquire(frameBytes))
  }

  async #serve(request: RoutedRequest, given: Pick<Call, 'turn' | 'answerMemory'>): Promise<readonly Uint8Array[] | undefined> {
    const { header, apiName } = request
    const { broker } = this.#context
    const segments = await request.serve({
      broker,
      advertised: this.#advertised,
      apiVersion: header.apiVersion,
      correlationId: header.correlationId,
      clientId: header.clientId,
      signal: this.#gone.signal,
      ...given,
    })
    broker.metrics.add('headgate_requests_total', 1, apiName)
    return segments
  }

  async #respondAfter(earlier: Promise<void>, { response, answerMemory }: Answering): Promise<void> {
    try {
      const [segments] = await Promise.all([response, earlier])
      if (segments) await this.#write(segments, answerMemory)
      else answerMemory.close()
    } catch (error) {
      answerMemory.close()
      this.#isBroken = true
      this.#close(messageOf(error))
    }
  }

  /** The answer's memory is free when the client has taken it, or is gone. */
  async #write(segments: readonly Uint8Array[], answerMemory: MemoryLease): Promise<void> {
    if (this.#socket.destroyed) return answerMemory.close()
    if (answerMemory.bytes > 0) answerMemory.watch(() => this.#close('its answers are not read while memory is short'))
    this.#socket.cork()
    for (const segment of segments.slice(0, -1)) this.#socket.write(segment)
    this.#socket.write(segments.at(-1) ?? new Uint8Array(0), () => answerMemory.close())
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

/** The address a client reached us at, which works for it also when we listen on every interface. */
function ownAddress(socket: Socket): HostPort {
  const host = (socket.localAddress ?? '127.0.0.1').replace(/^::ffff:/, '')
  return { host, port: socket.localPort ?? 0 }
}

interface ReceivedFrame {
  readonly frame: Uint8Array
  /** Of a frame that came piece by piece. */
  readonly memory: MemoryLease | undefined
}

interface Answering {
  readonly response: Promise<readonly Uint8Array[] | undefined>
  readonly answerMemory: MemoryLease
}
