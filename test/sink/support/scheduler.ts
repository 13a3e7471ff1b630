import type { Clock } from '../../../src/shared/clock.ts'
import { randomInt, type Random } from '../../../src/shared/random.ts'
import { ThreadPoolWatch } from './thread-pool.ts'

interface Waiter {
  readonly life: Life
  readonly untilMs: number
  readonly resume: () => void
}

/**
 * The order of events, from a seed. Whatever waits goes on when it is drawn among those whose time has come, and nothing
 * else moves meanwhile; time goes on to the earliest sleeper when nobody else waits, and now and then before that.
 */
export class Scheduler {
  readonly threadPool = new ThreadPoolWatch()
  readonly #random: Random
  #nowMs = 1_700_000_000_000
  #waiters: Waiter[] = []
  #working = 0

  constructor(random: Random) {
    this.#random = random
  }

  now(): number {
    return this.#nowMs
  }

  /** A process, or a network: what waits in it can be made to wait for ever. */
  newLife(): Life {
    return new Life(this)
  }

  add(waiter: Waiter): void {
    this.#waiters.push(waiter)
  }

  remove(waiter: Waiter): void {
    this.#waiters = this.#waiters.filter((other) => other !== waiter)
  }

  removeAll(life: Life): void {
    this.#waiters = this.#waiters.filter((waiter) => waiter.life !== life)
  }

  /** Work that takes many turns of the event loop, such as an encoder's: the next event waits for it. */
  async whole<T>(work: Promise<T>): Promise<T> {
    this.#working++
    try {
      return await work
    } finally {
      this.#working--
    }
  }

  /** Lets one thing go on, and everything that follows from it without waiting; false when nothing waits. */
  async turn(): Promise<boolean> {
    await this.#settled()
    const drawn = this.#draw()
    if (!drawn) return false
    this.remove(drawn)
    this.#nowMs = Math.max(this.#nowMs, drawn.untilMs)
    drawn.resume()
    await this.#settled()
    return true
  }

  /** Turns until the promise is settled. Throws when nothing waits any more, or not within so many turns. */
  async until<T>(promise: Promise<T>, { turnsMax = 50_000 } = {}): Promise<T> {
    const settled = new AbortController()
    const note = (): void => settled.abort()
    promise.then(note, note)
    await this.#settled()
    for (let turn = 0; !settled.signal.aborted; turn++) {
      const isAlive = await this.turn()
      if (settled.signal.aborted) break
      if (!isAlive) throw new Error('nothing waits any more, and what is awaited has not come')
      if (turn >= turnsMax) throw new Error(`what is awaited has not come within ${turnsMax} turns`)
    }
    return promise
  }

  #draw(): Waiter | undefined {
    const due = this.#waiters.filter(({ untilMs }) => untilMs <= this.#nowMs)
    const next = this.#nextSleeper()
    const isTimePassing = next !== undefined && next.untilMs - this.#nowMs <= STALL_MS_MAX && this.#random.next() < 0.1
    return due.length > 0 && !isTimePassing ? due[randomInt(this.#random, due.length)] : next
  }

  #nextSleeper(): Waiter | undefined {
    const sleeping = this.#waiters.filter(({ untilMs }) => untilMs > this.#nowMs)
    return sleeping.reduce<Waiter | undefined>((next, waiter) => (next && next.untilMs <= waiter.untilMs ? next : waiter), undefined)
  }

  /** All promise reactions have run, and so has what the thread pool did for them. */
  async #settled(): Promise<void> {
    do await nextMacrotask()
    while (this.#working > 0 || !this.threadPool.isIdle)
    await nextMacrotask()
  }
}

/** For so long, at most, somebody who could go on does not while time passes. */
const STALL_MS_MAX = 10_000

/** The time of one process: its sleeps, and steps at which others may go first. */
export class Life implements Clock {
  readonly #scheduler: Scheduler
  #isOver = false

  constructor(scheduler: Scheduler) {
    this.#scheduler = scheduler
  }

  now(): number {
    return this.#scheduler.now()
  }

  sleep(durationMs: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.#isOver) return
      if (signal?.aborted) return reject(signal.reason as Error)
      const onAbort = (): void => {
        this.#scheduler.remove(waiter)
        reject(signal?.reason as Error)
      }
      const waiter: Waiter = {
        life: this,
        untilMs: this.now() + durationMs,
        resume: () => {
          signal?.removeEventListener('abort', onAbort)
          resolve()
        },
      }
      signal?.addEventListener('abort', onAbort, { once: true })
      this.#scheduler.add(waiter)
    })
  }

  step(): Promise<void> {
    return this.sleep(0)
  }

  whole<T>(work: Promise<T>): Promise<T> {
    return this.#scheduler.whole(work)
  }

  /** The process is killed: nothing in it goes on. */
  end(): void {
    this.#isOver = true
    this.#scheduler.removeAll(this)
  }
}

function nextMacrotask(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
