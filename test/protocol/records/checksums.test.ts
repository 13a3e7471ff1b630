import { crc32c as wasmCrc32c } from '@platformatic/wasm-utils'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { crc32c } from '../../../src/protocol/records/crc32c.ts'
import { xxHash32 } from '../../../src/protocol/records/xxhash32.ts'

test('CRC-32C has the check value of RFC 3720 and of another implementation', () => {
  expect(crc32c(new Uint8Array(32))).toBe(0x8a9136aa)
  expect(crc32c(Buffer.from('123456789'))).toBe(0xe3069283)
  fc.assert(fc.property(fc.uint8Array({ minLength: 1, maxLength: 300 }), (bytes) => crc32c(bytes) === wasmCrc32c(bytes)))
})

test('CRC-32C goes on where it stopped', () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 100 }),
      fc.uint8Array({ maxLength: 100 }),
      (head, tail) => crc32c(tail, crc32c(head)) === crc32c(Buffer.concat([head, tail])),
    ),
  )
})

/** Computed by the reference implementation (xxhash 0.8). */
for (const [text, hash] of [
  ['', 0x02cc5d05],
  ['a', 0x550d7456],
  ['abc', 0x32d153ff],
  ['Nobody inspects the spammish repetition', 0xe2293b2f],
] as const)
  test(`xxHash32 of "${text}"`, () => expect(xxHash32(Buffer.from(text))).toBe(hash))
