import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { StructColumn } from '../../../src/columns/nested-columns.ts'
import { rowBuilder } from '../../../src/columns/row-builder.ts'
import { compileJudge } from '../../../src/schema/json/compile.ts'
import { plainDecoder } from '../../../src/schema/json/decoder.ts'
import { fastDecoder } from '../../../src/schema/json/fast/fast-decoder.ts'
import { planRecord } from '../../../src/schema/json/fast/plan.ts'
import { readSchema } from '../../../src/schema/json/language.ts'
import { mapRow } from '../../../src/schema/json/row-type.ts'
import type { DecodeRecord, RecordDecoder } from '../../../src/schema/language.ts'
import { recordTexts, schemas } from './json-arbitraries.ts'
import { verdictsOf, type Verdict } from './support.ts'

interface BothPaths {
  readonly plain: RecordDecoder
  readonly fast: RecordDecoder
  /** Records that the fast path handed on. */
  readonly left: { count: number }
  readonly hasPlan: boolean
}

function bothPaths(schema: object): BothPaths {
  const { schema: unified, patterns } = readSchema({ schemaType: 'JSON', text: JSON.stringify(schema), references: [] })
  const mapping = mapRow(unified)
  const judge = compileJudge(unified, patterns)
  const plan = planRecord(unified, mapping.rowType, patterns)
  const left = { count: 0 }
  const bindPlain = (columns: StructColumn['fields']): DecodeRecord => plainDecoder(judge, mapping, columns)
  const bindFast = (columns: StructColumn['fields']): DecodeRecord => {
    const plain = bindPlain(columns)
    if (plan === undefined) return plain
    return fastDecoder(plan, columns, (bytes, start, end) => {
      left.count++
      plain(bytes, start, end)
    })
  }
  return {
    plain: { rowType: mapping.rowType, bind: bindPlain },
    fast: { rowType: mapping.rowType, bind: bindFast },
    left,
    hasPlan: plan !== undefined,
  }
}

/** Each record with columns of its own, so that no pause of the fast path hides it. */
function verdictsAlone(decoder: RecordDecoder, texts: readonly string[]): Verdict[] {
  return texts.flatMap((text) => verdictsOf(decoder, [text]))
}

test('both paths give the same verdict, the same words and the same row for any schema and any text', () => {
  let records = 0
  let fast = 0
  fc.assert(
    fc.property(
      schemas.chain((schema) => fc.tuple(fc.constant(schema), fc.array(recordTexts(schema), { minLength: 5, maxLength: 15 }))),
      ([schema, texts]) => {
        const { plain, fast: decoder, left, hasPlan } = bothPaths(schema)
        expect(verdictsAlone(decoder, texts)).toEqual(verdictsAlone(plain, texts))
        // And one after the other in the same columns, where what one record leaves behind would harm the next.
        expect(verdictsOf(decoder, texts)).toEqual(verdictsOf(plain, texts))
        records += texts.length * 2
        if (hasPlan) fast += texts.length * 2 - left.count
      },
    ),
    { numRuns: 250 },
  )
  // A property that never met the fast path would prove nothing.
  expect(fast).toBeGreaterThan(records / 20)
})

