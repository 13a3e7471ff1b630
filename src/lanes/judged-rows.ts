import { assert } from '../shared/assert.ts'
import { limits } from '../shared/limits.ts'
import type { JudgedBatch } from './batch-judge.ts'
import type { Ticket } from './lane.ts'
import { TableRows } from './table-rows.ts'
import type { TableShape } from './table-shape.ts'

/** Rows `[start, end)` of a piece, judged together and adopted together. */
export interface RowRange {
  readonly rows: TableRows
  /** The topic partition they belong to. */
  readonly partition: number
  readonly start: number
  readonly end: number
  readonly timestampMsMin: number
  readonly timestampMsMax: number
}

/** The rows that were appended from `start` on. */
export function rangeOf(rows: TableRows, start: number, partition: number, judged: JudgedBatch & { kind: 'valid' }): RowRange {
  const { timestampMsMin, timestampMsMax } = judged
  return { rows, partition, start, end: rows.length, timestampMsMin, timestampMsMax }
}

/** Bytes of judged rows that wait, over all tables of a lane. */
export interface JudgedMemory {
  byteLength: number
}

/**
 * Judged rows of one table that wait for their offsets. They lie one batch after the other in pieces of memory that are
 * used again once all of their batches are gone, so that a judged batch allocates nothing of its own.
 */
export class JudgedRows {
  readonly #shape: TableShape
  readonly #memory: JudgedMemory
  readonly #batches = new Map<Ticket, { range: RowRange; piece: Piece; byteLength: number }>()
  #open: Piece
  #idle: Piece[] = []

  constructor(shape: TableShape, memory: JudgedMemory) {
    this.#shape = shape
    this.#memory = memory
    this.#open = this.#newPiece()
  }

  tickets(): Iterable<Ticket> {
    return this.#batches.keys()
  }

  /** Where the next batch's rows are to be appended; whoever does not `keep` them truncates. */
  rowsToAppend(): TableRows {
    if (this.#open.byteLength >= limits.judgedPieceBytes) this.#open = this.#idle.pop() ?? this.#newPiece()
    this.#open.wasUsed = true
    return this.#open.rows
  }

  keep(ticket: Ticket, range: RowRange): void {
    const piece = this.#open
    assert(piece.rows === range.rows && range.end === piece.rows.length, 'rows that were not appended last')
    const pieceBytes = piece.rows.columns.byteLength
    const byteLength = pieceBytes - piece.byteLength
    this.#batches.set(ticket, { range, piece, byteLength })
    piece.byteLength = pieceBytes
    piece.batchCount++
    this.#memory.byteLength += byteLength
  }

  rangeOf(ticket: Ticket): RowRange | undefined {
    return this.#batches.get(ticket)?.range
  }

  /** Forgets a batch; its memory is used again when its neighbours are gone too. */
  release(ticket: Ticket): void {
    const batch = this.#batches.get(ticket)
    if (!batch) return
    this.#batches.delete(ticket)
    this.#memory.byteLength -= batch.byteLength
    if (--batch.piece.batchCount > 0) return
    batch.piece.rows.truncate(0)
    batch.piece.byteLength = 0
    if (batch.piece !== this.#open) this.#idle.push(batch.piece)
  }

  /** Gives memory back that was not needed since the last call. */
  shrink(): void {
    this.#idle = this.#idle.filter((piece) => piece.wasUsed)
    for (const piece of this.#idle) piece.wasUsed = false
    if (!this.#open.wasUsed && this.#open.batchCount === 0) this.#open = this.#newPiece()
    this.#open.wasUsed = false
  }

  #newPiece(): Piece {
    return { rows: new TableRows(this.#shape), batchCount: 0, byteLength: 0, wasUsed: false }
  }
}

interface Piece {
  readonly rows: TableRows
  batchCount: number
  byteLength: number
  wasUsed: boolean
}
