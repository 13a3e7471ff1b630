import { createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import type { FramePool } from '../protocol/frame-pool.ts'
import { HeadgateError, messageOf } from '../shared/errors.ts'
import { limits } from '../shared/limits.ts'
import type { Permits } from '../shared/permits.ts'
import { Connection } from './connection.ts'
import type { BrokerContext, HostPort } from './context.ts'
import { MemoryBudget } from './memory-budget.ts'

export interface ListenerContext {
  readonly broker: BrokerContext
  /** As much again bounds the requests that are being received, and the answers that are not taken yet. */
  readonly requestMemory: Permits
  readonly framePool: FramePool
  /** What clients are told to connect to; undefined: the address they connected to. */
  readonly advertised: HostPort | undefined
}

/** Accepts Kafka connections on one address. */
export class Listener {
  readonly #context: ListenerContext
  readonly #server: Server
  readonly #connections = new Set<Connection>()
  readonly #frameMemory: MemoryBudget
  readonly #answerMemory: MemoryBudget
  /** A read is done with before the next one begins, whatever connection they are of. */
  readonly #received = Buffer.allocUnsafeSlow(limits.receivedBytes)

  constructor(context: ListenerContext) {
    this.#context = context
    const budget = { bytesMax: context.requestMemory.total, patienceMs: limits.memoryPatienceMs, clock: context.broker.clock }
    this.#frameMemory = new MemoryBudget(budget)
    this.#answerMemory = new MemoryBudget(budget)
    this.#server = createServer({ pauseOnConnect: true }, (socket) => this.#accept(socket))
  }

  /** Resolves with the bound address; throws HeadgateError `invalid-argument` when it cannot be had. */
  async listen({ host, port }: HostPort): Promise<HostPort> {
    await new Promise<void>((resolve, reject) => {
      const onError = (error: Error): void =>
        reject(new HeadgateError('invalid-argument', `cannot listen on ${host}:${port}: ${messageOf(error)}`, { cause: error }))
      this.#server.once('error', onError)
      this.#server.listen({ host, port, backlog: 1024 }, () => {
        this.#server.off('error', onError)
        resolve()
      })
    })
    return { host, port: (this.#server.address() as AddressInfo).port }
  }

  /** Stops accepting, answers what was received and closes every connection; one that does not read its answers is not waited for. */
  async drain(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()))
    const patience = new AbortController()
    const drained = Promise.all([...this.#connections].map((connection) => connection.drain()))
    await Promise.race([drained, this.#context.broker.clock.sleep(limits.connectionDrainMs, patience.signal).catch(() => undefined)])
    patience.abort()
    for (const connection of this.#connections) connection.destroy()
    await closed
  }

  #accept(socket: Socket): void {
    const { logger } = this.#context.broker
    try {
      if (this.#connections.size < limits.connectionsMax) return this.#serve(socket)
      logger.warn({ connections: this.#connections.size }, 'refused a connection: there are too many')
    } catch (error) {
      logger.error({ reason: messageOf(error) }, 'refused a connection')
    }
    socket.destroy()
  }

  #serve(socket: Socket): void {
    const { broker, requestMemory, framePool, advertised } = this.#context
    const connection = new Connection(socket, {
      broker,
      requestMemory,
      frameMemory: this.#frameMemory,
      answerMemory: this.#answerMemory,
      framePool,
      received: this.#received,
      advertised,
      onClosed: () => {
        this.#connections.delete(connection)
        broker.metrics.set('headgate_connections', this.#connections.size)
      },
    })
    this.#connections.add(connection)
    broker.metrics.set('headgate_connections', this.#connections.size)
  }
}
