import avsc from 'avsc'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isErrorOfKind, type HeadgateError } from '../../../src/shared/errors.ts'
import { limits } from '../../../src/shared/limits.ts'
import { checkDefaults } from '../../../src/schema/avro/defaults.ts'
import { parseAvro } from '../../../src/schema/avro/parse.ts'
import type { ResolvedReference } from '../../../src/schema/language.ts'
import { samples } from './avro-arbitraries.ts'

function parse(schema: unknown, references: readonly ResolvedReference[] = []): ReturnType<typeof parseAvro> {
  return parseAvro({ text: typeof schema === 'string' ? schema : JSON.stringify(schema), references })
}

/** The path and the reason of a refusal; undefined when there is none. */
function refusal(text: string, references: readonly ResolvedReference[] = []): string | undefined {
  try {
    checkDefaults(parse(text, references).defaults)
  } catch (error) {
    if (!isErrorOfKind(error, 'invalid-schema')) throw error
    return (error as HeadgateError).message
  }
  return undefined
}

const fieldOf = (field: object): string => JSON.stringify({ type: 'record', name: 'R', fields: [{ name: 'f', ...field }] })
const record = (name: string, ...fields: unknown[]): object => ({ type: 'record', name, fields })

describe('what is not a schema is refused with where and why', () => {
  for (const [text, message] of [
    ['', 'not JSON at line 1, column 1: expected a JSON value, got the end of the text'],
    ['string', 'not JSON at line 1, column 1: expected a JSON value, got "s"'],
    ['{"type":"int"', 'not JSON at line 1, column 14: expected "," or "}", got the end of the text'],
    ['{"type":"int"}\n x', 'not JSON at line 2, column 2: unexpected "x" after the end of the JSON value'],
    ['{"type":01}', 'not JSON at line 1, column 10: expected "," or "}", got "1"'],
    ['{"a":"\\x"}', 'not JSON at line 1, column 6: a string with an unknown escape'],
    ['["\ud800"]', 'not JSON at line 1, column 2: a string with half a surrogate pair'],
    ['/* ', 'not JSON at line 1, column 1: a comment without its end'],
    ['['.repeat(1000), 'not JSON at line 1, column 513: nested deeper than 512 levels'],
    ['7', 'Avro schema, at its root: expected a type (a name, an object or a union), got a number'],
    ['{}', 'Avro schema, at its root: no "type"'],
    ['{"type":["int"]}', 'Avro schema, at /type: expected a string, got an array'],
    ['"Foo"', 'Avro schema, at its root: unknown type "Foo"; define it before its use or register it with a reference'],
    ['{"type":"Foo"}', 'Avro schema, at /type: unknown type "Foo"; define it before its use or register it with a reference'],
    ['{"type":"array"}', 'Avro schema, at its root: no "items"'],
    ['{"type":"map","values":[["int"]]}', 'Avro schema, at /values/0: a union directly inside a union'],
    ['["int","int"]', 'Avro schema, at /1: a second int in one union'],
    ['["int",{"type":"int","logicalType":"date"}]', 'Avro schema, at /1: a second int in one union'],
    ['{"type":"record","fields":[]}', 'Avro schema, at its root: no "name"'],
    ['{"type":"record","name":"R"}', 'Avro schema, at its root: no "fields"'],
    ['{"type":"record","name":"R","fields":{}}', 'Avro schema, at /fields: expected a list of fields, got an object'],
    ['{"type":"record","name":"R","fields":["f"]}', 'Avro schema, at /fields/0: expected a field, got a string'],
    ['{"type":"record","name":"1R","fields":[]}', 'Avro schema, at its root: "1R" is not a name (letters, digits and _, no digit first)'],
    ['{"type":"record","name":"a b.R","fields":[]}', 'Avro schema, at its root: "a b" is not a namespace'],
    ['{"type":"record","name":"int","fields":[]}', 'Avro schema, at its root: a type may not be called int'],
    [fieldOf({ name: 'a-b', type: 'int' }), 'Avro schema, at /fields/0: "a-b" is not a name (letters, digits and _, no digit first)'],
    [fieldOf({}), 'Avro schema, at /fields/0: no "type"'],
    [fieldOf({ type: 'int', order: 'random' }), 'Avro schema, at /fields/0/order: "random" is not ascending, descending or ignore'],
    [
      JSON.stringify(record('R', { name: 'f', type: 'int' }, { name: 'f', type: 'int' })),
      'Avro schema, at /fields/1: a second field f in record R',
    ],
    [JSON.stringify(record('R', { name: 'f', type: record('R') })), 'Avro schema, at /fields/0/type: type R is defined twice'],
    ['{"type":"enum","name":"E","symbols":["A","A"]}', 'Avro schema, at /symbols/1: symbol A occurs twice'],
    ['{"type":"enum","name":"E","symbols":["A-B"]}', 'Avro schema, at /symbols/0: "A-B" is not a name'],
    ['{"type":"enum","name":"E","symbols":["A"],"default":"B"}', 'Avro schema, at /default: "B" is not among the symbols'],
    ['{"type":"fixed","name":"F","size":-1}', 'Avro schema, at /size: expected a number of bytes, from 0 to 2147483647'],
    ['{"type":"fixed","name":"F","size":1.0}', 'Avro schema, at /size: expected a number of bytes, from 0 to 2147483647'],
    [
      '{"type":"fixed","name":"F","size":1,"aliases":["a b"]}',
      'Avro schema, at /aliases: "a b" is not a name (letters, digits and _, no digit first)',
    ],
    ['{"type":"fixed","name":"F","size":1,"aliases":"a"}', 'Avro schema, at /aliases: expected a list of strings, got a string'],
  ] as const)
    test(message, () => expect(refusal(text)).toBe(message))

  test('a schema nested deeper than the limit', () => {
    const nested = (depth: number): unknown => (depth === 0 ? 'int' : { type: 'array', items: nested(depth - 1) })
    expect(refusal(JSON.stringify(nested(limits.nestingMax)))).toBeUndefined()
    expect(refusal(JSON.stringify(nested(limits.nestingMax + 1)))).toContain('nested deeper than 64 types')
  })

  test('anything at all is a schema or refused, never another error', () => {
    const texts = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.json(),
      fc.string({ unit: fc.constantFrom('{', '}', '[', ']', '"', ':', ',', '/', '*', '1', 'e', '-', '.', '\\', 'u', '\n') }),
    )
    fc.assert(
      fc.property(texts, (text) => {
        expect(typeof refusal(text)).toMatch(/^(?:string|undefined)$/)
      }),
      { numRuns: 1000 },
    )
  })

  test('a text above the limit, before it is looked at', () => {
    expect(refusal(' '.repeat(limits.schemaTextBytesMax + 1))).toContain('at most 2097152 are allowed')
  })
})

