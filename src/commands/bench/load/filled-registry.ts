import { join } from 'node:path'
import { Registry } from '../../../registry/registry.ts'
import { assert } from '../../../shared/assert.ts'
import { systemClock } from '../../../shared/clock.ts'
import { systemRandom } from '../../../shared/random.ts'
import { openStateStore } from '../../../state/open.ts'
import type { SchemaChange, SchemaRows, SchemaState } from '../../../state/state-store.ts'
import { schemaText, subjectName, VERSIONS_PER_SUBJECT } from './many-schemas.ts'

export interface RegistryToFill {
  readonly dataDir: string
  readonly schemaCount: number
  readonly signal: AbortSignal
}

/**
 * Registers so many schemas in a data directory that no server has open yet. Each goes through the registration that a
 * server would do; only the transactions are larger, because a sync of the disk for each schema takes most of the time.
 */
export async function fillRegistry({ dataDir, schemaCount, signal }: RegistryToFill): Promise<void> {
  const store = await openStateStore(join(dataDir, 'state.db'), { clock: systemClock, random: systemRandom })
  try {
    const state = new GroupedChanges(store.schemas, await store.schemas.revision())
    const registry = await Registry.open({ state, clock: systemClock, tableOf: () => undefined })
    for (let index = 0; index < schemaCount; index++) {
      signal.throwIfAborted()
      const subject = Math.floor(index / VERSIONS_PER_SUBJECT)
      const schema = schemaText(subject, (index % VERSIONS_PER_SUBJECT) + 1)
      await registry.register(subjectName(subject), { schemaType: 'AVRO', schema, references: [] }, { isNormalized: false })
    }
    await state.flush()
  } finally {
    await store.close()
  }
}

const CHANGES_PER_TRANSACTION = 20_000

/** A store that acknowledges changes before they are written, many at once: for data that can be made again. */
class GroupedChanges implements SchemaState {
  readonly #store: SchemaState
  #storedRevision: bigint
  #revision: bigint
  #pending: SchemaChange[] = []
  readonly #texts = new Map<string, string>()

  constructor(store: SchemaState, revision: bigint) {
    this.#store = store
    this.#storedRevision = revision
    this.#revision = revision
  }

  load<Result>(read: (rows: SchemaRows) => Result): Promise<Result> {
    return this.#store.load(read)
  }

  async revision(): Promise<bigint> {
    return this.#revision
  }

  textOf(context: string, schemaId: number): string | undefined {
    return this.#texts.get(textKey(context, schemaId)) ?? this.#store.textOf(context, schemaId)
  }

  async apply(expectedRevision: bigint, changes: readonly SchemaChange[]): Promise<{ kind: 'applied'; revision: bigint }> {
    assert(expectedRevision === this.#revision, 'somebody else writes to the store that is filled')
    this.#pending.push(...changes)
    for (const change of changes)
      if (change.kind === 'put-schema') this.#texts.set(textKey(change.schema.context, change.schema.schemaId), change.text)
    if (this.#pending.length >= CHANGES_PER_TRANSACTION) await this.flush()
    return { kind: 'applied', revision: ++this.#revision }
  }

  /** Resolves when everything acknowledged is on disk. */
  async flush(): Promise<void> {
    const outcome = await this.#store.apply(this.#storedRevision, this.#pending)
    assert(outcome.kind === 'applied', 'somebody else writes to the store that is filled')
    this.#storedRevision = outcome.revision
    this.#pending = []
    this.#texts.clear()
  }
}

function textKey(context: string, schemaId: number): string {
  return `${schemaId}/${context}`
}
