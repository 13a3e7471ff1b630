import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { asTableMetadata } from '../../../tables/iceberg/metadata.ts'
import { latestOwnSnapshot } from '../../../tables/iceberg/progress.ts'
import { systemClock } from '../../../shared/clock.ts'
import { HeadgateError } from '../../../shared/errors.ts'
import { parseJson, type JsonObject } from '../../../shared/json.ts'
import type { BenchTopic } from '../bench-topic.ts'
import type { Acknowledged } from '../load/producers.ts'

interface Awaited extends Acknowledged {
  readonly acknowledgedMs: number
}

/** How often the table is looked at. */
const LOOK_MS = 10
/** A table that stands still for so long is broken. */
const PATIENCE_MS = 60_000

/**
 * Times how long acknowledged batches take to become visible, as somebody sees it who opens the Iceberg table without
 * asking Headgate: the metadata file that `version-hint.text` names.
 */
export class Visibility {
  readonly #metadataDir: string
  readonly #topic: BenchTopic
  readonly #signal: AbortSignal
  readonly #awaited: Awaited[] = []
  readonly #delaysMs: number[] = []
  #hint = ''

  constructor({ dataDir, topic, signal }: { dataDir: string; topic: BenchTopic; signal: AbortSignal }) {
    this.#metadataDir = join(dataDir, 'lake', 'default', topic.topic, 'metadata')
    this.#topic = topic
    this.#signal = signal
  }

  await(batch: Acknowledged): void {
    this.#awaited.push({ ...batch, acknowledgedMs: performance.now() })
  }

  /** Looks while `work` runs and until everything awaited meanwhile is visible. Answers the delay of each batch, too. */
  async during<Result>(work: () => Promise<Result>): Promise<{ result: Result; delaysMs: readonly number[] }> {
    const ended = new AbortController()
    const stop = new AbortController()
    try {
      const working = work().finally(() => ended.abort())
      const [result] = await Promise.all([working, this.#lookUntilVisible(ended.signal, AbortSignal.any([this.#signal, stop.signal]))])
      return { result, delaysMs: this.#delaysMs }
    } finally {
      stop.abort(new HeadgateError('shutting-down', 'nobody waits any more'))
    }
  }

  async #lookUntilVisible(ended: AbortSignal, stop: AbortSignal): Promise<void> {
    while (!ended.aborted) await this.#lookAndPause(stop)
    const patience = AbortSignal.timeout(PATIENCE_MS)
    while (this.#awaited.length > 0) {
      if (patience.aborted) throw new HeadgateError('commit-contended', `records of ${this.#topic.topic} do not become visible`)
      await this.#lookAndPause(stop)
    }
  }

  async #lookAndPause(stop: AbortSignal): Promise<void> {
    await this.#look()
    await systemClock.sleep(LOOK_MS, stop)
  }

  async #look(): Promise<void> {
    const hint = await textOf(join(this.#metadataDir, 'version-hint.text'))
    if (hint === undefined || hint === this.#hint) return
    const location = join(this.#metadataDir, `${hint}.metadata.json`)
    const text = await textOf(location)
    const nowMs = performance.now()
    if (text === undefined) return
    this.#hint = hint
    const own = latestOwnSnapshot(asTableMetadata(parseJson(text) as JsonObject, location), this.#topic.topicId)
    if (own) this.#settle(own.nextOffsets, nowMs)
  }

  #settle(nextOffsets: ReadonlyMap<number, bigint>, nowMs: number): void {
    const waiting = this.#awaited.splice(0)
    for (const batch of waiting) {
      if (batch.nextOffset <= (nextOffsets.get(batch.partition) ?? 0n)) this.#delaysMs.push(nowMs - batch.acknowledgedMs)
      else this.#awaited.push(batch)
    }
  }
}

/** Undefined when there is no such file: not yet, or no longer. */
async function textOf(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}
