import { HeadgateError } from '../../shared/errors.ts'
import { limits } from '../../shared/limits.ts'
import type { Output } from '../command.ts'
import type { Producer, SendOutcome } from '../kafka/producer.ts'
import { countText, plural } from '../output/number-text.ts'
import { withoutControls } from '../output/text-width.ts'
import type { LineBatch, LineBatches } from './line-batches.ts'
import type { EncodedLine } from './line-encoder.ts'

/** What was stored so far. */
export interface Sent {
  readonly recordCount: number
  /** Of keys and values, before compression. */
  readonly byteCount: number
  /** Offsets by partition; `nextOffset` is exclusive. Records of others may lie between. -1 when nobody said (acks=0). */
  readonly ranges: ReadonlyMap<number, { readonly firstOffset: bigint; readonly nextOffset: bigint }>
}

export interface LineSenderOptions {
  readonly producer: Producer
  readonly batches: LineBatches
  readonly topic: string
  readonly stderr: Output
  readonly clearProgress: () => void
}

/**
 * Gathers encoded lines and sends them. A line that cannot be encoded counts as the server's refusal does: what was
 * gathered with it is not sent, its lines are named on stderr, and HeadgateError ends the work.
 */
export class LineSender {
  readonly #options: LineSenderOptions
  readonly #ranges = new Map<number, { firstOffset: bigint; nextOffset: bigint }>()
  #refused: RefusedLine[] = []
  #recordCount = 0
  #byteCount = 0

  constructor(options: LineSenderOptions) {
    this.#options = options
  }

  get sent(): Sent {
    return { recordCount: this.#recordCount, byteCount: this.#byteCount, ranges: this.#ranges }
  }

  async add(encoded: EncodedLine, lineNumber: number, nowMs: number): Promise<void> {
    if (encoded.kind === 'blank') return
    if (encoded.kind === 'refused') {
      this.#refused.push({ lineNumber, reason: encoded.reason })
      return
    }
    const { batches } = this.#options
    const record = { ...encoded.record, timestampMs: BigInt(nowMs) }
    if (batches.isFullFor(record)) await this.flush()
    batches.add(record, lineNumber)
  }

  /** Sends what was gathered and waits for the answer. */
  async flush(): Promise<void> {
    const batches = this.#options.batches.take()
    if (this.#refused.length > 0) {
      const lineNumbers = [...batches.flatMap((batch) => batch.lineNumbers), ...this.#refused.map(({ lineNumber }) => lineNumber)]
      const reason = `invalid: ${countText(this.#refused.length)} of ${countText(lineNumbers.length)}`
      throw this.#refusal(this.#refused, lineNumbers, new HeadgateError('malformed', reason))
    }
    if (batches.length === 0) return
    const outcomes = await this.#options.producer.send(batches)
    for (const [index, batch] of batches.entries()) this.#noteStored(batch, outcomes[index])
    for (const [index, batch] of batches.entries()) this.#throwIfRefused(batch, outcomes[index])
  }

  #noteStored({ partition, records }: LineBatch, outcome: SendOutcome | undefined): void {
    if (outcome?.kind !== 'stored') return
    this.#recordCount += records.length
    this.#byteCount += records.reduce((sum, { key, value }) => sum + (key?.byteLength ?? 0) + (value?.byteLength ?? 0), 0)
    const { baseOffset } = outcome
    const firstOffset = this.#ranges.get(partition)?.firstOffset ?? baseOffset
    this.#ranges.set(partition, { firstOffset, nextOffset: baseOffset < 0n ? -1n : baseOffset + BigInt(records.length) })
  }

  #throwIfRefused({ lineNumbers }: LineBatch, outcome: SendOutcome | undefined): void {
    if (outcome?.kind !== 'refused') return
    const invalid = outcome.invalidRecords.map(({ index, reason }) => ({ lineNumber: lineNumbers[index] ?? 0, reason }))
    throw this.#refusal(invalid, lineNumbers, outcome.failure)
  }

  /** Names the lines, and sums up in the error. */
  #refusal(refused: readonly RefusedLine[], lineNumbers: readonly number[], { kind, message }: HeadgateError): HeadgateError {
    const { stderr, clearProgress, topic } = this.#options
    clearProgress()
    for (const { lineNumber, reason } of refused.slice(0, limits.refusedLinesMax))
      stderr.write(`line ${lineNumber}: ${withoutControls(reason)}\n`)
    if (refused.length > limits.refusedLinesMax) stderr.write(`and ${countText(refused.length - limits.refusedLinesMax)} lines more\n`)
    const first = Math.min(...lineNumbers)
    const last = Math.max(...lineNumbers)
    const lines = first === last ? `line ${first}` : `${plural(lineNumbers.length, 'line')} from ${first} to ${last}`
    return new HeadgateError(kind, `not stored: ${lines} (${message}); stored in ${topic} before: ${plural(this.#recordCount, 'record')}`)
  }
}

interface RefusedLine {
  readonly lineNumber: number
  readonly reason: string
}
