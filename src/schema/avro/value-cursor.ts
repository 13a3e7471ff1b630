import { asBuffer } from '../../shared/bytes.ts'
import { limits } from '../../shared/limits.ts'
import { RecordError } from '../language.ts'

/** A place in a schema; together with the cursor's item numbers and keys it is a place in a value. */
export type Location = readonly PathStep[]

export type PathStep =
  | { readonly kind: 'field'; readonly name: string }
  /** The current item of the array at this level of nesting. */
  | { readonly kind: 'item'; readonly level: number }
  /** The current key of the map at this level of nesting. */
  | { readonly kind: 'key'; readonly level: number }

/**
 * Where a decoder is in one value. One cursor serves all records of a decoder: its fields are small integers, so that
 * moving it allocates nothing. The path is put into words only when a record fails.
 */
export class ValueCursor {
  bytes: Uint8Array = NO_BYTES
  position = 0
  end = 0
  /** The halves of the last long read, two's complement. */
  low = 0
  high = 0
  /** Where the current array or map block must end; -1 when it did not say. */
  blockEnd = -1
  /** Index into the locations: what is being read. */
  at = 0
  /** By level of nesting: the number of the current item, and where the current map key is. */
  readonly itemIndexes = new Int32Array(limits.nestingMax + 1)
  readonly keyStarts = new Int32Array(limits.nestingMax + 1)
  readonly keyEnds = new Int32Array(limits.nestingMax + 1)
  /** What arrays and maps may still grow to in this value. */
  zeroByteItemsLeft = 0
  cellsLeft = 0
  readonly #locations: readonly Location[]

  /** `locations[0]` is the root. */
  constructor(locations: readonly Location[]) {
    this.#locations = locations
  }

  begin(bytes: Uint8Array, start: number, end: number): void {
    this.bytes = bytes
    this.position = start
    this.end = end
    this.at = 0
    this.zeroByteItemsLeft = limits.zeroByteItemsMax
    this.cellsLeft = Math.min(limits.valueCellsMax, limits.valueCellsOfFewBytesMax + limits.valueCellsPerByteMax * (end - start))
  }

  /** Keeps no batch in memory between records. */
  release(): void {
    this.bytes = NO_BYTES
  }

  /** Ends the record as invalid. */
  fail(reason: string): never {
    const path = this.#path()
    this.release()
    throw new RecordError(path, reason)
  }

  #path(): string {
    const steps = (this.#locations[this.at] ?? []).map((step) => {
      switch (step.kind) {
        case 'field':
          return `.${step.name}`
        case 'item':
          return `[${this.itemIndexes[step.level]}]`
        case 'key':
          return `[${quotedText(this.bytes, this.keyStarts[step.level] ?? 0, this.keyEnds[step.level] ?? 0)}]`
      }
    })
    return `$${steps.join('')}`
  }
}

const NO_BYTES = new Uint8Array()

/** Text for a message: at most so many characters, malformed UTF-8 replaced. */
export function quotedText(bytes: Uint8Array, start: number, end: number): string {
  const lengthMax = limits.quotedValueLengthMax
  // No character takes more than four bytes.
  const text = asBuffer(bytes.subarray(start, Math.min(end, start + lengthMax * 4))).toString('utf8')
  return JSON.stringify(text.length > lengthMax ? `${text.slice(0, lengthMax)}…` : text)
}

export function byteCount(count: number | string): string {
  return `${count} ${Number(count) === 1 ? 'byte' : 'bytes'}`
}

/** The last long read, in decimal: for messages only. */
export function longText({ low, high }: ValueCursor): string {
  return String((BigInt(high) << 32n) | BigInt(low >>> 0))
}