describe('records that the fast path decodes alone', () => {
  const schema = {
    type: 'object',
    properties: {
      id: { type: 'integer' },
      size: { type: 'integer', minimum: 0, maximum: 1000 },
      rank: { type: 'integer', minimum: 0 },
      price: { type: 'number' },
      ok: { type: 'boolean' },
      kind: { enum: ['a', 'b'] },
      name: { type: 'string', minLength: 1, maxLength: 3 },
      at: { type: 'string', format: 'date-time' },
      day: { anyOf: [{ type: 'string', format: 'date' }, { type: 'null' }] },
      mail: { type: ['string', 'null'], format: 'email', pattern: '@' },
      tags: { type: 'array', items: { type: 'string' }, maxItems: 2 },
      user: { $ref: '#/definitions/user' },
    },
    required: ['id'],
    definitions: { user: { type: 'object', properties: { name: { type: 'string' } }, required: ['name'] } },
  }
  const taken = (text: string): boolean => {
    const { fast, plain, left } = bothPaths(schema)
    expect(verdictsOf(fast, [text])).toEqual(verdictsOf(plain, [text]))
    return left.count === 0
  }
  for (const [text, isFast] of [
    ['{"id":1}', true],
    [' { "id" : 1 ,\n"size" : 2 } ', true],
    ['{"size":2,"id":1}', true],
    ['{"id":-0}', true],
    ['{"id":999999999999999}', true],
    ['{"id":-1000000000000000}', true],
    ['{"id":999999999999999999}', true],
    ['{"id":-999999999000000000}', true],
    ['{"id":9223372036854775807}', true],
    ['{"id":-9223372036854775808}', true],
    ['{"id":9223372036854775808}', false],
    ['{"id":-9223372036854775809}', false],
    ['{"id":10000000000000000000}', false],
    ['{"id":1,"rank":1234567890123456789}', true],
    ['{"id":1,"rank":-1234567890123456789}', false],
    ['{"id":1.0}', false],
    ['{"id":01}', false],
    ['{"id":1,"size":1001}', false],
    ['{"id":1,"price":-12.50}', true],
    ['{"id":1,"price":1e-7}', true],
    ['{"id":1,"price":0.30000000000000004}', true],
    ['{"id":1,"price":-0}', true],
    ['{"id":1,"price":1e999}', false],
    ['{"id":1,"price":.5}', false],
    ['{"id":1,"price":1.}', false],
    ['{"id":1,"ok":true,"kind":"b"}', true],
    ['{"id":1,"ok":truf}', false],
    ['{"id":1,"kind":"c"}', false],
    ['{"id":1,"name":"é😀x"}', true],
    ['{"id":1,"name":"abcd"}', false],
    ['{"id":1,"name":"\\u0061\\n\\""}', true],
    ['{"id":1,"name":"é\\ud83d\\ude00x"}', true],
    ['{"id":1,"name":"abc\\n"}', false],
    ['{"id":1,"name":"\\ud800"}', false],
    ['{"id":1,"name":"\\x"}', false],
    ['{"id":1,"name":"\\', false],
    ['{"id":1,"mail":"a\\u0040b"}', true],
    ['{"id":1,"kind":"\\u0061"}', false],
    ['{"id":1,"at":"2024-05-06T07:08:09.123Z"}', true],
    ['{"id":1,"at":"2024-05-06"}', false],
    ['{"id":1,"day":null,"mail":null}', true],
    ['{"id":1,"day":"2024-02-29","mail":"a@b"}', true],
    ['{"id":1,"mail":"a"}', false],
    ['{"id":1,"tags":[],"user":{"name":"x"}}', true],
    ['{"id":1,"tags":["a" , "b"]}', true],
    ['{"id":1,"tags":["a","b","c"]}', false],
    ['{"id":1,"user":{}}', false],
    ['{"id":1,"other":1}', false],
    ['{"id":1,"id":2}', false],
    ['{"id":1,}', false],
    ['{"id":1}}', false],
    ['{}', false],
    ['{"id":1', false],
  ] as const)
    test(`${text} ${isFast ? 'is' : 'is not'} one`, () => expect(taken(text)).toBe(isFast))
})

test('a record never reaches into the bytes of the next one', () => {
  const { fast } = bothPaths({ type: 'object', properties: { a: { type: 'integer' }, b: { type: 'string' } } })
  const row = rowBuilder(fast.rowType)
  const decode = fast.bind(row.fields)
  const bytes = Buffer.from('{"a":123,"b":"x"}')
  for (let end = 0; end < bytes.length; end++) {
    expect(() => decode(bytes, 0, end)).toThrow()
    for (const field of row.fields) field.truncate(0)
  }
})

test('a topic whose records never fit the plan soon pays for few attempts', () => {
  const { fast, left } = bothPaths({ type: 'object', properties: { a: { type: 'integer' } } })
  const texts = Array.from({ length: 500 }, () => '{"b":1}')
  expect(verdictsOf(fast, [...texts, '{"a":5}'])).toHaveLength(501)
  expect(left.count).toBeGreaterThanOrEqual(500)
})
