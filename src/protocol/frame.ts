import { assert } from '../shared/assert.ts'
import { HeadgateError } from '../shared/errors.ts'
import type { FramePool } from './frame-pool.ts'
import { Writer } from './writer.ts'

const lengthBytes = 4

/**
 * Cuts the chunks of one socket into frames: four bytes of length, then that many bytes. A length is checked before
 * anything is allocated for it. Every frame has memory of its own, so that whoever reads the socket may read into the
 * same memory again; of a large frame it may read the rest straight to where it belongs.
 */
export class FrameSplitter {
  /** Frames above this are refused. Set it low until the connection is authenticated, and raise it then. */
  frameBytesMax: number
  readonly #pool: FramePool | undefined
  readonly #length = Buffer.alloc(lengthBytes)
  #lengthFilled = 0
  /** The frame being gathered, once its length is known and its bytes are not all there. */
  #frame: Buffer | undefined
  #frameFilled = 0

  /** Frames are taken from the pool, if there is one; whoever gets them gives them back. */
  constructor(frameBytesMax: number, pool?: FramePool) {
    this.frameBytesMax = frameBytesMax
    this.#pool = pool
  }

  /** Size of the frame that has begun and is not all there, 0 for none. */
  get begunFrameBytes(): number {
    return this.#frame?.byteLength ?? 0
  }

  /** Where the next bytes of the stream belong, as far as they are of the frame that has begun. */
  get rest(): Buffer | undefined {
    return this.#frame?.subarray(this.#frameFilled)
  }

  /**
   * Calls `onFrame` for every frame that the chunk completes, in order. Throws HeadgateError 'malformed' or 'too-large'
   * at an impossible length, after the frames before it; the stream cannot be read any further then.
   */
  push(chunk: Buffer, onFrame: (frame: Uint8Array) => void): void {
    let position = 0
    while (position < chunk.byteLength) {
      if (this.#frame) {
        const copied = chunk.copy(this.#frame, this.#frameFilled, position)
        this.filledRest(copied, onFrame)
        position += copied
      } else position += this.#gatherLength(chunk, position, onFrame)
    }
  }

  /** The next `byteCount` bytes of the stream were written to the beginning of `rest`. */
  filledRest(byteCount: number, onFrame: (frame: Uint8Array) => void): void {
    const frame = this.#frame
    assert(frame && this.#frameFilled + byteCount <= frame.byteLength, 'bytes behind the end of a frame')
    this.#frameFilled += byteCount
    if (this.#frameFilled < frame.byteLength) return
    this.#frame = undefined
    onFrame(frame)
  }

  /** Answers how many bytes of the chunk it used. */
  #gatherLength(chunk: Buffer, position: number, onFrame: (frame: Uint8Array) => void): number {
    const copied = chunk.copy(this.#length, this.#lengthFilled, position)
    this.#lengthFilled += copied
    if (this.#lengthFilled < lengthBytes) return copied
    this.#lengthFilled = 0
    const frameBytes = checkedFrameBytes(this.#length.readInt32BE(0), this.frameBytesMax)
    this.#frame = this.#pool?.take(frameBytes) ?? Buffer.allocUnsafe(frameBytes)
    this.#frameFilled = 0
    if (frameBytes === 0) this.filledRest(0, onFrame)
    return copied
  }
}

/** A frame as segments for writev, its length before what `write` writes. */
export function encodeFrame(write: (writer: Writer) => void): readonly Uint8Array[] {
  const writer = new Writer()
  writer.int32(0)
  write(writer)
  const segments = writer.segments()
  setFrameBytes(segments, writer.byteLength - lengthBytes)
  return segments
}

function setFrameBytes([first]: readonly Uint8Array[], frameBytes: number): void {
  assert(first !== undefined && first.byteLength >= lengthBytes, 'a frame starts with its length')
  assert(frameBytes <= 0x7fff_ffff, 'a frame above 2 GiB')
  new DataView(first.buffer, first.byteOffset, lengthBytes).setInt32(0, frameBytes)
}

function checkedFrameBytes(frameBytes: number, frameBytesMax: number): number {
  if (frameBytes >= 0 && frameBytes <= frameBytesMax) return frameBytes
  throw new HeadgateError(
    frameBytes < 0 ? 'malformed' : 'too-large',
    `a frame of ${frameBytes} bytes, ${frameBytesMax} are allowed here${likelyProtocol(frameBytes)}`,
    { facts: { frameBytes, frameBytesMax } },
  )
}

/** The length that the first bytes of another protocol would make, for the operator who mixed up two ports. */
function likelyProtocol(frameBytes: number): string {
  if (frameBytes >>> 16 === 0x1603) return '; these bytes begin a TLS handshake, and this port speaks plain Kafka'
  const text = String.fromCharCode(...[24, 16, 8, 0].map((shift) => (frameBytes >>> shift) & 0xff))
  return httpStarts.has(text) ? '; these bytes begin an HTTP request, and this port speaks Kafka' : ''
}

const httpStarts: ReadonlySet<string> = new Set(['GET ', 'POST', 'PUT ', 'HEAD', 'DELE', 'OPTI', 'PATC', 'CONN', 'PRI '])
