import { viewOf } from '../../shared/bytes.ts'

/** xxHash32 with seed 0 (xxhash_spec.md): the checksum inside LZ4 frames. */
const prime1 = 0x9e3779b1
const prime2 = 0x85ebca77
const prime3 = 0xc2b2ae3d
const prime4 = 0x27d4eb2f
const prime5 = 0x165667b1
const stripeBytes = 16

export function xxHash32(bytes: Uint8Array): number {
  const view = viewOf(bytes)
  const stripesEnd = bytes.length - (bytes.length % stripeBytes)
  const seed = stripesEnd > 0 ? hashStripes(view, stripesEnd) : prime5
  return avalanche(hashTail(view, stripesEnd, (seed + bytes.length) | 0))
}

function hashStripes(view: DataView, end: number): number {
  let lane1 = (prime1 + prime2) | 0
  let lane2 = prime2 | 0
  let lane3 = 0
  let lane4 = -prime1 | 0
  for (let position = 0; position < end; position += stripeBytes) {
    lane1 = round(lane1, view.getUint32(position, true))
    lane2 = round(lane2, view.getUint32(position + 4, true))
    lane3 = round(lane3, view.getUint32(position + 8, true))
    lane4 = round(lane4, view.getUint32(position + 12, true))
  }
  return (rotate(lane1, 1) + rotate(lane2, 7) + rotate(lane3, 12) + rotate(lane4, 18)) | 0
}

function hashTail(view: DataView, start: number, seed: number): number {
  let hash = seed
  let position = start
  for (; position + 4 <= view.byteLength; position += 4)
    hash = Math.imul(rotate((hash + Math.imul(view.getUint32(position, true), prime3)) | 0, 17), prime4)
  for (; position < view.byteLength; position++)
    hash = Math.imul(rotate((hash + Math.imul(view.getUint8(position), prime5)) | 0, 11), prime1)
  return hash
}

function round(lane: number, word: number): number {
  return Math.imul(rotate((lane + Math.imul(word, prime2)) | 0, 13), prime1)
}

function avalanche(seed: number): number {
  let hash = Math.imul(seed ^ (seed >>> 15), prime2)
  hash = Math.imul(hash ^ (hash >>> 13), prime3)
  return (hash ^ (hash >>> 16)) >>> 0
}

function rotate(value: number, bits: number): number {
  return (value << bits) | (value >>> (32 - bits))
}
