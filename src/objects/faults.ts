/**
 * An object store that fails on purpose, by a plan: for tests and simulation. What it does to a call is what a network
 * does: refuse it, lose its answer, delay its answer, or deliver the call itself after its caller has given up.
 */
import type { Clock } from '../shared/clock.ts'
import type { Random } from '../shared/random.ts'
import type { ByteRange, CallOptions, ListOptions, ObjectHead, ObjectStore } from './object-store.ts'
import { type StoreCall, storeOutcomeUnknown, storeUnavailable } from './store-errors.ts'

export type Fault =
  | { readonly kind: 'none' }
  /** `store-unavailable`; nothing is done. */
  | { readonly kind: 'refused' }
  /** Done, and `store-outcome-unknown` (a read: `store-unavailable`). */
  | { readonly kind: 'lost-answer' }
  /** Done at once, answered later. */
  | { readonly kind: 'late-answer'; readonly delayMs: number }
  /** `store-outcome-unknown` at once, and done later all the same (a read: refused). */
  | { readonly kind: 'late-work'; readonly delayMs: number }

export type FaultPlan = (call: StoreCall) => Fault

/** Shares of calls between 0 and 1; what is left over goes well. */
export interface FaultRates {
  readonly refused?: number
  readonly lostAnswer?: number
  readonly lateAnswer?: number
  readonly lateWork?: number
  /** The longest delay. */
  readonly delayMsMax?: number
}

export function seededFaults(
  random: Random,
  { refused = 0, lostAnswer = 0, lateAnswer = 0, lateWork = 0, delayMsMax = 100 }: FaultRates,
): FaultPlan {
  return () => {
    const share = random.next()
    const delayMs = Math.floor(random.next() * delayMsMax)
    if (share < refused) return { kind: 'refused' }
    if (share < refused + lostAnswer) return { kind: 'lost-answer' }
    if (share < refused + lostAnswer + lateAnswer) return { kind: 'late-answer', delayMs }
    if (share < refused + lostAnswer + lateAnswer + lateWork) return { kind: 'late-work', delayMs }
    return { kind: 'none' }
  }
}

export class FaultyObjectStore implements ObjectStore {
  readonly #inner: ObjectStore
  readonly #plan: FaultPlan
  readonly #clock: Clock
  readonly #lateWork = new Set<Promise<unknown>>()

  constructor(inner: ObjectStore, { plan, clock }: { plan: FaultPlan; clock: Clock }) {
    this.#inner = inner
    this.#plan = plan
    this.#clock = clock
  }

  /** Resolves when all late work has been done. */
  async settled(): Promise<void> {
    while (this.#lateWork.size > 0) await Promise.allSettled(this.#lateWork)
  }

  async get(key: string, options?: CallOptions): Promise<Uint8Array | undefined> {
    return await this.#read({ operation: 'get', key }, () => this.#inner.get(key, options))
  }

  async getRange(key: string, range: ByteRange, options?: CallOptions): Promise<Uint8Array | undefined> {
    return await this.#read({ operation: 'getRange', key }, () => this.#inner.getRange(key, range, options))
  }

  async head(key: string, options?: CallOptions): Promise<ObjectHead | undefined> {
    return await this.#read({ operation: 'head', key }, () => this.#inner.head(key, options))
  }

  async list(prefix: string, options?: ListOptions): Promise<ObjectHead[]> {
    return await this.#read({ operation: 'list', key: prefix }, () => this.#inner.list(prefix, options))
  }

  async put(key: string, content: Uint8Array | readonly Uint8Array[], options?: CallOptions): Promise<void> {
    await this.#write({ operation: 'put', key }, () => this.#inner.put(key, content, options))
  }

  async putIfAbsent(key: string, bytes: Uint8Array, options?: CallOptions): Promise<'created' | 'exists'> {
    return await this.#write({ operation: 'putIfAbsent', key }, () => this.#inner.putIfAbsent(key, bytes, options))
  }

  async delete(key: string, options?: CallOptions): Promise<void> {
    await this.#write({ operation: 'delete', key }, () => this.#inner.delete(key, options))
  }

  async #read<T>(call: StoreCall, work: () => Promise<T>): Promise<T> {
    const fault = this.#plan(call)
    if (fault.kind === 'none') return await work()
    if (fault.kind !== 'late-answer') throw storeUnavailable(call, new Error(`planned: ${fault.kind}`))
    const answer = await work()
    await this.#clock.sleep(fault.delayMs)
    return answer
  }

  async #write<T>(call: StoreCall, work: () => Promise<T>): Promise<T> {
    const fault = this.#plan(call)
    switch (fault.kind) {
      case 'none':
        return await work()
      case 'refused':
        throw storeUnavailable(call, new Error('planned: refused'))
      case 'lost-answer':
        await work()
        throw storeOutcomeUnknown(call, new Error('planned: lost answer'))
      case 'late-answer': {
        const answer = await work()
        await this.#clock.sleep(fault.delayMs)
        return answer
      }
      case 'late-work':
        this.#doLater(fault.delayMs, work)
        throw storeOutcomeUnknown(call, new Error('planned: late work'))
    }
  }

  /** Nobody hears how it ends; `settled` only hears that it has. */
  #doLater(delayMs: number, work: () => Promise<unknown>): void {
    const late = this.#clock
      .sleep(delayMs)
      .then(work)
      .catch(() => {})
      .finally(() => this.#lateWork.delete(late))
    this.#lateWork.add(late)
  }
}
