import { crc32 } from 'node:zlib'
import { concatBytes } from '../../src/shared/bytes.ts'
import { type Random, randomInt } from '../../src/shared/random.ts'

/** Bytes of any length up to 300 kB that end in a checksum of the rest: half of them is not whole. */
export function selfProvingBytes(random: Random): Uint8Array {
  const content = Buffer.alloc(1 + randomInt(random, 300_000), random.bytes(64))
  const checksum = Buffer.alloc(4)
  checksum.writeUInt32LE(crc32(content))
  return concatBytes([content, checksum])
}

export function isWhole(bytes: Uint8Array): boolean {
  return bytes.length > 4 && Buffer.from(bytes).readUInt32LE(bytes.length - 4) === crc32(bytes.subarray(0, -4))
}
