import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isUtf8 } from '../../src/columns/utf8.ts'

const strict = new TextDecoder('utf-8', { fatal: true })

function platformAccepts(bytes: Uint8Array): boolean {
  try {
    strict.decode(bytes)
    return true
  } catch {
    return false
  }
}

describe('UTF-8 is judged as the platform judges it', () => {
  for (const [name, hex, verdict] of [
    ['empty', '', true],
    ['ASCII', '00417f', true],
    ['two bytes', 'c280dfbf', true],
    ['three bytes', 'e0a080efbfbf', true],
    ['four bytes up to U+10FFFF', 'f0908080f48fbfbf', true],
    ['a lone continuation', '80', false],
    ['an overlong slash', 'c0af', false],
    ['an overlong three-byte form', 'e09fbf', false],
    ['an overlong four-byte form', 'f08fbfbf', false],
    ['a surrogate', 'eda080', false],
    ['above U+10FFFF', 'f4908080', false],
    ['a byte that starts nothing', 'f8888080', false],
    ['a cut sequence', 'e282', false],
    ['a sequence cut by ASCII', 'e2822041', false],
  ] as const)
    test(name, () => {
      const bytes = Buffer.from(hex, 'hex')
      expect(isUtf8(bytes, 0, bytes.length)).toBe(verdict)
      expect(platformAccepts(bytes)).toBe(verdict)
    })

  test('on random bytes, most of them lead and continuation bytes', () => {
    const byte = fc.oneof(
      fc.integer({ min: 0x80, max: 0xff }),
      fc.constantFrom(0x41, 0xe0, 0xed, 0xf0, 0xf4, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf),
    )
    fc.assert(
      fc.property(fc.array(byte, { maxLength: 6 }), (values) => {
        const bytes = Uint8Array.from(values)
        expect(isUtf8(bytes, 0, bytes.length)).toBe(platformAccepts(bytes))
      }),
      { numRuns: 3000 },
    )
  })

  test('only the range counts', () => {
    const bytes = Buffer.from('ff41c3a9ff', 'hex')
    expect(isUtf8(bytes, 1, 4)).toBe(true)
    expect(isUtf8(bytes, 1, 3)).toBe(false)
  })
})
