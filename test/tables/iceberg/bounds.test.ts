import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { RowType } from '../../../src/columns/row-type.ts'
import type { BoundValue } from '../../../src/parquet/file-metrics.ts'
import { utf8Bytes, utf8Text } from '../../../src/shared/bytes.ts'
import { lowerBound, parseBound, serializeBound, upperBound } from '../../../src/tables/iceberg/bounds.ts'

const string: RowType = { kind: 'string' }
const binary: RowType = { kind: 'binary' }
const hex = (bytes: Uint8Array | undefined): string | undefined => bytes && Buffer.from(bytes).toString('hex')
const bytesOf = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'hex'))

describe('values have the binary form of the spec (Appendix D)', () => {
  const cases: readonly (readonly [RowType, BoundValue, string])[] = [
    [{ kind: 'boolean' }, false, '00'],
    [{ kind: 'boolean' }, true, '01'],
    [{ kind: 'int' }, -2, 'feffffff'],
    [{ kind: 'date' }, 19_782, '464d0000'],
    [{ kind: 'long' }, 34n, '2200000000000000'],
    [{ kind: 'timestamp', isUtc: true }, -1n, 'ffffffffffffffff'],
    [{ kind: 'float' }, 1.5, '0000c03f'],
    [{ kind: 'double' }, -1.5, '000000000000f8bf'],
    [{ kind: 'string' }, utf8Bytes('é'), 'c3a9'],
    [{ kind: 'json' }, utf8Bytes('{}'), '7b7d'],
    [{ kind: 'binary' }, Uint8Array.of(0, 255), '00ff'],
    [{ kind: 'decimal', precision: 9, scale: 2 }, 1420n, '058c'],
    [{ kind: 'decimal', precision: 9, scale: 2 }, 0n, '00'],
    [{ kind: 'decimal', precision: 9, scale: 2 }, 127n, '7f'],
    [{ kind: 'decimal', precision: 9, scale: 2 }, 128n, '0080'],
    [{ kind: 'decimal', precision: 9, scale: 2 }, -128n, '80'],
    [{ kind: 'decimal', precision: 9, scale: 2 }, -129n, 'ff7f'],
    [{ kind: 'decimal', precision: 38, scale: 0 }, 10n ** 38n - 1n, '4b3b4ca85a86c47a098a223fffffffff'],
  ]
  for (const [type, value, expected] of cases)
    test(`${type.kind} ${String(value)}`, () => {
      expect(hex(serializeBound(type, value))).toBe(expected)
      expect(parseBound(type, bytesOf(expected))).toEqual(value)
    })
})

describe('text is cut at sixteen code points, and the upper bound grows by one', () => {
  const sixteen = 'abcdefghijklmnop'
  const cases: readonly (readonly [string, string, string | undefined])[] = [
    ['', '', ''],
    [sixteen, sixteen, sixteen],
    [`${sixteen}q`, sixteen, 'abcdefghijklmnoq'],
    ['\u{1F6B0}'.repeat(17), '\u{1F6B0}'.repeat(16), `${'\u{1F6B0}'.repeat(15)}\u{1F6B1}`],
    // The next code point is a surrogate, which is no character.
    [`${'a'.repeat(15)}\u{D7FF}zz`, `${'a'.repeat(15)}\u{D7FF}`, `${'a'.repeat(15)}\u{E000}`],
    // The last code point there is cannot grow: the one before it does.
    [`${'a'.repeat(15)}\u{10FFFF}z`, `${'a'.repeat(15)}\u{10FFFF}`, `${'a'.repeat(14)}b`],
    ['\u{10FFFF}'.repeat(17), '\u{10FFFF}'.repeat(16), undefined],
  ]
  for (const [value, lower, upper] of cases)
    test(JSON.stringify(value), () => {
      expect(lowerBound(string, utf8Bytes(value))).toEqual(utf8Bytes(lower))
      expect(upperBound(string, utf8Bytes(value))).toEqual(upper === undefined ? undefined : utf8Bytes(upper))
    })
})

test('any text lies between its bounds, which are short and well formed', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 40 }), (text) => {
      const value = utf8Bytes(text)
      const lower = lowerBound(string, value)
      const upper = upperBound(string, value)
      expect(lower && Buffer.compare(lower, value)).toBeLessThanOrEqual(0)
      expect(Array.from(utf8Text(lower ?? new Uint8Array())).length).toBeLessThanOrEqual(16)
      if (upper === undefined) return
      expect(Buffer.compare(upper, value)).toBeGreaterThanOrEqual(0)
      expect(Array.from(utf8Text(upper)).length).toBeLessThanOrEqual(16)
    }),
  )
})

test('a footer may cut text inside a character: what is left still bounds it', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', minLength: 1, maxLength: 30 }), fc.nat(), (text, cut) => {
      const whole = utf8Bytes(text)
      const prefix = whole.subarray(0, cut % whole.byteLength)
      const lower = lowerBound(string, prefix)
      expect(lower && Buffer.compare(lower, whole)).toBeLessThanOrEqual(0)
      expect(() => utf8Text(lower ?? new Uint8Array())).not.toThrow()
      const upper = upperBound(string, prefix)
      if (upper !== undefined) expect(Buffer.compare(upper, prefix)).toBeGreaterThanOrEqual(0)
    }),
  )
})

test('any bytes lie between their bounds, which are short', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), (value) => {
      const lower = lowerBound(binary, value)
      const upper = upperBound(binary, value)
      expect(lower && Buffer.compare(lower, value)).toBeLessThanOrEqual(0)
      expect(lower?.byteLength).toBeLessThanOrEqual(16)
      const isAllOnes = value.byteLength > 16 && value.subarray(0, 16).every((byte) => byte === 0xff)
      expect(upper === undefined).toBe(isAllOnes)
      if (upper === undefined) return
      expect(Buffer.compare(upper, value)).toBeGreaterThanOrEqual(0)
      expect(upper.byteLength).toBeLessThanOrEqual(16)
    }),
  )
})

test('decimals survive in as few bytes as hold them', () => {
  const type: RowType = { kind: 'decimal', precision: 38, scale: 3 }
  fc.assert(
    fc.property(fc.bigInt({ min: -(10n ** 38n) + 1n, max: 10n ** 38n - 1n }), (unscaled) => {
      const bytes = serializeBound(type, unscaled)
      expect(parseBound(type, bytes)).toBe(unscaled)
      const bits = 8 * (bytes.byteLength - 1)
      if (bits > 0) expect(BigInt.asIntN(bits, unscaled)).not.toBe(unscaled)
    }),
  )
})

describe('both zeros lie between the bounds, whichever a writer calls the least', () => {
  for (const kind of ['float', 'double'] as const)
    for (const zero of [0, -0])
      test(`${kind} ${Object.is(zero, -0) ? '-0' : '0'}`, () => {
        const lower = lowerBound({ kind }, zero)
        const upper = upperBound({ kind }, zero)
        expect(Object.is(lower && parseBound({ kind }, lower), -0)).toBe(true)
        expect(Object.is(upper && parseBound({ kind }, upper), 0)).toBe(true)
      })
})

test('NaN is refused as a bound', () => {
  expect(() => lowerBound({ kind: 'double' }, Number.NaN)).toThrow('never NaN')
})

test('bounds written before a column was widened are still read', () => {
  expect(parseBound({ kind: 'long' }, serializeBound({ kind: 'int' }, -7))).toBe(-7n)
  expect(parseBound({ kind: 'double' }, serializeBound({ kind: 'float' }, 0.5))).toBe(0.5)
})
