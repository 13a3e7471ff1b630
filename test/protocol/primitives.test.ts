import { describe, expect, test } from 'vitest'
import { Reader } from '../../src/protocol/reader.ts'
import { Writer } from '../../src/protocol/writer.ts'
import { concatBytes } from '../../src/shared/bytes.ts'
import { fromHex, hexOf } from './wire.ts'

const uuid = '6f1f3c1e-8c5b-4b1d-9d7e-0123456789ab'
const uuidHex = '6f1f3c1e8c5b4b1d9d7e0123456789ab'

describe('unsigned varints take as few bytes as their value needs', () => {
  for (const [value, hex] of [
    [0, '00'],
    [1, '01'],
    [127, '7f'],
    [128, '8001'],
    [300, 'ac02'],
    [16_383, 'ff7f'],
    [16_384, '808001'],
    [2_097_151, 'ffff7f'],
    [2_097_152, '80808001'],
    [268_435_455, 'ffffff7f'],
    [268_435_456, '8080808001'],
    [2_147_483_647, 'ffffffff07'],
    [4_294_967_295, 'ffffffff0f'],
  ] as const)
    test(String(value), () => {
      expect(written((writer) => writer.unsignedVarint(value))).toBe(hex)
      const reader = new Reader(fromHex(hex))
      expect(reader.unsignedVarint()).toBe(value)
      expect(reader.bytesLeft).toBe(0)
    })

  for (const value of [-1, 4_294_967_296, 1.5, Number.NaN])
    test(`${value} has none`, () => expect(() => written((writer) => writer.unsignedVarint(value))).toThrow('is not an unsigned'))
})

describe('primitives have the bytes that the protocol guide gives them', () => {
  for (const [what, hex, write, read, value] of [
    ['bool', '01', (writer) => writer.bool(true), (reader) => reader.bool(), true],
    ['int8', '80', (writer) => writer.int8(-128), (reader) => reader.int8(), -128],
    ['int16', '8000', (writer) => writer.int16(-32_768), (reader) => reader.int16(), -32_768],
    ['int32', '80000000', (writer) => writer.int32(-2_147_483_648), (reader) => reader.int32(), -2_147_483_648],
    ['int64', '8000000000000000', (writer) => writer.int64(-(2n ** 63n)), (reader) => reader.int64(), -(2n ** 63n)],
    ['uuid', uuidHex, (writer) => writer.uuid(uuid), (reader) => reader.uuid(), uuid],
    ['string', '0003c3a962', (writer) => writer.string('éb'), (reader) => reader.string(reader.stringLength()), 'éb'],
    ['compact string', '04c3a962', (writer) => writer.compactString('éb'), (reader) => reader.string(reader.compactLength()), 'éb'],
  ] satisfies [string, string, (writer: Writer) => void, (reader: Reader) => unknown, unknown][])
    test(what, () => {
      expect(written(write)).toBe(hex)
      expect(read(new Reader(fromHex(hex)))).toBe(value)
    })

  test('every other number is true', () => expect(new Reader(fromHex('02')).bool()).toBe(true))
})

describe('numbers that do not fit are refused, not wrapped', () => {
  for (const [what, write] of [
    ['128 is not an int8', (writer) => writer.int8(128)],
    ['-32769 is not an int16', (writer) => writer.int16(-32_769)],
    ['2147483648 is not an int32', (writer) => writer.int32(2_147_483_648)],
    ['9223372036854775808 is not an int64', (writer) => writer.int64(2n ** 63n)],
    ['5 is not an int64', (writer) => writer.int64(5 as unknown as bigint)],
    ['6F1F is not a UUID', (writer) => writer.uuid('6F1F')],
  ] satisfies [string, (writer: Writer) => void][])
    test(what, () => expect(() => written(write)).toThrow(what))
})

test('bytes from 4096 on are segments of their own, smaller ones are copied', () => {
  for (const [byteLength, isHandedThrough] of [
    [4095, false],
    [4096, true],
  ] as const) {
    const payload = new Uint8Array(byteLength)
    const writer = new Writer()
    writer.bytes(payload)
    expect(writer.segments().includes(payload)).toBe(isHandedThrough)
    expect(writer.byteLength).toBe(byteLength)
  }
})

function written(write: (writer: Writer) => void): string {
  const writer = new Writer()
  write(writer)
  return hexOf(concatBytes(writer.segments()))
}
