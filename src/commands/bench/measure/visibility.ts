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

  /** Looks until everything awaited while `load` ran is visible. Answers the delay of each batch. */
  async during(load: Promise<unknown>): Promise<readonly number[]> {
    const ended = new AbortController()
    const loading = load.finally(() => ended.abort())
    while (!ended.signal.aborted) await this.#lookAndPause()
    await loading
    const endMs = performance.now()
    while (this.#awaited.length > 0) {
      await this.#lookAndPause()
      if (performance.now() - endMs < PATIENCE_MS) continue
      throw new HeadgateError('commit-contended', `records of ${this.#topic.topic} do not become visible`)
    }
    return this.#delaysMs
  }

  async #lookAndPause(): Promise<void> {
    await this.#look()
    await systemClock.sleep(LOOK_MS, this.#signal)
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
