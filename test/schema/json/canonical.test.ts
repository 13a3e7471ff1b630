import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { canonicalText, normalizedText } from '../../../src/schema/json/canonical.ts'
import { parseJsonNode } from '../../../src/schema/json/number-preserving-json.ts'

function canonical(text: string): string {
  return canonicalText(parseJsonNode(text, { nestingMax: 64 }))
}

describe('canonical text drops whitespace and keeps everything else as it was written', () => {
  for (const [text, expected] of [
    [' { "b" : 1 ,\n "a" : [ true , null ] } ', '{"b":1,"a":[true,null]}'],
    ['{"10":1,"2":2}', '{"10":1,"2":2}'],
    ['[1.0,1E+2,1e2,-0,0.10,12345678901234567890]', '[1.0,1E+2,1e2,-0,0.10,12345678901234567890]'],
    [String.raw`"\u00e9\/\u0041"`, '"é/A"'],
    [String.raw`"\u0000\u001f\b\t\n\f\r\"\\"`, String.raw`"\u0000\u001F\b\t\n\f\r\"\\"`],
    [String.raw`"\ud83d\ude00\ud800"`, String.raw`"😀\uD800"`],
    ['{"a":1,"b":2,"a":3}', '{"a":3,"b":2}'],
    ['{}', '{}'],
    ['[]', '[]'],
  ] as const)
    test(text, () => expect(canonical(text)).toBe(expected))
})

test('normalized text sorts the members of every object by UTF-16 code units and leaves arrays alone', () => {
  const node = parseJsonNode('{"b":[{"z":1,"y":2}],"a":{"\uffff":1,"😀":2,"B":3}}', { nestingMax: 8 })
  expect(normalizedText(node)).toBe('{"a":{"B":3,"😀":2,"\uffff":1},"b":[{"y":2,"z":1}]}')
})

describe('what is not JSON is refused with line and column', () => {
  for (const [text, message] of [
    ['', 'the text ends here (line 1, column 1)'],
    ['{"a":1,}', 'expected a member name in quotes (line 1, column 8)'],
    ['{\n  "a" 1}', 'expected ":" (line 2, column 7)'],
    ['[1 2]', 'expected "," or "]" (line 1, column 4)'],
    ['01', 'text after the end of the JSON value (line 1, column 2)'],
    ['"a', 'a string without its closing quote (line 1, column 1)'],
    ['"\t"', 'a control character in a string (line 1, column 2)'],
    [String.raw`"\x"`, 'a string with an unknown escape (line 1, column 1)'],
    ['nul', 'expected a JSON value (line 1, column 1)'],
    ['[[[[[[[[[0]]]]]]]]]', 'nested deeper than 8 levels (line 1, column 9)'],
  ] as const)
    test(JSON.stringify(text), () => expect(() => parseJsonNode(text, { nestingMax: 8 })).toThrow(new SyntaxError(message)))
})

test('reads exactly the texts that JSON.parse reads, and to the same value', () => {
  const texts = fc.oneof(
    fc.json({ maxDepth: 4 }),
    fc
      .array(fc.constantFrom('{', '}', '[', ']', '"', ':', ',', '1', '-', '.5', 'e+1', 'true', 'null', ' ', '\\', 'u00e9', '0', 'x'), {
        maxLength: 12,
      })
      .map((parts) => parts.join('')),
  )
  const outcome = (read: () => unknown): unknown => {
    try {
      return [read()]
    } catch {
      return 'refused'
    }
  }
  fc.assert(
    fc.property(texts, (text) => {
      expect(outcome(() => JSON.parse(canonical(text)))).toEqual(outcome(() => JSON.parse(text)))
    }),
    { numRuns: 2000 },
  )
})