describe('a default is a value of its type', () => {
  const r = record('Inner', { name: 'a', type: 'int' }, { name: 'b', type: 'int', default: 1 })
  for (const [type, accepted, refused] of [
    ['null', [null], [0, 'null']],
    ['boolean', [true], [1]],
    ['int', [1, -2147483648], [2147483648, 1.5, '1', null]],
    ['long', [1, 9007199254740991], [1e300, '1']],
    ['float', [1, 1.5, 'NaN', '2'], ['x', '', true]],
    ['double', [1, 1.5, '-Infinity'], ['x', null]],
    ['string', ['', 'é'], [1]],
    ['bytes', ['', '\u00ff'], ['\u0100', 1]],
    [{ type: 'fixed', name: 'F', size: 2 }, ['ab'], ['a', 'abc', 'a\u0100']],
    [{ type: 'enum', name: 'E', symbols: ['A'] }, ['A'], ['B', 0]],
    [{ type: 'array', items: 'int' }, [[], [1]], [['1'], {}]],
    [{ type: 'map', values: 'int' }, [{}, { a: 1 }], [{ a: '1' }, []]],
    [r, [{ a: 1 }, { a: 1, b: 2 }], [{}, { b: 2 }, { a: '1' }]],
    [['null', 'int'], [null, 1], ['1']],
    [['int', 'null'], [1, null], [1.5]],
  ] as const satisfies [unknown, unknown[], unknown[]][]) {
    for (const value of accepted)
      test(`${JSON.stringify(type)} takes ${JSON.stringify(value)}`, () =>
        expect(refusal(fieldOf({ type, default: value }))).toBeUndefined())
    for (const value of refused)
      test(`${JSON.stringify(type)} refuses ${JSON.stringify(value)}`, () =>
        expect(refusal(fieldOf({ type, default: value }))).toContain('at /fields/0/default:'))
  }

  test('of integers as written, not as doubles', () => {
    const of = (text: string): string => `{"type":"record","name":"R","fields":[{"name":"f","type":"long","default":${text}}]}`
    expect(refusal(of('9223372036854775807'))).toBeUndefined()
    expect(refusal(of('9223372036854775808'))).toContain('is not a value')
    expect(refusal(of('1.0'))).toContain('1.0 is not a value')
  })

  test('of a type that is still open where it stands', () => {
    expect(refusal(fieldOf({ type: ['null', 'R'], default: { f: null } }))).toBeUndefined()
    expect(refusal(fieldOf({ type: ['null', 'R'], default: { f: 7 } }))).toContain('is not a value')
  })

  test('is judged once per type and value, however unions are nested', () => {
    const branches = ['A', 'B'].map((name) => record(name, { name: 'next', type: ['null', 'A', 'B'] }))
    const nested = (depth: number): unknown => (depth === 0 ? { wrong: 1 } : { next: nested(depth - 1) })
    const later = { ...branches[0], fields: [{ name: 'next', type: ['null', 'A', branches[1]] }] }
    const schema = record('R', { name: 'f', type: ['null', later, 'B'], default: nested(60) })
    expect(refusal(JSON.stringify(schema))).toContain('is not a value')
  })

  describe('and what would take too long to say is refused', () => {
    const many = (count: number, make: (index: number) => unknown): unknown[] => Array.from({ length: count }, (_, index) => make(index))
    const union = many(3_000, (index) => record(`A${index}`, { name: `x${index}`, type: 'int' }))
    const optional = many(3_000, (index) => ({ name: `x${index}`, type: 'int', default: 0 }))
    for (const [what, type, value] of [
      ['many values of a wide union', { type: 'array', items: union }, many(3_000, () => ({ x2999: 1 }))],
      ['many records of many fields', { type: 'array', items: record('A', ...optional) }, many(3_000, () => ({}))],
      [
        'a long text that is of many types',
        many(1_000, (index) => ({ type: 'fixed', name: `F${index}`, size: 10_000 })),
        `${'x'.repeat(9_999)}\u0100`,
      ],
    ] as const)
      test(what, () => expect(refusal(fieldOf({ type, default: value }))).toContain('at /fields/0/default: there are too many defaults'))

    test('but not many symbols of a large enum', () => {
      const symbols = many(20_000, (index) => `S${index}`)
      const items = { type: 'enum', name: 'E', symbols }
      expect(refusal(fieldOf({ type: { type: 'array', items }, default: symbols.toReversed() }))).toBeUndefined()
    })
  })
})

