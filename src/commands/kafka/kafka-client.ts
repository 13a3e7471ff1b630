import type { Address } from '../../settings.ts'
import type { Clock } from '../../shared/clock.ts'
import { HeadgateError } from '../../shared/errors.ts'
import { limits } from '../../shared/limits.ts'
import type { Random } from '../../shared/random.ts'
import { retry } from '../../shared/retry.ts'
import { KafkaConnection, type CallableApi } from './connection.ts'

/**
 * A client of one Headgate server, over the messages of `protocol/` instead of a Kafka client from npm, because these
 * commands need what such clients leave out: the reason for each refused record (KIP-467), partitions read without a
 * consumer group, which this broker does not serve, and batches as they are stored. It is also less code than adapting
 * one, and nothing to load at start. Every Headgate server takes every partition, so one connection is enough.
 *
 * Connects with the first call, and again after a loss.
 */
export class KafkaClient {
  readonly #address: Address
  readonly #world: KafkaWorld
  #connection: KafkaConnection | undefined

  constructor(address: Address, world: KafkaWorld) {
    this.#address = address
    this.#world = world
  }

  /** One attempt: `store-unavailable` when there is no connection, `store-outcome-unknown` when it is lost meanwhile. */
  async call<RequestIn, ResponseOut>(api: CallableApi<RequestIn, ResponseOut>, body: RequestIn): Promise<ResponseOut> {
    const connection = await this.#connected()
    return this.#orInterrupted(connection.call(api, body))
  }

  async tell<RequestIn>(api: CallableApi<RequestIn, unknown>, body: RequestIn): Promise<void> {
    const connection = await this.#connected()
    await this.#orInterrupted(connection.tell(api, body))
  }

  /** For questions, which may be asked again: outlives a server that restarts. */
  ask<RequestIn, ResponseOut>(api: CallableApi<RequestIn, ResponseOut>, body: RequestIn): Promise<ResponseOut> {
    return this.retry(() => this.call(api, body))
  }

  /** Tries again while the server is away. */
  retry<T>(operation: () => Promise<T>): Promise<T> {
    // A server that was never there is a wrong address, and is said at once.
    const hadConnection = this.#connection !== undefined
    return retry(operation, {
      attemptsMax: limits.commandAttemptsMax,
      backoff: limits.commandBackoff,
      isRetriable: (error) => isAway(error) && (hadConnection || this.#connection !== undefined),
      ...this.#world,
    })
  }

  async close(): Promise<void> {
    await this.#connection?.close()
  }

  async #connected(): Promise<KafkaConnection> {
    if (!this.#connection || this.#connection.isLost) {
      this.#world.signal.throwIfAborted()
      this.#connection = await KafkaConnection.open(this.#address, this.#world.signal)
    }
    return this.#connection
  }

  /** What an interruption breaks is an interruption, not a lost connection. */
  async #orInterrupted<T>(result: Promise<T>): Promise<T> {
    try {
      return await result
    } catch (error) {
      this.#world.signal.throwIfAborted()
      throw error
    }
  }
}

export interface KafkaWorld {
  readonly clock: Clock
  readonly random: Random
  readonly signal: AbortSignal
}

/** Whether the server may be back in a moment. */
export function isAway(error: unknown): boolean {
  return error instanceof HeadgateError && (error.kind === 'store-unavailable' || error.kind === 'store-outcome-unknown')
}
