import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { limits } from '../../src/shared/limits.ts'
import {
  isPrefixed,
  readHeader,
  readMessageIndexes,
  readMessageIndexesIfThere,
  readPrefix,
  WireFrame,
  writeHeader,
  writePrefixed,
} from '../../src/schema/wire-framing.ts'

const hex = (text: string): Uint8Array => Buffer.from(text, 'hex')
const guid = 'a3d8f88a-9756-7b65-8ee2-5c9472fa6c7d'
const guidHex = guid.replaceAll('-', '')

function within(read: typeof readPrefix, text: string, frame: WireFrame): string | undefined {
  const bytes = hex(`ff${text}ff`)
  return read(bytes, 1, bytes.length - 1, frame)
}

describe('the prefix is byte 0 and the id in big endian', () => {
  for (const [text, schemaId] of [
    ['0000000007', 7],
    ['00000000070a', 7],
    ['0012345678aa', 0x12345678],
    ['007fffffff', 0x7fffffff],
  ] as const)
    test(text, () => {
      const frame = new WireFrame()
      expect(within(readPrefix, text, frame)).toBeUndefined()
      expect([frame.schemaId, frame.guid, frame.nextPosition]).toEqual([schemaId, '', 6])
    })

  for (const [text, reason] of [
    ['', 'expected a schema id of 5 bytes before the value, got 0 bytes in all'],
    ['00000000', 'expected a schema id of 5 bytes before the value, got 4 bytes in all'],
    ['7b22612200', 'expected byte 0 and a schema id before the value, got byte 123'],
  ] as const)
    test(reason, () => {
      expect(within(readPrefix, text, new WireFrame())).toBe(reason)
      expect(isPrefixed(hex(text), 0, text.length / 2)).toBe(false)
    })
})

describe('the header is byte 1 and a guid, or byte 0 and an id', () => {
  for (const [text, schemaId, expectedGuid, next] of [
    [`01${guidHex}`, -1, guid, 18],
    [`01${guidHex}00`, -1, guid, 18],
    ['0000000007', 7, '', 6],
    ['000000000700', 7, '', 6],
  ] as const)
    test(text, () => {
      const frame = new WireFrame()
      expect(within(readHeader, text, frame)).toBeUndefined()
      expect([frame.schemaId, frame.guid, frame.nextPosition]).toEqual([schemaId, expectedGuid, next])
    })

  for (const [text, reason] of [
    ['', 'expected a schema id header of byte 0 and an id or byte 1 and a guid, got 0 bytes'],
    ['00000000', 'expected a schema id header of byte 0 and an id or byte 1 and a guid, got 4 bytes that start with 0'],
    [`01${guidHex.slice(2)}`, 'expected a schema id header of byte 0 and an id or byte 1 and a guid, got 16 bytes that start with 1'],
    ['020000000000', 'expected a schema id header of byte 0 and an id or byte 1 and a guid, got 6 bytes that start with 2'],
  ] as const)
    test(reason, () => expect(within(readHeader, text, new WireFrame())).toBe(reason))

  test('one frame reads different guids and ids one after the other', () => {
    const frame = new WireFrame()
    const other = 'ffffffff-ffff-ffff-ffff-ffffffffffff'
    const none = '00000000-0000-0000-0000-000000000000'
    const found = [guid, guid, other, none, guid].map((name) => {
      const bytes = writeHeader({ guid: name })
      expect(readHeader(bytes, 0, bytes.length, frame)).toBeUndefined()
      return frame.guid
    })
    expect(found).toEqual([guid, guid, other, none, guid])
  })
})

