import { HeadgateError } from '../shared/errors.ts'
import type { Log } from '../log/log.ts'
import type { OffsetRange, TableProgress } from '../tables/table-commit.ts'

/** How far one partition is. All offsets are the next one to come. */
export interface Cursor {
  readonly partition: number
  /** Rows below are in the table. */
  committedOffset: bigint
  /** Rows below were handed to the lane, in this order: a cut taken now holds them all. */
  issuedOffset: bigint
  highTimestampMs: bigint
  isCatchingUp: boolean
}

/** Where every partition of a topic is between its log and its table. */
export class PartitionCursors {
  readonly #topic: { readonly name: string; readonly topicId: string }
  readonly #log: Pick<Log, 'offsets'>
  readonly #cursors = new Map<number, Cursor>()

  constructor(topic: { readonly name: string; readonly topicId: string }, log: Pick<Log, 'offsets'>) {
    this.#topic = topic
    this.#log = log
  }

  get size(): number {
    return this.#cursors.size
  }

  get(partition: number): Cursor | undefined {
    return this.#cursors.get(partition)
  }

  /** Starts a partition where the table is. Throws HeadgateError `fenced` when the log cannot be the table's. */
  open(partition: number, { nextOffsets }: TableProgress): Cursor {
    const committedOffset = nextOffsets.get(partition) ?? 0n
    const cursor = { partition, committedOffset, issuedOffset: committedOffset, highTimestampMs: -1n, isCatchingUp: false }
    this.#cursors.set(partition, cursor)
    this.skipRemoved(cursor)
    return cursor
  }

  /** Offsets that retention removed before the table existed cannot come any more. */
  skipRemoved(cursor: Cursor): void {
    const offsets = this.#log.offsets(this.#topic.topicId, cursor.partition)
    if (!offsets) return
    if (cursor.committedOffset > offsets.nextOffset) {
      throw new HeadgateError(
        'fenced',
        `the table of topic ${this.#topic.name} holds offset ${cursor.committedOffset - 1n} of partition ${cursor.partition}, but the log ends at ${offsets.nextOffset}; the log and the table do not belong together`,
      )
    }
    if (offsets.logStartOffset > cursor.issuedOffset) cursor.issuedOffset = offsets.logStartOffset
  }

  isBehind({ partition, issuedOffset }: Cursor): boolean {
    const offsets = this.#log.offsets(this.#topic.topicId, partition)
    return offsets !== undefined && offsets.nextOffset > issuedOffset
  }

  behind(): Cursor[] {
    return [...this.#cursors.values()].filter((cursor) => this.isBehind(cursor))
  }

  /** Whether the table holds all that the log does. */
  isAllCommitted(): boolean {
    return this.behind().length === 0 && this.ranges().length === 0
  }

  /** What was issued and is not committed, partition by partition. */
  ranges(): OffsetRange[] {
    return [...this.#cursors.values()]
      .filter(({ issuedOffset, committedOffset }) => issuedOffset > committedOffset)
      .map(({ partition, committedOffset, issuedOffset, highTimestampMs }) => ({
        partition,
        offsetFirst: committedOffset,
        nextOffset: issuedOffset,
        highTimestampMs,
      }))
  }

  committed(ranges: readonly OffsetRange[]): void {
    for (const { partition, nextOffset } of ranges) {
      const cursor = this.#cursors.get(partition)
      if (cursor) cursor.committedOffset = nextOffset
    }
  }

  committedOffset(partition: number): bigint {
    return this.#cursors.get(partition)?.committedOffset ?? 0n
  }

  /** Whether a cut taken now would hold everything below the offsets. */
  holdsIssued(offsets: ReadonlyMap<number, bigint>): boolean {
    return [...offsets].every(([partition, offset]) => (this.#cursors.get(partition)?.issuedOffset ?? 0n) >= offset)
  }

  holdsCommitted(offsets: ReadonlyMap<number, bigint>): boolean {
    return [...offsets].every(([partition, offset]) => this.committedOffset(partition) >= offset)
  }
}
