import { assert } from '../shared/assert.ts'
import type { Clock } from '../shared/clock.ts'
import { HeadgateError, isErrorOfKind, messageOf } from '../shared/errors.ts'
import { limits } from '../shared/limits.ts'
import type { Random } from '../shared/random.ts'
import type { LogPieces, PiecePosition } from './log-pieces.ts'
import { newPieceName, pieceBegunAtMs } from './piece-name.ts'
import { openSegmentDirectory, type SegmentFiles, type SegmentWriter } from './segment-files.ts'
import { SegmentReaders } from './segment-readers.ts'

export interface SegmentOptions {
  readonly clock: Clock
  readonly random: Random
  readonly segmentBytesMax?: number
  readonly segmentFilesOpenMax?: number
}

interface ActiveSegment {
  readonly piece: string
  readonly writer: SegmentWriter
  sizeBytes: number
}

export async function openSegmentPieces(directory: string, options: SegmentOptions): Promise<LogPieces> {
  try {
    return new SegmentPieces(await openSegmentDirectory(directory), options)
  } catch (error) {
    throw unavailable(`cannot open the log directory ${directory}`, error)
  }
}

/**
 * The log in files: one segment grows at a time and is closed at a size. A process that starts begins a new segment, so
 * the torn tail that a crash left is never continued or read: no indexed batch names it.
 */
export class SegmentPieces implements LogPieces {
  readonly #files: SegmentFiles
  readonly #options: SegmentOptions
  readonly #readers: SegmentReaders
  readonly #segmentBytesMax: number
  #active: ActiveSegment | undefined
  #isAppending = false

  constructor(files: SegmentFiles, options: SegmentOptions) {
    this.#files = files
    this.#options = options
    this.#segmentBytesMax = options.segmentBytesMax ?? limits.segmentBytesMax
    this.#readers = new SegmentReaders(files, options.segmentFilesOpenMax ?? limits.segmentFilesOpenMax)
  }

  async append(chunks: readonly Uint8Array[]): Promise<PiecePosition> {
    assert(!this.#isAppending, 'two appends at once')
    this.#isAppending = true
    try {
      return await this.#append(chunks)
    } catch (error) {
      await this.#abandon()
      throw unavailable('cannot write to the log', error)
    } finally {
      this.#isAppending = false
    }
  }

  async read(piece: string, { position, length }: { position: number; length: number }): Promise<Uint8Array<ArrayBuffer> | undefined> {
    try {
      return await this.#readers.read(fileNameOf(piece), position, length)
    } catch (error) {
      throw isErrorOfKind(error, 'store-corrupt') ? error : unavailable(`cannot read the log piece ${piece}`, error)
    }
  }

  async listFinished(): Promise<string[]> {
    const names = await this.#files.list().catch((error: unknown) => fail('cannot list the log', error))
    const pieces = names.map(pieceOfFile).filter((piece) => piece !== undefined)
    return pieces.filter((piece) => piece !== this.#active?.piece).sort()
  }

  async delete(piece: string): Promise<void> {
    assert(piece !== this.#active?.piece, 'deleting the segment that is being written')
    await this.#readers.forget(fileNameOf(piece))
    await this.#files.remove(fileNameOf(piece)).catch((error: unknown) => fail(`cannot delete the log piece ${piece}`, error))
  }

  async close(): Promise<void> {
    const active = this.#active
    this.#active = undefined
    await active?.writer.close()
    await this.#readers.close()
  }

  async #append(chunks: readonly Uint8Array[]): Promise<PiecePosition> {
    const byteLength = chunks.reduce((sum, chunk) => sum + chunk.byteLength, 0)
    const segment = await this.#segmentFor(byteLength)
    const position = segment.sizeBytes
    await segment.writer.append(chunks)
    segment.sizeBytes += byteLength
    return { piece: segment.piece, position }
  }

  async #segmentFor(byteLength: number): Promise<ActiveSegment> {
    if (this.#active && this.#active.sizeBytes + byteLength > this.#segmentBytesMax) await this.#finish()
    if (this.#active) return this.#active
    const piece = newPieceName(this.#options)
    this.#active = { piece, writer: await this.#files.create(fileNameOf(piece)), sizeBytes: 0 }
    return this.#active
  }

  async #finish(): Promise<void> {
    const active = this.#active
    this.#active = undefined
    await active?.writer.close()
  }

  /**
   * After a failed write the length is unknown, and after a failed sync so is what the disk holds: the kernel may have
   * dropped the pages and report success next time (PostgreSQL's fsync lesson). Neither is tried again on this file.
   */
  async #abandon(): Promise<void> {
    const failed = this.#active
    await this.#finish().catch(() => undefined)
    // Nothing in it was ever acknowledged. On a full disk every attempt would leave another file.
    if (failed?.sizeBytes === 0) await this.#files.remove(fileNameOf(failed.piece)).catch(() => undefined)
  }
}

const suffix = '.log'

function fileNameOf(piece: string): string {
  return piece + suffix
}

/** Undefined for files that somebody else put there. */
function pieceOfFile(fileName: string): string | undefined {
  const piece = fileName.endsWith(suffix) ? fileName.slice(0, -suffix.length) : ''
  return pieceBegunAtMs(piece) === undefined ? undefined : piece
}

function fail(what: string, cause: unknown): never {
  throw unavailable(what, cause)
}

function unavailable(what: string, cause: unknown): HeadgateError {
  return new HeadgateError('store-unavailable', `${what}: ${messageOf(cause)}`, { cause })
}
