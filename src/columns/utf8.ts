import { isUtf8 as isUtf8View } from 'node:buffer'

/** Up to so many bytes a loop is cheaper than the view that a call of the platform needs (measured on Node 26). */
export const SHORT_BYTES_MAX = 32

/** Whether `bytes[start, end)` is well-formed UTF-8. Short ASCII, which is most of what comes, costs no view. */
export function isUtf8(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start <= SHORT_BYTES_MAX) {
    let seen = 0
    for (let index = start; index < end; index++) seen |= bytes[index] as number
    if (seen < 0x80) return true
  }
  return isUtf8View(bytes.subarray(start, end))
}
