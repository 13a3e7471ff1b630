import { FaultyPointer, type PointerFault } from '../../../src/catalogs/faults.ts'
import type { Catalog, TableIdentifier } from '../../../src/catalogs/catalog.ts'
import type { LakeRoot } from '../../../src/objects/lake-root.ts'
import { uriOf } from '../../../src/objects/lake-root.ts'
import type { JsonObject } from '../../../src/shared/json.ts'
import type { CurrentMetadata, SwapOutcome, TablePointer } from '../../../src/tables/iceberg/table-pointer.ts'
import type { Life } from './scheduler.ts'

/** A catalog that outlives the processes that use it. Every swap meets the faults that `nextFault` deals out. */
export class MemoryCatalog {
  readonly #tables = new Map<string, { readonly truth: MemoryPointer; readonly faulty: FaultyPointer }>()
  readonly #root: LakeRoot
  readonly #nextFault: () => PointerFault

  constructor(root: LakeRoot, nextFault: () => PointerFault) {
    this.#root = root
    this.#nextFault = nextFault
  }

  /** The catalog as one process sees it. */
  seenBy(life: Life): Catalog {
    return {
      createNamespace: async () => ({ kind: 'exists' }),
      listTables: async () => [],
      pointer: (table) => steppingPointer(this.#table(table).faulty, life),
      drop: async () => ({ kind: 'not-found' }),
      close: async () => {},
    }
  }

  truthOf(table: TableIdentifier): TablePointer {
    return this.#table(table).truth
  }

  /** Lets the swaps arrive that their callers have given up on. */
  async settle(): Promise<void> {
    for (const { faulty } of this.#tables.values()) await faulty.settle()
  }

  #table({ namespace, table }: TableIdentifier): { readonly truth: MemoryPointer; readonly faulty: FaultyPointer } {
    const name = `${namespace}/${table}`
    const known = this.#tables.get(name)
    if (known) return known
    const truth = new MemoryPointer(uriOf(this.#root, `${name}/metadata`))
    const made = { truth, faulty: new FaultyPointer(truth, this.#nextFault) }
    this.#tables.set(name, made)
    return made
  }
}

class MemoryPointer implements TablePointer {
  readonly #folder: string
  #version = 0
  #current: CurrentMetadata | undefined

  constructor(folder: string) {
    this.#folder = folder
  }

  async load(): Promise<CurrentMetadata | undefined> {
    return this.#current
  }

  async create(metadata: JsonObject): Promise<{ kind: 'created'; current: CurrentMetadata } | { kind: 'exists' }> {
    if (this.#current) return { kind: 'exists' }
    return { kind: 'created', current: this.#become(metadata) }
  }

  async swap(base: CurrentMetadata, metadata: JsonObject): Promise<SwapOutcome> {
    if (this.#current?.location !== base.location) return { kind: 'conflict' }
    return { kind: 'committed', current: this.#become(metadata) }
  }

  #become(metadata: JsonObject): CurrentMetadata {
    this.#current = { location: `${this.#folder}/${this.#version++}.metadata.json`, metadata }
    return this.#current
  }
}

function steppingPointer(pointer: TablePointer, life: Life): TablePointer {
  return {
    load: () => onItsWay(() => pointer.load()),
    create: (metadata) => onItsWay(() => pointer.create(metadata)),
    swap: (base, metadata) => onItsWay(() => pointer.swap(base, metadata)),
  }

  async function onItsWay<Answer>(call: () => Promise<Answer>): Promise<Answer> {
    await life.step()
    const answer = await call()
    await life.step()
    return answer
  }
}