describe('Protobuf message indexes', () => {
  for (const [text, indexes] of [
    ['00', [0]],
    ['0202', [1]],
    ['0200', [0]],
    ['040206', [1, 3]],
    ['02fe01', [127]],
    ['02feffffff0f', [2147483647]],
  ] as const)
    test(`${text} is ${JSON.stringify(indexes)}`, () => {
      const frame = new WireFrame()
      expect(within(readMessageIndexes, text, frame)).toBeUndefined()
      expect([...frame.messageIndexes.subarray(0, frame.messageIndexCount)]).toEqual(indexes)
      expect(frame.nextPosition).toBe(1 + text.length / 2)
    })

  const cut = 'expected Protobuf message indexes, got the end of the bytes or a number of more than 32 bits'
  for (const [text, reason] of [
    ['', cut],
    ['02', cut],
    ['0280', cut],
    ['8080808080', cut],
    ['ffffffff1f', cut],
    ['01', `expected Protobuf message indexes of 0 or more, at most ${limits.nestingMax} of them, got -1`],
    ['8201', `expected Protobuf message indexes of 0 or more, at most ${limits.nestingMax} of them, got 65`],
    ['feffffff0f', `expected Protobuf message indexes of 0 or more, at most ${limits.nestingMax} of them, got 2147483647`],
    ['0201', `expected Protobuf message indexes of 0 or more, at most ${limits.nestingMax} of them, got -1`],
  ] as const)
    test(`${text}: ${reason}`, () => expect(within(readMessageIndexes, text, new WireFrame())).toBe(reason))
})

describe('Protobuf message indexes that a client may have left out', () => {
  /** Two messages, the second with one inside it and so on, four deep. */
  const deepest = [1, 0, 0, 0]
  const hasMessage = (indexes: ArrayLike<number>, count: number): boolean =>
    (count === 1 && indexes[0] === 0) || Array.from({ length: count }, (_, level) => indexes[level] === deepest[level]).every(Boolean)

  for (const [what, text, indexes, length] of [
    ['no bytes are the first message without its fields', '', [0], 0],
    ['a first field of a number', '0801', [0], 0],
    ['a first field of a text that looks like five indexes', '0a050002040608', [0], 0],
    ['a first field of a double that looks like a negative count', '090000000000000000', [0], 0],
    ['indexes where the file has such a message', '0802000000', [1, 0, 0, 0], 5],
    ['indexes of one level, written longer than needed', '820002', [1], 3],
    ['the short form of the first message', '00', [0], 1],
  ] as const)
    test(`${what}: ${text}`, () => {
      const frame = new WireFrame()
      frame.setId(5, 1)
      const bytes = hex(`ff${text}ff`)
      expect(readMessageIndexesIfThere(bytes, bytes.length - 1, frame, hasMessage)).toBeUndefined()
      expect([...frame.messageIndexes.subarray(0, frame.messageIndexCount)]).toEqual(indexes)
      expect(frame.nextPosition).toBe(1 + length)
    })

  test('bytes that no message starts with are indexes, whether the file has the message or not', () => {
    const frame = new WireFrame()
    expect(readMessageIndexesIfThere(hex('0212'), 2, frame, hasMessage)).toBeUndefined()
    expect(frame.messageIndexes[0]).toBe(9)
    frame.setId(5, 0)
    expect(readMessageIndexesIfThere(hex('02'), 1, frame, hasMessage)).toContain('got the end of the bytes')
  })
})

test('what is written is what is read', () => {
  const indexes = fc.option(fc.array(fc.nat({ max: 0x7fffffff }), { minLength: 1, maxLength: 5 }), { nil: undefined })
  fc.assert(
    fc.property(fc.nat({ max: 0x7fffffff }), fc.uint8Array({ maxLength: 20 }), indexes, (schemaId, payload, messageIndexes) => {
      const bytes = writePrefixed(schemaId, payload, messageIndexes)
      const frame = new WireFrame()
      expect(readPrefix(bytes, 0, bytes.length, frame)).toBeUndefined()
      expect(frame.schemaId).toBe(schemaId)
      if (messageIndexes) {
        expect(readMessageIndexes(bytes, frame.nextPosition, bytes.length, frame)).toBeUndefined()
        expect([...frame.messageIndexes.subarray(0, frame.messageIndexCount)]).toEqual(messageIndexes)
      }
      expect(bytes.subarray(frame.nextPosition)).toEqual(payload)
      expect(isPrefixed(bytes, 0, bytes.length)).toBe(true)
      const header = writeHeader({ schemaId }, messageIndexes)
      expect(header).toEqual(bytes.subarray(0, frame.nextPosition))
    }),
  )
})
