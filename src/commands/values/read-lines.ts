import { HeadgateError } from '../../shared/errors.ts'
import { limits } from '../../shared/limits.ts'

/** Lines that came together: what one read of a file or pipe completes. */
export interface LineGroup {
  /** Counted from 1. */
  readonly firstLine: number
  /** Without their line feeds. They share memory with what was read. */
  readonly lines: readonly Uint8Array[]
}

/**
 * Cuts a stream of bytes into lines, as soon as they are there. A last line without a line feed counts. Throws
 * `too-large` for a line above `limits.lineBytesMax`.
 */
export async function* readLines(input: AsyncIterable<Uint8Array | string>): AsyncGenerator<LineGroup> {
  let firstLine = 1
  let rest: Uint8Array[] = []
  let restBytes = 0
  for await (const chunk of input) {
    const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : chunk
    const lines: Uint8Array[] = []
    let start = 0
    for (let end = bytes.indexOf(LINE_FEED); end >= 0; end = bytes.indexOf(LINE_FEED, start)) {
      const tail = bytes.subarray(start, end)
      lines.push(rest.length === 0 ? tail : Buffer.concat([...rest, tail]))
      rest = []
      restBytes = 0
      start = end + 1
    }
    if (start < bytes.length) {
      rest.push(bytes.subarray(start))
      restBytes += bytes.length - start
    }
    if (restBytes > limits.lineBytesMax)
      throw new HeadgateError('too-large', `line ${firstLine + lines.length} is longer than ${limits.lineBytesMax} bytes`)
    if (lines.length > 0) yield { firstLine, lines }
    firstLine += lines.length
  }
  if (restBytes > 0) yield { firstLine, lines: [Buffer.concat(rest)] }
}

const LINE_FEED = 0x0a
