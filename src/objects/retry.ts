/**
 * An object store that tries again. What was surely not done is repeated after a pause; a write whose answer was lost is
 * looked for before it is repeated, and again when the repetition finds the key taken, because the first write may have
 * been late rather than lost: so a `putIfAbsent` never takes its own object for a rival's. Bytes decide whose an object
 * is; writers that race put something of their own into them (an id).
 *
 * When the attempts are used up, the error tells the truth about all of them: `store-outcome-unknown` if any one may
 * have been done.
 */
import { equalBytes } from '../shared/bytes.ts'
import type { Clock } from '../shared/clock.ts'
import { HeadgateError, isErrorOfKind } from '../shared/errors.ts'
import { limits } from '../shared/limits.ts'
import type { Random } from '../shared/random.ts'
import { type Backoff, retry } from '../shared/retry.ts'
import type { ByteRange, CallOptions, ListOptions, ObjectHead, ObjectStore } from './object-store.ts'
import { type StoreCall, aborted, storeOutcomeUnknown } from './store-errors.ts'

export interface RetryingStoreOptions {
  readonly clock: Clock
  readonly random: Random
  /** The first attempt included. */
  readonly attemptsMax?: number
  readonly backoff?: Backoff
}

export class RetryingObjectStore implements ObjectStore {
  readonly #inner: ObjectStore
  readonly #options: Required<RetryingStoreOptions>

  constructor(inner: ObjectStore, options: RetryingStoreOptions) {
    this.#inner = inner
    this.#options = { attemptsMax: limits.objectStoreAttemptsMax, backoff: limits.objectStoreBackoff, ...options }
  }

  async get(key: string, options?: CallOptions): Promise<Uint8Array | undefined> {
    return await this.#attempt({ operation: 'get', key }, options, () => this.#inner.get(key, options))
  }

  async getRange(key: string, range: ByteRange, options?: CallOptions): Promise<Uint8Array | undefined> {
    return await this.#attempt({ operation: 'getRange', key }, options, () => this.#inner.getRange(key, range, options))
  }

  async head(key: string, options?: CallOptions): Promise<ObjectHead | undefined> {
    return await this.#attempt({ operation: 'head', key }, options, () => this.#inner.head(key, options))
  }

  async list(prefix: string, options?: ListOptions): Promise<ObjectHead[]> {
    return await this.#attempt({ operation: 'list', key: prefix }, options, () => this.#inner.list(prefix, options))
  }

  /** Putting the same bytes twice is putting them once. */
  async put(key: string, content: Uint8Array | readonly Uint8Array[], options?: CallOptions): Promise<void> {
    await this.#attempt({ operation: 'put', key }, options, () => this.#inner.put(key, content, options))
  }

  async delete(key: string, options?: CallOptions): Promise<void> {
    await this.#attempt({ operation: 'delete', key }, options, () => this.#inner.delete(key, options))
  }

  async putIfAbsent(key: string, bytes: Uint8Array, options?: CallOptions): Promise<'created' | 'exists'> {
    let mayBeOurs = false
    return await this.#attempt({ operation: 'putIfAbsent', key }, options, async () => {
      try {
        const outcome = await this.#inner.putIfAbsent(key, bytes, options)
        return outcome === 'exists' && mayBeOurs ? await this.#whoseIs(key, bytes, options) : outcome
      } catch (error) {
        if (!isErrorOfKind(error, 'store-outcome-unknown')) throw error
        mayBeOurs = true
        return await this.#whoseIs(key, bytes, options)
      }
    })
  }

  /** Nothing there proves nothing, the write may be late: then the outcome stays unknown, and putting again is safe. */
  async #whoseIs(key: string, bytes: Uint8Array, options: CallOptions | undefined): Promise<'created' | 'exists'> {
    const call: StoreCall = { operation: 'putIfAbsent', key }
    const found = await this.#inner.get(key, options).catch((error: unknown) => {
      throw isErrorOfKind(error, 'store-unavailable') ? storeOutcomeUnknown(call, error) : error
    })
    if (found === undefined) throw storeOutcomeUnknown(call, new Error('its answer was lost, and there is no object yet'))
    return equalBytes(found, bytes) ? 'created' : 'exists'
  }

  async #attempt<T>(call: StoreCall, callOptions: CallOptions | undefined, work: () => Promise<T>): Promise<T> {
    const signal = callOptions?.signal
    let mayBeDone = false
    const isRetriable = (error: unknown): boolean => {
      mayBeDone ||= isErrorOfKind(error, 'store-outcome-unknown')
      return isErrorOfKind(error, 'store-outcome-unknown') || isErrorOfKind(error, 'store-unavailable')
    }
    try {
      return await retry(work, { ...this.#options, isRetriable, ...(signal && { signal }) })
    } catch (error) {
      if (mayBeDone && isErrorOfKind(error, 'store-unavailable')) throw storeOutcomeUnknown(call, error)
      // The pause between attempts rejects with the signal's own reason.
      if (signal?.aborted && !(error instanceof HeadgateError)) throw aborted(call, error)
      throw error
    }
  }
}
