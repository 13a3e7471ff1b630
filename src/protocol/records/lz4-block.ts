/**
 * LZ4 blocks (lz4_Block_format.md): sequences of a token, literals, and a match into what was decoded before. Measured
 * first and decoded second, so that the output is allocated once and exactly, whatever a frame declares or leaves out.
 */
import { HeadgateError } from '../../shared/errors.ts'
import { type ByteWindow, copyLiterals, copyMatch } from './lz77-copy.ts'

export interface BlockRange {
  readonly start: number
  readonly end: number
}

const offsetBytes = 2
const matchBytesMin = 4

/**
 * How many bytes the block decodes to: at most 255 times its length, by the format. Proves that every length lies in
 * the block; where matches reach back to is checked while decoding.
 */
export function lz4BlockOutputBytes(input: Uint8Array, { start, end }: BlockRange): number {
  let at = start
  let outputBytes = 0
  for (;;) {
    if (at >= end) throw malformed('a block ends without its last literals', at)
    const token = input[at++] as number
    let literalBytes = token >> 4
    if (literalBytes === 15)
      for (let more = 255; more === 255; literalBytes += more) {
        if (at >= end) throw malformed('a literal length is cut off', at)
        more = input[at++] as number
      }
    at += literalBytes
    outputBytes += literalBytes
    if (at >= end) break
    at += offsetBytes
    let matchBytes = token & 15
    if (matchBytes === 15)
      for (let more = 255; more === 255; matchBytes += more) {
        if (at >= end) throw malformed('a match length is cut off', at)
        more = input[at++] as number
      }
    outputBytes += matchBytes + matchBytesMin
  }
  if (at > end) throw malformed('literals run past the end of a block', at)
  return outputBytes
}

/**
 * Decodes a block that was measured (its lengths are not checked again) and answers where its output ends. Matches
 * reach back to `windowStart`: where the block's output starts, or the frame's when its blocks are linked.
 */
export function decodeLz4Block(
  input: ByteWindow,
  { start, end }: BlockRange,
  output: ByteWindow,
  outputStart: number,
  windowStart: number,
): number {
  const bytes = input.bytes
  let at = start
  let to = outputStart
  while (at < end) {
    const token = bytes[at++] as number
    let literalBytes = token >> 4
    if (literalBytes === 15) for (let more = 255; more === 255; literalBytes += more) more = bytes[at++] as number
    copyLiterals(input, at, output, to, literalBytes)
    at += literalBytes
    to += literalBytes
    if (at >= end) break
    const distance = (bytes[at] as number) | ((bytes[at + 1] as number) << 8)
    at += offsetBytes
    let matchBytes = token & 15
    if (matchBytes === 15) for (let more = 255; more === 255; matchBytes += more) more = bytes[at++] as number
    matchBytes += matchBytesMin
    if (distance === 0 || distance > to - windowStart) throw malformed('a match from before the start', at)
    copyMatch(output, to, distance, matchBytes)
    to += matchBytes
  }
  return to
}

function malformed(reason: string, position: number): HeadgateError {
  return new HeadgateError('malformed', `lz4: ${reason}`, { facts: { position } })
}
