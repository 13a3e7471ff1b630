/**
 * The outside of a Zstandard frame (RFC 8878, section 3.1.1), walked before node:zlib sees it: what size it declares, and
 * that it is whole and the only one. Depending on its version, node:zlib stops after the first frame, goes on, or
 * swallows a few bytes of garbage, all without an error.
 */
import { HeadgateError } from '../../shared/errors.ts'
import { viewOf } from '../../shared/bytes.ts'

const frameMagic = 0xfd2fb528
const dictionaryIdBytes = [0, 1, 2, 4] as const
const checksumBytes = 4
const blockHeaderBytes = 3
const blockTypes = { raw: 0, runLength: 1, compressed: 2, reserved: 3 } as const

/** Throws HeadgateError `malformed` (for skippable frames too: they hold no records), or `too-large`. */
export function checkZstdFrame(bytes: Uint8Array, { bytesMax }: { bytesMax: number }): void {
  const view = viewOf(bytes)
  const { contentBytes, blocksStart, hasChecksum } = readFrameHeader(view)
  if (contentBytes !== undefined && contentBytes > bytesMax)
    throw new HeadgateError('too-large', `zstd: ${contentBytes} bytes declared; at most ${bytesMax} are allowed`, {
      facts: { declaredBytes: contentBytes, bytesMax },
    })
  const frameEnd = endOfBlocks(view, blocksStart) + (hasChecksum ? checksumBytes : 0)
  if (frameEnd > bytes.length) throw malformed('the checksum is cut off', bytes.length)
  if (frameEnd < bytes.length) throw malformed(`${bytes.length - frameEnd} bytes after the end of the frame`, frameEnd)
}

interface FrameHeader {
  /** Undefined when the frame does not say, as streaming writers leave it. */
  readonly contentBytes: bigint | undefined
  readonly hasChecksum: boolean
  readonly blocksStart: number
}

function readFrameHeader(view: DataView): FrameHeader {
  if (view.byteLength < 5 || view.getUint32(0, true) !== frameMagic) throw malformed('not a Zstandard frame', 0)
  const descriptor = view.getUint8(4)
  const isSingleSegment = (descriptor & 0x20) !== 0
  const contentSizeAt = 5 + (isSingleSegment ? 0 : 1) + (dictionaryIdBytes[descriptor & 3] ?? 0)
  const contentSizeBytes = contentSizeFieldBytes(descriptor >> 6, isSingleSegment)
  const blocksStart = contentSizeAt + contentSizeBytes
  if (view.byteLength < blocksStart) throw malformed('the frame header is cut off', view.byteLength)
  return { contentBytes: readContentSize(view, contentSizeAt, contentSizeBytes), hasChecksum: (descriptor & 4) !== 0, blocksStart }
}

function contentSizeFieldBytes(flag: number, isSingleSegment: boolean): number {
  return flag === 0 ? (isSingleSegment ? 1 : 0) : 2 ** flag
}

function readContentSize(view: DataView, at: number, length: number): bigint | undefined {
  switch (length) {
    case 1:
      return BigInt(view.getUint8(at))
    case 2:
      // Two bytes count from 256: one byte would do below it.
      return BigInt(view.getUint16(at, true) + 256)
    case 4:
      return BigInt(view.getUint32(at, true))
    case 8:
      return view.getBigUint64(at, true)
    default:
      return undefined
  }
}

function endOfBlocks(view: DataView, blocksStart: number): number {
  let position = blocksStart
  for (;;) {
    if (view.byteLength - position < blockHeaderBytes) throw malformed('the last block is missing', position)
    const header = view.getUint16(position, true) | (view.getUint8(position + 2) << 16)
    const isLast = (header & 1) === 1
    const type = (header >> 1) & 3
    if (type === blockTypes.reserved) throw malformed('a block of the reserved type', position)
    position += blockHeaderBytes + (type === blockTypes.runLength ? 1 : header >> 3)
    if (position > view.byteLength) throw malformed('a block runs past the end', view.byteLength)
    if (isLast) return position
  }
}

function malformed(reason: string, position: number): HeadgateError {
  return new HeadgateError('malformed', `zstd: ${reason}`, { facts: { position } })
}
