import type { SegmentFiles, SegmentReader, SegmentWriter } from '../../../src/log/segment-files.ts'
import { assert } from '../../../src/shared/assert.ts'
import { HeadgateError } from '../../../src/shared/errors.ts'
import { concatBytes } from '../../../src/shared/bytes.ts'
import { randomInt, type Random } from '../../../src/shared/random.ts'

interface SimulatedFile {
  bytes: Uint8Array<ArrayBuffer>
  /** What survives a power loss. */
  syncedBytes: number
}

export interface FileFaults {
  readonly random: Random
  /** How often, between 0 and 1, a write stops half-way, or a sync fails. */
  readonly failedWrite: number
  readonly failedSync: number
  readonly failedCreate: number
  readonly failedRead: number
  /** Waits between the steps of an operation. */
  readonly step: () => Promise<void>
}

/** A directory in memory that tells what is written from what is synced. */
export class SimulatedFiles implements SegmentFiles {
  readonly files = new Map<string, SimulatedFile>()
  readonly #faults: FileFaults | undefined
  /** Set, the next operation of its kind fails, and no other. */
  failNext: 'create' | 'write' | 'sync' | undefined

  constructor(faults?: FileFaults) {
    this.#faults = faults
  }

  async list(): Promise<string[]> {
    await this.#faults?.step()
    return [...this.files.keys()]
  }

  async create(name: string): Promise<SegmentWriter> {
    await this.#step(this.#faults?.failedCreate, 'cannot create')
    this.#failOnce('create')
    assert(!this.files.has(name), 'a file name was used twice')
    const file = { bytes: new Uint8Array(0), syncedBytes: 0 }
    this.files.set(name, file)
    let isBroken = false
    return {
      append: async (chunks) => {
        assert(!isBroken, 'writing again after a failure')
        isBroken = true
        await this.#write(file, concatBytes(chunks))
        await this.#sync(file)
        isBroken = false
      },
      close: async () => {},
    }
  }

  async open(name: string): Promise<SegmentReader | undefined> {
    await this.#step(this.#faults?.failedRead, 'cannot open')
    const file = this.files.get(name)
    if (!file) return undefined
    return {
      read: async (position, length) => {
        await this.#step(this.#faults?.failedRead, 'cannot read')
        if (position + length > file.bytes.length) throw new HeadgateError('store-corrupt', 'the file ends early')
        assert(position + length <= file.syncedBytes, 'reading bytes that were never synced')
        return file.bytes.slice(position, position + length)
      },
      close: async () => {},
    }
  }

  async remove(name: string): Promise<void> {
    await this.#faults?.step()
    this.files.delete(name)
  }

  /** Loses what was not synced: none, a part or all of it. */
  crash(random: Random): void {
    for (const file of this.files.values()) {
      const kept = file.syncedBytes + randomInt(random, file.bytes.length - file.syncedBytes + 1)
      file.bytes = file.bytes.slice(0, kept)
      file.syncedBytes = kept
    }
  }

  async #write(file: SimulatedFile, bytes: Uint8Array): Promise<void> {
    await this.#faults?.step()
    const isTorn = this.#happens(this.#faults?.failedWrite)
    const written = isTorn && this.#faults ? bytes.subarray(0, randomInt(this.#faults.random, bytes.length)) : bytes
    file.bytes = concatBytes([file.bytes, written])
    this.#failOnce('write')
    if (isTorn) throw new Error('no space left (a fault on purpose)')
  }

  async #sync(file: SimulatedFile): Promise<void> {
    await this.#step(this.#faults?.failedSync, 'cannot sync')
    this.#failOnce('sync')
    file.syncedBytes = file.bytes.length
    await this.#faults?.step()
  }

  async #step(failureRate: number | undefined, message: string): Promise<void> {
    await this.#faults?.step()
    if (this.#happens(failureRate)) throw new Error(`${message} (a fault on purpose)`)
  }

  #failOnce(operation: NonNullable<SimulatedFiles['failNext']>): void {
    if (this.failNext !== operation) return
    this.failNext = undefined
    throw new Error(`cannot ${operation}, once (a fault on purpose)`)
  }

  #happens(rate: number | undefined): boolean {
    return this.#faults !== undefined && this.#faults.random.next() < (rate ?? 0)
  }
}
