/**
 * LZ4 frame decompression (lz4_Frame_format.md): exactly one frame, as every Kafka producer sends. Frames seldom say
 * how much they hold, so their blocks are measured first; the output is judged against the caller's bound before it is
 * allocated. Checksums are verified where the frame has them; dictionaries are refused.
 *
 * Ours instead of WebAssembly: that decoder bounds nothing, and each malformed frame leaks what it had allocated (seen:
 * 1.6 GB after a thousand).
 */
import { HeadgateError } from '../../shared/errors.ts'
import { decodeLz4Block, lz4BlockOutputBytes } from './lz4-block.ts'
import { byteWindow } from './lz77-copy.ts'
import { xxHash32 } from './xxhash32.ts'
import { viewOf } from '../../shared/bytes.ts'

export function decompressLz4(compressed: Uint8Array, { bytesMax }: { bytesMax: number }): Uint8Array<ArrayBuffer> {
  const descriptor = readDescriptor(compressed)
  const outputBytes = measure(compressed, descriptor, bytesMax)
  const output = new Uint8Array(outputBytes)
  decodeBlocks(compressed, descriptor, output)
  if (descriptor.hasContentChecksum && viewOf(compressed).getUint32(compressed.length - 4, true) !== xxHash32(output))
    throw malformed('the content checksum is wrong', compressed.length - 4)
  return output
}

const frameMagic = 0x184d2204
const version1 = 0b01
/** By the block maximum size code of the BD byte, 4 to 7. */
const blockBytesMaxByCode: Readonly<Record<number, number>> = { 4: 64 << 10, 5: 256 << 10, 6: 1 << 20, 7: 4 << 20 }
const uncompressedBlockBit = 0x80000000

interface Descriptor {
  readonly areBlocksIndependent: boolean
  readonly hasBlockChecksums: boolean
  readonly hasContentChecksum: boolean
  readonly contentBytes: bigint | undefined
  readonly blockBytesMax: number
  /** Where the first block's size is. */
  readonly blocksStart: number
}

function readDescriptor(bytes: Uint8Array): Descriptor {
  const view = viewOf(bytes)
  if (bytes.length < 7) throw malformed('the frame header is cut off', bytes.length)
  if (view.getUint32(0, true) !== frameMagic) throw malformed('not an LZ4 frame', 0)
  const flags = view.getUint8(4)
  if (flags >> 6 !== version1) throw malformed(`unknown frame version ${flags >> 6}`, 4)
  if ((flags & 1) !== 0) throw malformed('the frame needs a dictionary', 4)
  const blockBytesMax = blockBytesMaxByCode[(view.getUint8(5) >> 4) & 7]
  if (blockBytesMax === undefined) throw malformed('unknown block maximum size', 5)
  const hasContentSize = (flags & 8) !== 0
  const checksumAt = hasContentSize ? 14 : 6
  if (bytes.length <= checksumAt) throw malformed('the frame header is cut off', bytes.length)
  if (view.getUint8(checksumAt) !== ((xxHash32(bytes.subarray(4, checksumAt)) >>> 8) & 0xff))
    throw malformed('the frame header checksum is wrong', checksumAt)
  return {
    areBlocksIndependent: (flags & 0x20) !== 0,
    hasBlockChecksums: (flags & 0x10) !== 0,
    hasContentChecksum: (flags & 4) !== 0,
    contentBytes: hasContentSize ? view.getBigUint64(6, true) : undefined,
    blockBytesMax,
    blocksStart: checksumAt + 1,
  }
}

/** Also proves that the frame ends exactly where the bytes end. */
function measure(bytes: Uint8Array, descriptor: Descriptor, bytesMax: number): number {
  const { contentBytes, hasBlockChecksums, blockBytesMax } = descriptor
  if (contentBytes !== undefined && contentBytes > bytesMax) throw tooLarge(contentBytes, bytesMax)
  let outputBytes = 0
  for (const block of blocksOf(bytes, descriptor)) {
    const blockBytes = block.isCompressed ? lz4BlockOutputBytes(bytes, block) : block.end - block.start
    if (blockBytes > blockBytesMax) throw malformed(`a block of ${blockBytes} bytes where ${blockBytesMax} is the maximum`, block.start)
    if (hasBlockChecksums && viewOf(bytes).getUint32(block.end, true) !== xxHash32(bytes.subarray(block.start, block.end)))
      throw malformed('a block checksum is wrong', block.end)
    outputBytes += blockBytes
    if (outputBytes > bytesMax) throw tooLarge(outputBytes, bytesMax)
  }
  if (contentBytes !== undefined && contentBytes !== BigInt(outputBytes))
    throw malformed(`${outputBytes} bytes where ${contentBytes} were declared`, bytes.length)
  return outputBytes
}

function decodeBlocks(bytes: Uint8Array, descriptor: Descriptor, outputBytes: Uint8Array): void {
  const input = byteWindow(bytes)
  const output = byteWindow(outputBytes)
  let to = 0
  for (const block of blocksOf(bytes, descriptor)) {
    if (block.isCompressed) to = decodeLz4Block(input, block, output, to, descriptor.areBlocksIndependent ? to : 0)
    else {
      outputBytes.set(bytes.subarray(block.start, block.end), to)
      to += block.end - block.start
    }
  }
}

interface Block {
  readonly start: number
  readonly end: number
  readonly isCompressed: boolean
}

function* blocksOf(bytes: Uint8Array, { blocksStart, hasBlockChecksums, hasContentChecksum }: Descriptor): Generator<Block> {
  const view = viewOf(bytes)
  const checksumBytes = hasBlockChecksums ? 4 : 0
  let position = blocksStart
  for (;;) {
    if (bytes.length - position < 4) throw malformed('the end mark is missing', position)
    const word = view.getUint32(position, true)
    position += 4
    if (word === 0) break
    const isCompressed = word < uncompressedBlockBit
    const blockBytes = isCompressed ? word : word - uncompressedBlockBit
    if (blockBytes + checksumBytes > bytes.length - position) throw malformed('a block runs past the end', position)
    yield { start: position, end: position + blockBytes, isCompressed }
    position += blockBytes + checksumBytes
  }
  const frameEnd = position + (hasContentChecksum ? 4 : 0)
  if (frameEnd > bytes.length) throw malformed('the content checksum is cut off', position)
  if (frameEnd < bytes.length) throw malformed(`${bytes.length - frameEnd} bytes after the end of the frame`, frameEnd)
}

function malformed(reason: string, position: number): HeadgateError {
  return new HeadgateError('malformed', `lz4: ${reason}`, { facts: { position } })
}

function tooLarge(outputBytes: number | bigint, bytesMax: number): HeadgateError {
  return new HeadgateError('too-large', `lz4: inflates to ${outputBytes} bytes or more; at most ${bytesMax} are allowed`, {
    facts: { outputBytes, bytesMax },
  })
}
