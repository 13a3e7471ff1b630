import { LakeTruth, type FoundTable, type Row } from './lake-truth.ts'
import type { OrderProducer, SentRecord } from './order-producer.ts'
import type { SimulatedTopic } from './simulated-topic.ts'
import type { World } from './world.ts'

/** Holds the tables against the log, and both against what producers were told. */
export class TableCheck {
  readonly #world: World
  readonly #truth: LakeTruth
  readonly #sent: ReadonlyMap<number, SentRecord>
  readonly #producers: readonly OrderProducer[]

  constructor(world: World, sent: ReadonlyMap<number, SentRecord>, producers: readonly OrderProducer[]) {
    this.#world = world
    this.#truth = new LakeTruth(world)
    this.#sent = sent
    this.#producers = producers
  }

  /** Where the log is noted to, by `topicId/partition`: what goes from it now is not forgotten here. */
  async noteLog(): Promise<Map<string, bigint>> {
    const ends = new Map<string, bigint>()
    for (const topic of this.#world.topics)
      for (const place of (await this.#truth.recordsOf(topic)).keys()) {
        const { partition, offset } = parsePlace(place)
        const key = `${topic.topicId}/${partition}`
        if (offset >= (ends.get(key) ?? 0n)) ends.set(key, offset + 1n)
      }
    return ends
  }

  /** The end of what was acknowledged, by partition. */
  acknowledgedEnds(topic: SimulatedTopic): Map<number, bigint> {
    const ends = new Map<number, bigint>()
    for (const { partition, baseOffset, ids } of this.#acknowledged(topic)) {
      const end = baseOffset + BigInt(ids.length)
      if (end > (ends.get(partition) ?? 0n)) ends.set(partition, end)
    }
    return ends
  }

  /** The tables of the topic, in these formats, have come as far as that. */
  async tablesHold(topic: SimulatedTopic, ends: ReadonlyMap<number, bigint>, formats = topic.formats): Promise<void> {
    for (const { format, nextOffsets } of await this.#tables(topic, formats))
      for (const [partition, end] of ends)
        if ((nextOffsets.get(partition) ?? 0n) < end) throw new Error(`the ${format} table of ${topic.name} lacks ${partition}:${end - 1n}`)
  }

  /** At any time a table holds exactly the records below the offsets that it says it has come to. */
  async tablesOf(topic: SimulatedTopic): Promise<void> {
    const records = await this.#truth.recordsOf(topic)
    for (const { format, rows, nextOffsets } of await this.#tables(topic)) {
      const isReached = (place: string): boolean => {
        const { partition, offset } = parsePlace(place)
        return offset < (nextOffsets.get(partition) ?? 0n)
      }
      const expected = [...records].filter(([place, { id }]) => this.#sent.get(id)?.isOrder && isReached(place))
      assertSame(
        rows.map(describeRow),
        expected.map(([place, row]) => describeRow({ ...row, place })),
        `the ${format} table of ${topic.name}`,
      )
    }
  }

  /** The same, of all tables, when they have come to the end of the log; and every producer got what it was promised. */
  async everything(): Promise<void> {
    for (const topic of this.#world.topics) {
      const records = await this.#truth.recordsOf(topic)
      for (const { partition, baseOffset, ids } of this.#acknowledged(topic))
        for (const [index, id] of ids.entries())
          if (records.get(`${partition}:${baseOffset + BigInt(index)}`)?.id !== id)
            throw new Error(`order ${id} was acknowledged and is not there`)
      const ends = [...(await this.noteLog())].filter(([key]) => key.startsWith(topic.topicId))
      await this.tablesHold(topic, new Map(ends.map(([key, end]) => [Number(key.split('/')[1]), end])))
      await this.tablesOf(topic)
    }
    const wronged = this.#producers.flatMap((producer) => producer.wronged)
    if (wronged.length > 0) throw new Error(wronged.join('\n'))
  }

  #acknowledged(topic: SimulatedTopic): OrderProducer['acknowledged'] {
    return this.#producers.flatMap(({ acknowledged }) => acknowledged).filter((batch) => batch.topic === topic)
  }

  async #tables(topic: SimulatedTopic, formats = topic.formats): Promise<(FoundTable & { readonly format: string })[]> {
    return Promise.all(
      formats.map(async (format) => ({
        format,
        ...(format === 'iceberg' ? await this.#truth.icebergTable(topic) : await this.#truth.deltaTable(topic)),
      })),
    )
  }
}

function parsePlace(place: string): { readonly partition: number; readonly offset: bigint } {
  const [partition = '', offset = ''] = place.split(':')
  return { partition: Number(partition), offset: BigInt(offset) }
}

function describeRow({ place, id, atMs }: Row & { readonly place: string }): string {
  return `${place} is order ${id} at ${atMs}`
}

/** Both as they are, doubles included, in any order. */
function assertSame(found: readonly string[], expected: readonly string[], what: string): void {
  const missing = differenceOf(expected, found)
  const surplus = differenceOf(found, expected)
  if (missing.length + surplus.length === 0) return
  throw new Error(
    `${what} lacks ${missing.slice(0, 5).join(', ') || 'nothing'}; too much is ${surplus.slice(0, 5).join(', ') || 'nothing'}`,
  )
}

function differenceOf(all: readonly string[], taken: readonly string[]): string[] {
  const left = new Map<string, number>()
  for (const each of taken) left.set(each, (left.get(each) ?? 0) + 1)
  return all.filter((each) => {
    const count = left.get(each) ?? 0
    left.set(each, count - 1)
    return count <= 0
  })
}
