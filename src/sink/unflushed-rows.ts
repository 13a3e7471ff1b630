import type { AdoptOutcome, Lane } from '../lanes/lane.ts'
import { FileGeneration } from './file-generation.ts'
import { isFlushDue, type Unflushed } from './flush-policy.ts'
import { LaneBuffers } from './lane-buffers.ts'
import type { SessionContext } from './session-context.ts'
import type { SessionWork } from './session-work.ts'

/** Whoever flushes: told when there is a reason to. */
export interface Flusher {
  /** A flush may be due by the flush policy. */
  wake(): void
  /** A flush is to come whether one is due or not. */
  requestFlush(): void
}

/** The rows of a topic since its last flush began: in the lanes' buffers, and chunk by chunk in the files of the next commit. */
export class UnflushedRows {
  readonly #context: SessionContext
  readonly #work: SessionWork
  readonly #flusher: Flusher
  readonly #buffers: LaneBuffers
  #generation: FileGeneration
  #oldestRowMs: number | undefined

  constructor(context: SessionContext, work: SessionWork, flusher: Flusher) {
    this.#context = context
    this.#work = work
    this.#flusher = flusher
    this.#buffers = new LaneBuffers(context.topicId, context.memory)
    this.#generation = this.#newGeneration()
  }

  amount(): Unflushed {
    const { encodedBytes, openBytes } = this.#generation
    const { memory, generation } = this.#context
    const compressionRatio = generation.compression.value
    return { sinceMs: this.#oldestRowMs, bufferedBytes: memory.bytes + openBytes, encodedBytes, compressionRatio }
  }

  /** Rows are on their way into a lane's buffers. */
  noteIssued(): void {
    this.#oldestRowMs ??= this.#context.clock.now()
  }

  /** How often the lane was cut: to be remembered with what is asked of it. */
  cutsOf(lane: Lane): number {
    return this.#buffers.cutsOf(lane)
  }

  /** A lane's buffers have grown: full ones move on to the encoder. */
  noteBuffered(lane: Lane, outcome: Extract<AdoptOutcome, { kind: 'adopted' }>, cutsWhenAsked: number): void {
    if (!this.#buffers.note(lane, outcome, cutsWhenAsked)) return
    const { bounds, clock, settings } = this.#context
    if (outcome.bufferedBytes >= bounds.chunkBytes || outcome.bufferedRows >= bounds.rowGroupRows) this.#handOver(lane)
    // The encoder holds them, whatever they are expected to become.
    if (this.#generation.openBytes >= bounds.openRowGroupsBytesMax) this.#flusher.requestFlush()
    // Rows of many days open many files: they are ended early, so that their number is bounded.
    if (outcome.partitionCount >= bounds.openPartitionsMax) this.#flusher.requestFlush()
    if (isFlushDue(this.amount(), settings, clock.now())) this.#flusher.wake()
  }

  /** Cuts everything issued so far; what is issued from here on belongs to the next files. */
  cutAll(): { readonly generation: FileGeneration; readonly writes: readonly Promise<void>[] } {
    const generation = this.#generation
    const writes = this.#context.lanes.map((lane) => generation.write(this.#buffers.cut(lane)))
    this.#generation = this.#newGeneration()
    this.#oldestRowMs = undefined
    return { generation, writes }
  }

  /** Gives up the files that were begun. */
  abort(): void {
    this.#generation.abort()
  }

  /** Moves a lane's full buffers to the encoder; the file goes on. */
  #handOver(lane: Lane): void {
    void this.#work.track(this.#generation.write(this.#buffers.cut(lane)))
  }

  #newGeneration(): FileGeneration {
    return new FileGeneration(this.#context.generation, this.#context.memory)
  }
}
