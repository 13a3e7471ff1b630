import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseJsonText } from '../../src/schema/json-text.ts'
import { printJson } from '../../src/schema/print-json.ts'

function printed(text: string): string {
  return printJson(parseJsonText(text, { nestingMax: 64, allowsHalfSurrogates: true }))
}

describe('printed text drops whitespace and keeps everything else as it was written', () => {
  for (const [text, expected] of [
    [' { "b" : 1 ,\n "a" : [ true , null ] } ', '{"b":1,"a":[true,null]}'],
    ['{"10":1,"2":2}', '{"10":1,"2":2}'],
    ['[1.0,1E+2,1e2,-0,0.10,12345678901234567890]', '[1.0,1E+2,1e2,-0,0.10,12345678901234567890]'],
    [String.raw`"\u00e9\/\u0041"`, '"é/A"'],
    [String.raw`"\u0000\u001f\b\t\n\f\r\"\\"`, String.raw`"\u0000\u001F\b\t\n\f\r\"\\"`],
    [String.raw`"\\u001f"`, String.raw`"\\u001f"`],
    [String.raw`"\ud83d\ude00\ud800"`, String.raw`"😀\uD800"`],
    ['{"a":1,"b":2,"a":3}', '{"a":3,"b":2}'],
    ['{}', '{}'],
    ['[]', '[]'],
  ] as const)
    test(text, () => expect(printed(text)).toBe(expected))
})

test('names of every object can be sorted by UTF-16 code units; arrays stay as they are', () => {
  const node = parseJsonText('{"b":[{"z":1,"y":2}],"a":{"\uffff":1,"😀":2,"B":3}}', { nestingMax: 8 })
  expect(printJson(node, { hasSortedKeys: true })).toBe('{"a":{"B":3,"😀":2,"\uffff":1},"b":[{"y":2,"z":1}]}')
})

describe('what is not JSON is refused with line and column', () => {
  for (const [text, message] of [
    ['', 'line 1, column 1: expected a JSON value, got the end of the text'],
    ['{"a":1,}', 'line 1, column 8: expected a member name in quotes, got "}"'],
    ['{\n  "a" 1}', 'line 2, column 7: expected ":" after a member name, got "1"'],
    ['[1 2]', 'line 1, column 4: expected "," or "]", got "2"'],
    ['{"a":1', 'line 1, column 7: expected "," or "}", got the end of the text'],
    ['01', 'line 1, column 2: unexpected "1" after the end of the JSON value'],
    ['"a', 'line 1, column 1: a string without its closing quote'],
    ['"\t"', 'line 1, column 2: a bare control character in a string'],
    [String.raw`"\x"`, 'line 1, column 1: a string with an unknown escape'],
    ['"\ud800"', 'line 1, column 1: a string with half a surrogate pair'],
    ['nul', 'line 1, column 1: expected a JSON value, got "n"'],
    ['[1] // x', 'line 1, column 5: unexpected "/" after the end of the JSON value'],
    ['[[[[[[[[[0]]]]]]]]]', 'line 1, column 9: nested deeper than 8 levels'],
  ] as const)
    test(JSON.stringify(text), () => expect(() => parseJsonText(text, { nestingMax: 8 })).toThrow(`not JSON at ${message}`))
})

test('comments are passed over where they are allowed', () => {
  const read = (text: string): string => printJson(parseJsonText(text, { nestingMax: 8, allowsComments: true }))
  expect(read('/* a */ [1, // b\n 2 /**/] // c')).toBe('[1,2]')
  expect(() => read('[1] /* ')).toThrow('not JSON at line 1, column 5: a comment without its end')
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
      expect(outcome(() => JSON.parse(printed(text)))).toEqual(outcome(() => JSON.parse(text)))
    }),
    { numRuns: 2000 },
  )
})