describe('names', () => {
  test('resolve in the enclosing namespace first, then without one', () => {
    const inNone = { type: 'fixed', name: 'F', size: 1 }
    const inA = { type: 'fixed', name: 'a.F', size: 2 }
    const use = { type: 'record', name: 'a.R', fields: [{ name: 'f', type: 'F' }] }
    const sizeOf = (...types: unknown[]): unknown => {
      const { root } = parse({ type: 'record', name: 'Outer', fields: types.map((type, index) => ({ name: `f${index}`, type })) })
      const last = root.kind === 'record' ? root.fields.at(-1)?.type : undefined
      const used = last?.kind === 'record' ? last.fields[0]?.type : undefined
      return used?.kind === 'fixed' ? used.size : undefined
    }
    expect(sizeOf(inNone, use)).toBe(1)
    expect(sizeOf(inNone, inA, use)).toBe(2)
  })

  test('may have dashes in their namespace, which connectors write', () => {
    expect(refusal('{"type":"fixed","name":"F","namespace":"shop-1.public$x","size":1}')).toBeUndefined()
  })

  test('of references are known, each text once', () => {
    const money = { name: 'a.Money', text: JSON.stringify(record('a.Money', { name: 'amount', type: 'long' })) }
    const price = { name: 'a.Price', text: JSON.stringify(record('a.Price', { name: 'net', type: 'Money' })) }
    const order = JSON.stringify(record('b.Order', { name: 'price', type: 'a.Price' }, { name: 'fee', type: 'a.Money' }))
    expect([...parse(order, [money, price, money]).referencedNames]).toEqual(['a.Money', 'a.Price'])
    expect(refusal(order, [money])).toContain('unknown type "a.Price"')
    expect(refusal(order, [price])).toContain('reference a.Price: Avro schema, at /fields/0/type: unknown type "Money"')
    expect(refusal(money.text, [money])).toContain('type a.Money is defined twice')
    expect(refusal('"int"', [money, { ...money, name: 'b.Money' }])).toContain('type a.Money is defined twice')
  })
})

describe('avsc and we accept the same schemas', () => {
  test('random valid ones', () => {
    fc.assert(
      fc.property(samples, ({ schema }) => {
        expect(() => avsc.Type.forSchema(schema as never)).not.toThrow()
        expect(refusal(JSON.stringify(schema))).toBeUndefined()
      }),
      { numRuns: 100 },
    )
  })

  test('random ones with one part dropped or replaced: what we accept avsc accepts, and nothing breaks us', () => {
    const damages = fc.constantFrom<unknown>(undefined, 'int', 'Nowhere', {}, 7, null, '1a')
    fc.assert(
      fc.property(samples, fc.nat(), damages, ({ schema }, place, damage) => {
        const damaged = withDamage(schema, place, damage)
        if (damaged === undefined || refusal(JSON.stringify(damaged)) !== undefined) return
        expect([damaged, avscAccepts(damaged)]).toEqual([damaged, true])
      }),
      { numRuns: 300 },
    )
  })

  function avscAccepts(schema: unknown): boolean {
    try {
      avsc.Type.forSchema(schema as never)
      return true
    } catch {
      return false
    }
  }

  /** Replaces the value at one place of the tree; undefined drops it. */
  function withDamage(node: unknown, place: number, damage: unknown): unknown {
    let left = place % countOf(node)
    const walk = (value: unknown): unknown => {
      if (left-- === 0) return damage
      if (Array.isArray(value)) return value.map(walk).filter((item) => item !== undefined)
      if (typeof value !== 'object' || value === null) return value
      return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, walk(item)] as const))
    }
    return walk(node)
  }

  function countOf(node: unknown): number {
    if (typeof node !== 'object' || node === null) return 1
    return Object.values(node).reduce((sum: number, item) => sum + countOf(item), 1)
  }
})
