/**
 * Snappy decompression (format_description.txt of google/snappy), raw and in the xerial framing that Java producers
 * send. The declared sizes are read and judged before anything is allocated, and every copy is checked, so hostile
 * bytes cost a HeadgateError and never more memory than the caller allows.
 *
 * Ours, as LZ4's is: the WebAssembly decoder traps without saying what is wrong, and keeps the memory of the largest
 * batch that it ever saw.
 */
import { HeadgateError } from '../../shared/errors.ts'
import { type ByteWindow, byteWindow, copyLiterals, copyMatch } from './lz77-copy.ts'
import { viewOf } from '../../shared/bytes.ts'

/** `\x82SNAPPY\0`, then version and compatible version (int32 each), then chunks of int32 length and raw Snappy. */
const xerialMagic = [0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0x00] as const
const xerialHeaderBytes = 16

/** No element gives more than 64 bytes for 3, so a declared size above this many times the input is a lie. */
const expansionMax = 22

export function decompressSnappy(compressed: Uint8Array, { bytesMax }: { bytesMax: number }): Uint8Array {
  let outputBytes = 0
  for (const chunk of chunksOf(compressed)) outputBytes += chunk.outputBytes
  if (outputBytes > bytesMax)
    throw new HeadgateError('too-large', `snappy: ${outputBytes} bytes declared; at most ${bytesMax} are allowed`, {
      facts: { declaredBytes: outputBytes, bytesMax },
    })
  const input = byteWindow(compressed)
  const output = byteWindow(new Uint8Array(outputBytes))
  let written = 0
  for (const chunk of chunksOf(compressed)) written = decodeChunk(input, chunk, output, written)
  return output.bytes
}

interface Chunk {
  /** Of the first element, after the declared size. */
  readonly start: number
  readonly end: number
  readonly outputBytes: number
}

/** Raw Snappy is one chunk. It cannot be mistaken for xerial: there the magic would be a copy from before the start. */
function* chunksOf(bytes: Uint8Array): Generator<Chunk> {
  if (!isXerial(bytes)) return yield chunkAt(bytes, 0, bytes.length)
  const view = viewOf(bytes)
  for (let position = xerialHeaderBytes; position < bytes.length;) {
    if (bytes.length - position < 4) throw malformed('a chunk length is cut off', position)
    const start = position + 4
    position = start + view.getUint32(position)
    if (position > bytes.length) throw malformed('a chunk runs past the end', start)
    yield chunkAt(bytes, start, position)
  }
}

function isXerial(bytes: Uint8Array): boolean {
  return bytes.length >= xerialHeaderBytes && xerialMagic.every((byte, index) => bytes[index] === byte)
}

/** Reads the declared size: an unsigned varint of at most 32 bits. */
function chunkAt(bytes: Uint8Array, start: number, end: number): Chunk {
  let outputBytes = 0
  for (let position = start, scale = 1; position < end && position < start + 5; position++, scale *= 128) {
    const byte = bytes[position] ?? 0
    outputBytes += (byte & 0x7f) * scale
    if (byte >= 0x80) continue
    if (outputBytes > (end - start) * expansionMax)
      throw malformed(`${outputBytes} bytes declared for ${end - start} compressed ones`, start)
    return { start: position + 1, end, outputBytes }
  }
  throw malformed('the declared size is not a varint of 32 bits', start)
}

/** Answers where the next chunk's output starts. */
function decodeChunk(input: ByteWindow, { start, end, outputBytes }: Chunk, output: ByteWindow, outputStart: number): number {
  const bytes = input.bytes
  const outputEnd = outputStart + outputBytes
  let at = start
  let to = outputStart
  while (at < end) {
    const tag = bytes[at++] as number
    const kind = tag & 3
    let length = kind === 1 ? ((tag >> 2) & 7) + 4 : (tag >> 2) + 1
    const extraBytes = kind === 0 ? Math.max(0, length - 60) : kind === 3 ? 4 : kind
    if (extraBytes > end - at) throw malformed('an element is cut off', at)
    if (kind === 0) {
      if (extraBytes > 0) length = littleEndian(bytes, at, extraBytes) + 1
      at += extraBytes
      if (length > end - at) throw malformed('a literal runs past the end', at)
      if (length > outputEnd - to) throw malformed('more bytes than declared', at)
      copyLiterals(input, at, output, to, length)
      at += length
    } else {
      const distance = kind === 1 ? ((tag & 0xe0) << 3) | (bytes[at] as number) : littleEndian(bytes, at, extraBytes)
      at += extraBytes
      if (distance === 0 || distance > to - outputStart) throw malformed('a copy from before the start', at)
      if (length > outputEnd - to) throw malformed('more bytes than declared', at)
      copyMatch(output, to, distance, length)
    }
    to += length
  }
  if (to !== outputEnd) throw malformed(`${to - outputStart} bytes where ${outputBytes} were declared`, at)
  return to
}

function littleEndian(bytes: Uint8Array, at: number, length: number): number {
  let value = bytes[at] as number
  for (let index = 1, scale = 256; index < length; index++, scale *= 256) value += (bytes[at + index] as number) * scale
  return value
}

function malformed(reason: string, position: number): HeadgateError {
  return new HeadgateError('malformed', `snappy: ${reason}`, { facts: { position } })
}
