import fc from 'fast-check'
import { expect, test } from 'vitest'
import { inProcessLane } from '../../src/lanes/in-process-lane.ts'
import type { Ticket } from '../../src/lanes/lane.ts'
import { patchBatchInPlace } from '../../src/protocol/records/batch.ts'
import { limits } from '../../src/shared/limits.ts'
import { LaneUnderTest } from './lane-under-test.ts'
import { batchOf, DAY_MS, newYearMs, order, rowsOf, tableKey } from './orders.ts'

type Step =
  /** Large ones fill a piece of memory with three batches. */
  | { readonly kind: 'judge'; readonly days: readonly number[]; readonly isLarge: boolean }
  | { readonly kind: 'adopt' | 'adopt-at' | 'discard'; readonly which: number }
  | { readonly kind: 'decode'; readonly days: readonly number[]; readonly skipCount: number }
  | { readonly kind: 'cut' }

const days = fc.array(fc.integer({ min: 0, max: 2 }), { minLength: 1, maxLength: 4 })
const steps: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('judge' as const), days, isLarge: fc.boolean() }) },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constantFrom('adopt' as const, 'adopt' as const, 'adopt-at' as const, 'discard' as const),
      which: fc.nat(9),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('decode' as const), days, skipCount: fc.nat(2) }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'cut' as const }) },
)

const LARGE = 'x'.repeat(limits.judgedPieceBytes / 3)

/** Runs the steps and remembers what each offset must become. */
class Model {
  readonly expected = new Map<bigint, { id: number; day: number }>()
  readonly found = new Map<bigint, { id: number; day: number }>()
  readonly #given: LaneUnderTest
  readonly #waiting: { ticket: Ticket; ids: number[]; days: readonly number[] }[] = []
  #lastId = 0
  #nextOffset = 0n

  constructor(given: LaneUnderTest) {
    this.#given = given
    given.openOrders('day')
  }

  async run(step: Step): Promise<void> {
    if (step.kind === 'judge') await this.#judge(step.days, step.isLarge)
    else if (step.kind === 'decode') await this.#decode(step.days, step.skipCount)
    else if (step.kind === 'cut') await this.cut()
    else await this.#settle(step.kind, step.which)
  }

  async cut(): Promise<void> {
    for (const chunk of await this.#given.lane.cut(tableKey)) {
      for (const row of rowsOf([chunk])) {
        const offset = row['_kafka_offset'] as bigint
        expect(this.found.has(offset)).toBe(false)
        const day = Number((row['_kafka_timestamp'] as bigint) / 1_000n - BigInt(newYearMs)) / DAY_MS
        expect(chunk.partitionValue).toBe(newYearMs / DAY_MS + day)
        this.found.set(offset, { id: Number(row['id']), day })
      }
    }
  }

  #orders(dayNumbers: readonly number[], isLarge: boolean) {
    const ids = dayNumbers.map(() => ++this.#lastId)
    const item = isLarge ? LARGE.slice(0, LARGE.length / dayNumbers.length) : 'x'
    return { ids, records: dayNumbers.map((day, index) => order(ids[index] as number, { item, atMs: newYearMs + day * DAY_MS })) }
  }

  async #judge(dayNumbers: readonly number[], isLarge: boolean): Promise<void> {
    const { ids, records } = this.#orders(dayNumbers, isLarge)
    this.#waiting.push({ ticket: await this.#given.ticketOf(records), ids, days: dayNumbers })
  }

  async #settle(kind: 'adopt' | 'adopt-at' | 'discard', which: number): Promise<void> {
    const [batch] = this.#waiting.splice(which % Math.max(1, this.#waiting.length), 1)
    if (!batch) return
    if (kind === 'discard') return this.#given.lane.discard(batch.ticket)
    const logDay = 1
    const logTime = kind === 'adopt-at' ? BigInt(newYearMs + logDay * DAY_MS) : null
    expect(await this.#given.adopt(batch.ticket, this.#nextOffset, logTime)).toMatchObject({ kind: 'adopted' })
    batch.ids.forEach((id, index) =>
      this.expected.set(this.#nextOffset++, { id, day: logTime === null ? (batch.days[index] as number) : logDay }),
    )
  }

  async #decode(dayNumbers: readonly number[], skipCount: number): Promise<void> {
    const { ids, records } = this.#orders(dayNumbers, false)
    const batch = batchOf(records)
    patchBatchInPlace(batch, { baseOffset: this.#nextOffset, partitionLeaderEpoch: 0, logAppendTimeMs: null })
    const fromOffset = this.#nextOffset + BigInt(skipCount)
    await this.#given.decode([batch], { fromOffset })
    for (const [index, id] of ids.entries()) {
      const offset = this.#nextOffset++
      if (offset >= fromOffset) this.expected.set(offset, { id, day: dayNumbers[index] as number })
    }
  }
}

test('whatever is judged, adopted, discarded, decoded and cut in whatever order, each adopted row leaves once, with its offset and its day', async () => {
  const given = new LaneUnderTest(inProcessLane())
  await fc.assert(
    fc.asyncProperty(fc.array(steps, { maxLength: 40 }), async (sequence) => {
      const model = new Model(given)
      for (const step of sequence) await model.run(step)
      await model.cut()
      expect(model.found).toEqual(model.expected)
    }),
    { numRuns: 60 },
  )
  await given.lane.close()
})
