import { viewOf } from '../../shared/bytes.ts'

/**
 * The two moves of every LZ77 format: copy literals from the input, and repeat what was written before. Short copies
 * go four bytes at a time and may write up to three bytes too many, which the next copy overwrites; near the end of the
 * output they go byte by byte. Callers have checked that source and target lie inside.
 */
export interface ByteWindow {
  readonly bytes: Uint8Array
  readonly view: DataView
}

export function byteWindow(bytes: Uint8Array): ByteWindow {
  return { bytes, view: viewOf(bytes) }
}

const wordBytes = 4
/** From here on the call into native code costs less than the loop. */
const nativeCopyBytesMin = 64

export function copyLiterals(input: ByteWindow, at: number, output: ByteWindow, to: number, length: number): void {
  if (length >= nativeCopyBytesMin) output.bytes.set(input.bytes.subarray(at, at + length), to)
  else if (hasSlack(input, at + length) && hasSlack(output, to + length)) {
    const source = input.view
    const target = output.view
    for (let done = 0; done < length; done += wordBytes) target.setInt32(to + done, source.getInt32(at + done))
  } else for (let done = 0; done < length; done++) output.bytes[to + done] = input.bytes[at + done] as number
}

/** A match longer than its distance repeats what it has just written. */
export function copyMatch(output: ByteWindow, to: number, distance: number, length: number): void {
  const from = to - distance
  if (length >= nativeCopyBytesMin && distance >= length) output.bytes.copyWithin(to, from, from + length)
  else if (distance >= wordBytes && hasSlack(output, to + length)) {
    const view = output.view
    for (let done = 0; done < length; done += wordBytes) view.setInt32(to + done, view.getInt32(from + done))
  } else {
    const bytes = output.bytes
    for (let done = 0; done < length; done++) bytes[to + done] = bytes[from + done] as number
  }
}

function hasSlack({ bytes }: ByteWindow, end: number): boolean {
  return end + wordBytes <= bytes.length
}
