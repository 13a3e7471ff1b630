import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { canonicalText, normalizedText, resolvedText } from '../../../src/schema/avro/canonical.ts'
import { parseAvro } from '../../../src/schema/avro/parse.ts'
import type { ResolvedReference } from '../../../src/schema/language.ts'
import { samples } from './avro-arbitraries.ts'

function canonical(text: string, references: readonly ResolvedReference[] = []): string {
  return canonicalText(parseAvro({ text, references }))
}

function normalized(text: string): string {
  return normalizedText(parseAvro({ text, references: [] }))
}

/** The registry's guid: MD5 over the canonical text and, for each reference, its name, subject and version. */
function guidOf(text: string, references: readonly { name: string; subject: string; version: number }[] = []): string {
  const hash = createHash('md5').update(text)
  for (const { name, subject, version } of references) {
    const versionBytes = Buffer.alloc(4)
    versionBytes.writeInt32BE(version)
    hash.update(name).update(subject).update(versionBytes)
  }
  return hash.digest('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}

describe('the canonical text gives the guids that Confluent gives', () => {
  for (const [text, guid] of [
    ['"string"', '095d71cf-1255-6b9d-5e33-0ad575b3df5d'],
    ['{"type":"string"}', '095d71cf-1255-6b9d-5e33-0ad575b3df5d'],
    ['{"fields": [{"type": "string", "name": "f1"}], "name": "myrecord", "type": "record"}', 'a3d8f88a-9756-7b65-8ee2-5c9472fa6c7d'],
  ] as const)
    test(text, () => expect(guidOf(canonical(text))).toBe(guid))

  test('with a reference', () => {
    const references = [{ name: 'Foo', text: '{"type":"record","name":"Foo","fields":[{"name":"a","type":"int"}]}' }]
    const text = canonical('{"type":"record","name":"Bar","fields":[{"name":"f","type":"Foo"}]}', references)
    expect(guidOf(text, [{ name: 'Foo', subject: 'foo-value', version: 1 }])).toBe('0b6b8ebb-8575-144a-a074-e476b6d59e83')
  })
})

describe('attributes stand in the order of Java, whatever the order of the text', () => {
  const same = (text: string): [string, string] => [text, text]
  for (const [name, [text, expected]] of [
    ['a primitive with properties', ['{"x":1,"type":"int"}', '{"type":"int","x":1}']],
    ['a primitive with reserved attributes', ['{"type":"int","doc":"d","name":"n"}', '"int"']],
    ['an array', ['{"items":{"type":"int"},"x":[true,null],"type":"array"}', '{"type":"array","items":"int","x":[true,null]}']],
    ['a map', ['{"values":"int","type":"map","b":1,"a":2}', '{"type":"map","values":"int","b":1,"a":2}']],
    ['a union', ['[ "null" , {"type":"array","items":"int"} ]', '["null",{"type":"array","items":"int"}]']],
    [
      'an enum',
      [
        '{"aliases":["F"],"x":1,"default":"A","symbols":["A","B"],"doc":"d","namespace":"n","name":"E","type":"enum"}',
        '{"type":"enum","name":"E","namespace":"n","doc":"d","symbols":["A","B"],"default":"A","x":1,"aliases":["F"]}',
      ],
    ],
    [
      'a fixed',
      [
        '{"aliases":["a.F"],"size":3,"logicalType":"x","name":"E","type":"fixed"}',
        '{"type":"fixed","name":"E","size":3,"logicalType":"x","aliases":["a.F"]}',
      ],
    ],
    [
      'a record and its field',
      [
        '{"aliases":["S"],"p":{"z":1,"a":2},"fields":[{"q":0,"aliases":["g"],"order":"DESCENDING","default":1,"doc":"d","type":"int","name":"f"}],"doc":"r","name":"R","type":"record"}',
        '{"type":"record","name":"R","doc":"r","fields":[{"name":"f","type":"int","doc":"d","default":1,"order":"descending","aliases":["g"],"q":0}],"p":{"z":1,"a":2},"aliases":["S"]}',
      ],
    ],
    [
      'an ascending order is not written',
      [
        '{"type":"record","name":"R","fields":[{"name":"f","type":"int","order":"ascending"}]}',
        '{"type":"record","name":"R","fields":[{"name":"f","type":"int"}]}',
      ],
    ],
    ['an error', same('{"type":"error","name":"R","fields":[]}')],
    ['a null default', same('{"type":"record","name":"R","fields":[{"name":"f","type":["null","int"],"default":null}]}')],
    ['properties called like numbers stay in place', same('{"type":"int","b":1,"7":2,"a":3}')],
    ['comments are dropped', ['// a\n{"type":/* b */"int"}', '"int"']],
    ['a repeated key keeps its first place and its last value', ['{"type":"int","a":1,"b":2,"a":3}', '{"type":"int","a":3,"b":2}']],
  ] as const satisfies [string, readonly [string, string]][])
    test(name, () => expect(canonical(text)).toBe(expected))
})

describe('numbers and text are printed as Jackson prints them', () => {
  for (const [written, printed] of [
    ['1.0', '1.0'],
    ['1', '1'],
    ['-0', '0'],
    ['-0.0', '-0.0'],
    ['1.10', '1.1'],
    ['100.0', '100.0'],
    ['1E+2', '100.0'],
    ['1e7', '1.0E7'],
    ['12345678.9', '1.23456789E7'],
    ['0.001', '0.001'],
    ['0.0001', '1.0E-4'],
    ['1e400', '"Infinity"'],
    ['123456789012345678901234567890', '123456789012345678901234567890'],
    ['"\\u001b\\n\\u00e9\\/"', '"\\u001B\\né/"'],
    ['"\\u2028\\u007f"', '"\u2028\u007f"'],
  ] as const)
    test(written, () => expect(canonical(`{"type":"int","x":${written}}`)).toBe(`{"type":"int","x":${printed}}`))

  for (const [type, written, printed] of [
    ['double', '"NaN"', '"NaN"'],
    ['double', '"1"', '1.0'],
    ['float', '"1.5"', '1.5'],
    ['float', '1', '1'],
    ['string', '"1"', '"1"'],
  ] as const)
    test(`default ${written} of a ${type}`, () => {
      const text = (value: string): string => `{"type":"record","name":"R","fields":[{"name":"f","type":"${type}","default":${value}}]}`
      expect(canonical(text(written))).toBe(text(printed))
    })
})

describe('namespaces are written where they differ, names in full where they must be', () => {
  const record = (attributes: string, ...types: string[]): string =>
    `{"type":"record",${attributes},"fields":[${types.map((type, index) => `{"name":"f${index}","type":${type}}`).join(',')}]}`
  const fixed = (attributes: string): string => `{"type":"fixed",${attributes},"size":1}`
  for (const [name, text, expected] of [
    ['a dotted name', record('"name":"a.b.R"'), record('"name":"R","namespace":"a.b"')],
    ['a dotted name wins over the attribute', record('"name":"a.R","namespace":"x"'), record('"name":"R","namespace":"a"')],
    [
      'the same namespace inside',
      record('"name":"a.R"', fixed('"name":"F","namespace":"a"')),
      record('"name":"R","namespace":"a"', fixed('"name":"F"')),
    ],
    [
      'inherited inside',
      record('"name":"a.R"', fixed('"name":"F"'), '"a.F"'),
      record('"name":"R","namespace":"a"', fixed('"name":"F"'), '"F"'),
    ],
    [
      'another inside',
      record('"name":"a.R"', fixed('"name":"b.F"'), '"b.F"'),
      record('"name":"R","namespace":"a"', fixed('"name":"F","namespace":"b"'), '"b.F"'),
    ],
    [
      'none inside one',
      record('"name":"a.R"', fixed('"name":"F","namespace":""'), '"F"'),
      record('"name":"R","namespace":"a"', fixed('"name":"F","namespace":""'), '"F"'),
    ],
    ['a type that refers to itself', record('"name":"a.R"', '["null","R"]'), record('"name":"R","namespace":"a"', '["null","R"]')],
    [
      'a name like a primitive',
      record('"name":"a.R"', fixed('"name":"int"'), '"a.int"'),
      record('"name":"R","namespace":"a"', fixed('"name":"int"'), '"a.int"'),
    ],
  ] as const)
    test(name, () => expect(canonical(text)).toBe(expected))

  test('types of a reference stay names, also those inside it', () => {
    const references = [{ name: 'a.Outer', text: record('"name":"a.Outer"', fixed('"name":"Inner"')) }]
    const text = record('"name":"b.R"', '"a.Outer"', '"a.Inner"')
    expect(canonical(text, references)).toBe(record('"name":"R","namespace":"b"', '"a.Outer"', '"a.Inner"'))
  })
})

test('the resolved form has the types of references where they are first used', () => {
  const references = [
    { name: 'a.Inner', text: '{"type":"fixed","name":"a.Inner","size":1}' },
    { name: 'a.Outer', text: '{"type":"record","name":"a.Outer","fields":[{"name":"i","type":"Inner"}]}' },
  ]
  const text = '{"type":"record","name":"b.R","fields":[{"name":"x","type":"a.Outer"},{"name":"y","type":"a.Inner"}]}'
  const resolved = resolvedText(parseAvro({ text, references }))
  const inner = '{"type":"fixed","name":"Inner","size":1}'
  const outer = `{"type":"record","name":"Outer","namespace":"a","fields":[{"name":"i","type":${inner}}]}`
  expect(resolved).toBe(
    `{"type":"record","name":"R","namespace":"b","fields":[{"name":"x","type":${outer}},{"name":"y","type":"a.Inner"}]}`,
  )
  expect(canonical(resolved)).toBe(resolved)
})

describe('the normal form', () => {
  for (const [name, text, expected] of [
    ['sorts properties', '{"type":"int","b":1,"a":{"d":1,"c":[{"f":1,"e":2}]}}', '{"type":"int","a":{"c":[{"e":2,"f":1}],"d":1},"b":1}'],
    [
      'puts the logical type first',
      '{"type":"bytes","a":1,"scale":2,"precision":9,"logicalType":"decimal"}',
      '{"type":"bytes","logicalType":"decimal","precision":9,"scale":2,"a":1}',
    ],
    [
      'leaves a scale of 0 among the other properties',
      '{"type":"bytes","scale":0,"logicalType":"decimal","precision":9,"a":1}',
      '{"type":"bytes","logicalType":"decimal","precision":9,"a":1,"scale":0}',
    ],
    ['sorts an unknown logical type as a property', '{"type":"bytes","logicalType":"x","a":1}', '{"type":"bytes","a":1,"logicalType":"x"}'],
    [
      'sorts aliases by their full names, drops the empty doc of a type',
      '{"type":"fixed","name":"m.F","doc":"","size":1,"aliases":["z","n.b","c"]}',
      '{"type":"fixed","name":"F","namespace":"m","size":1,"aliases":["c","z","n.b"]}',
    ],
    [
      'sorts the keys of a default and the aliases of a field, keeps its empty doc',
      '{"type":"record","name":"R","fields":[{"name":"f","doc":"","aliases":["z","y"],"type":{"type":"map","values":"int"},"default":{"b":1,"a":2}}]}',
      '{"type":"record","name":"R","fields":[{"name":"f","type":{"type":"map","values":"int"},"doc":"","default":{"a":2,"b":1},"aliases":["y","z"]}]}',
    ],
    ['calls an error a record', '{"type":"error","name":"R","fields":[]}', '{"type":"record","name":"R","fields":[]}'],
  ] as const)
    test(name, () => expect(normalized(text)).toBe(expected))

  const optional = ['null', 'double']
  for (const [type, written, printed] of [
    ['double', '1', '1.0'],
    ['double', '-0', '0.0'],
    ['float', '-0.0', '-0.0'],
    ['double', '12345678', '1.2345678E7'],
    ['double', '0.1234567890123', '0.1234567890123'],
    ['float', '0.1234567890123', '0.12345679'],
    ['float', '1', '1.0'],
    ['float', '3.4028235e38', '3.4028235E38'],
    ['float', '"NaN"', '"NaN"'],
    ['long', '1', '1'],
    [optional, 'null', 'null'],
    [optional.toReversed(), '1', '1.0'],
    [{ type: 'array', items: 'double' }, '[1,2.50]', '[1.0,2.5]'],
    [{ type: 'map', values: 'float' }, '{"b":1,"a":2}', '{"a":2.0,"b":1.0}'],
    [
      {
        type: 'record',
        name: 'S',
        fields: [
          { name: 'd', type: 'double' },
          { name: 'i', type: 'int' },
        ],
      },
      '{"i":1,"d":1}',
      '{"d":1.0,"i":1}',
    ],
  ] as const)
    test(`writes the default ${written} of ${JSON.stringify(type)} as ${printed}`, () => {
      const text = (value: string): string =>
        `{"type":"record","name":"R","fields":[{"name":"f","type":${JSON.stringify(type)},"default":${value}}]}`
      expect(normalized(text(written))).toBe(text(printed))
    })

  test('is a fixed point, and so is the canonical text', () => {
    fc.assert(
      fc.property(samples, ({ schema }) => {
        const text = canonical(JSON.stringify(schema, null, 2))
        expect(canonical(text)).toBe(text)
        expect(normalized(normalized(text))).toBe(normalized(text))
      }),
      { numRuns: 100 },
    )
  })
})
