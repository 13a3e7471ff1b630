import { describe, expect, test } from 'vitest'
import { jsonSchema } from '../../../src/schema/json/language.ts'
import { limits } from '../../../src/shared/limits.ts'
import { describeType, errorOf, parseSchema, refusalOf, verdictOf, type SchemaSource } from './support.ts'

test('the registry gets the canonical text, and the sorted one when it asks for that', () => {
  const text = ' { "type" : "object", "properties": { "b": {"maximum":1.0} , "a" : {} } } '
  expect(parseSchema(text).canonicalText).toBe('{"type":"object","properties":{"b":{"maximum":1.0},"a":{}}}')
  expect(parseSchema(text).normalizedText()).toBe('{"properties":{"a":{},"b":{"maximum":1.0}},"type":"object"}')
  expect(jsonSchema.schemaType).toBe('JSON')
})

describe('each dialect is read as its own standard says', () => {
  const isValid = (schema: SchemaSource, value: string): boolean => 'row' in verdictOf(schema, value)
  const dialects = {
    4: 'http://json-schema.org/draft-04/schema#',
    6: 'http://json-schema.org/draft-06/schema#',
    7: 'http://json-schema.org/draft-07/schema#',
    2019: 'https://json-schema.org/draft/2019-09/schema',
    2020: 'https://json-schema.org/draft/2020-12/schema',
  } as const
  for (const [name, schema, value, valid] of [
    ['draft 4: exclusiveMaximum is a flag', { $schema: dialects[4], maximum: 5, exclusiveMaximum: true }, '5', false],
    ['draft 4: a flag that is false changes nothing', { $schema: dialects[4], minimum: 5, exclusiveMinimum: false }, '5', true],
    ['draft 4 knows no const', { $schema: dialects[4], const: 1 }, '2', true],
    ['draft 6 knows const', { $schema: dialects[6], const: 1 }, '2', false],
    ['draft 6 knows no if', `{"$schema":"${dialects[6]}","if":true,"then":false}`, '1', true],
    ['draft 7 knows if', `{"$schema":"${dialects[7]}","if":true,"then":false}`, '1', false],
    [
      'draft 7: what stands beside $ref does not count',
      { $schema: dialects[7], properties: { a: { $ref: '#/definitions/s', maxLength: 1 } }, definitions: { s: { type: 'string' } } },
      '{"a":"xx"}',
      true,
    ],
    [
      '2019-09: what stands beside $ref counts',
      { $schema: dialects[2019], properties: { a: { $ref: '#/$defs/s', maxLength: 1 } }, $defs: { s: { type: 'string' } } },
      '{"a":"xx"}',
      false,
    ],
    ['draft 7: a list of items, and others', { items: [{ type: 'string' }], additionalItems: { type: 'integer' } }, '["x",1,"y"]', false],
    ['draft 7: additionalItems without a list counts nothing', { items: { type: 'string' }, additionalItems: false }, '["x","y"]', true],
    [
      '2020-12: prefixItems, and others',
      { $schema: dialects[2020], prefixItems: [{ type: 'string' }], items: { type: 'integer' } },
      '["x",1,"y"]',
      false,
    ],
    ['2020-12 knows no additionalItems', { $schema: dialects[2020], prefixItems: [true], additionalItems: false }, '[1,2]', true],
    ['draft 7: dependencies on names and schemas', { dependencies: { a: ['b'], c: { maxProperties: 1 } } }, '{"c":1,"d":2}', false],
    ['draft 7 knows no dependentRequired', { dependentRequired: { a: ['b'] } }, '{"a":1}', true],
    ['2019-09 knows dependentRequired', { $schema: dialects[2019], dependentRequired: { a: ['b'] } }, '{"a":1}', false],
    [
      '2019-09: unevaluatedProperties',
      { $schema: dialects[2019], allOf: [{ properties: { a: true } }], unevaluatedProperties: false },
      '{"a":1,"b":2}',
      false,
    ],
    ['2019-09: minContains', { $schema: dialects[2019], contains: { type: 'string' }, minContains: 2 }, '["x"]', false],
    [
      'no $schema is draft 7',
      { definitions: { s: { type: 'string' } }, properties: { a: { $ref: '#/definitions/s', maxLength: 1 } } },
      '{"a":"xx"}',
      true,
    ],
    ['$async does not make every value valid', { $async: true, type: 'string' }, '1', false],
    ['an id of another draft is an annotation', { id: 'x', type: 'string' }, '"x"', true],
    ['a constant may be listed twice', { enum: ['a', 'b', 'a'] }, '"a"', true],
    ['a constant that is listed twice is the only one still', { enum: ['a', 'a'] }, '"b"', false],
    ['nullable is no keyword', { nullable: true, type: 'string' }, 'null', false],
    ['a format called like a member of every object judges nothing', { format: 'constructor' }, '"x"', true],
    ['url', { format: 'url' }, '"ftp://x/y?z"', true],
    ['not a url', { format: 'url' }, '"urn:x"', false],
    ['email', { format: 'email' }, '"a@b"', true],
    ['not an ipv4', { format: 'ipv4' }, '"256.1.1.1"', false],
  ] as const)
    test(name, () => expect(isValid(schema, value)).toBe(valid))
})

describe('a $ref is found among the documents that were given', () => {
  const text = JSON.stringify({ definitions: { s: { type: 'string' }, t: { $ref: '#/definitions/s' } }, type: 'integer' })
  for (const [name, schema, references] of [
    ['by the name of the reference', { properties: { a: { $ref: 'common.json#/definitions/t' } } }, [{ name: 'common.json', text }]],
    ['by a name in a folder', { properties: { a: { $ref: 'x/common.json#/definitions/t' } } }, [{ name: 'x/common.json', text }]],
    [
      'by a name that is a URL',
      { properties: { a: { $ref: 'http://x.org/common#/definitions/t' } } },
      [{ name: 'http://x.org/common', text }],
    ],
    ['by a URN', { properties: { a: { $ref: 'urn:common#/definitions/t' } } }, [{ name: 'urn:common', text }]],
    [
      'relative to $id',
      { $id: 'http://x.org/schemas/order.json', properties: { a: { $ref: 'common.json#/definitions/t' } } },
      [{ name: 'http://x.org/schemas/common.json', text }],
    ],
    [
      'relative to $id, registered under the short name',
      { $id: 'http://x.org/schemas/order.json', properties: { a: { $ref: 'common.json#/definitions/t' } } },
      [{ name: 'common.json', text }],
    ],
    [
      'by the $id that the other document gives itself',
      { properties: { a: { $ref: 'http://y.org/c#/definitions/t' } } },
      [{ name: 'common.json', text: text.replace('{', '{"$id":"http://y.org/c",') }],
    ],
    [
      'by a name that is no URI beside a URN',
      { $id: 'urn:root', properties: { a: { $ref: 'common.json#/definitions/t' } } },
      [{ name: 'common.json', text }],
    ],
    [
      'through another reference',
      { properties: { a: { $ref: 'middle.json' } } },
      [
        { name: 'common.json', text },
        { name: 'middle.json', text: '{"$ref":"common.json#/definitions/t"}' },
      ],
    ],
    ['by anchor', { properties: { a: { $ref: '#here' } }, definitions: { s: { $id: '#here', type: 'string' } } }, []],
    [
      'by a 2019-09 anchor in a reference',
      { $schema: 'https://json-schema.org/draft/2019-09/schema', properties: { a: { $ref: 'c.json#here' } } },
      [{ name: 'c.json', text: '{"$defs":{"s":{"$anchor":"here","type":"string"}}}' }],
    ],
    [
      'by an $id inside the document',
      {
        $id: 'http://x.org/root',
        properties: { a: { $ref: 'part#/definitions/s' } },
        definitions: { p: { $id: 'part', definitions: { s: { type: 'string' } } } },
      },
      [],
    ],
  ] as const)
    test(name, () => {
      expect(describeType(parseSchema(schema, references).rowType())).toBe('struct<a: string>')
      expect(verdictOf(schema, '{"a":1}', references)).toEqual({ error: '$.a: expected string, got number 1' })
    })

  test('a reference keeps its own dialect', () => {
    const references = [
      { name: 'old.json', text: '{"$schema":"http://json-schema.org/draft-04/schema#","maximum":5,"exclusiveMaximum":true}' },
    ]
    expect(verdictOf({ $schema: 'https://json-schema.org/draft/2020-12/schema', $ref: 'old.json' }, '5', references)).toEqual({
      error: '$: expected < 5, got number 5',
    })
  })
})

test('the meta-schemas of the standard need no reference, and no others are known', () => {
  for (const address of ['http://json-schema.org/draft-07/schema#', 'https://json-schema.org/draft/2020-12/meta/core'])
    expect(refusalOf(() => parseSchema({ properties: { schema: { $ref: address } } }))).toBe('no error')
  expect(refusalOf(() => parseSchema({ $ref: 'http://json-schema.org/draft-07/other' }))).toContain('nothing is fetched')
})

describe('an invalid schema is refused at registration, with where and why', () => {
  for (const [schema, message] of [
    ['{"type":', 'JSON schema, #: not JSON at line 1, column 9: expected a JSON value, got the end of the text'],
    ['[]', 'JSON schema, #: a schema must be an object or a boolean'],
    [
      { type: 'strin' },
      'JSON schema, #/type: not one of ["array","boolean","integer","null","number","object","string"], got string "strin"',
    ],
    [{ properties: { a: { minimum: 'x' } } }, 'JSON schema, #/properties/a/minimum: expected number, got string "x"'],
    [
      { properties: { a: { pattern: '(?=x)' } } },
      'JSON schema, #/properties/a/pattern: the pattern "(?=x)" cannot be used: a look-ahead cannot be judged in linear time',
    ],
    [
      { patternProperties: { '(': {} } },
      'JSON schema, #/patternProperties/(: the pattern "(" cannot be used: not a regular expression of ECMA-262',
    ],
    [
      { $schema: 'http://json-schema.org/draft-03/schema#' },
      'JSON schema, #/$schema: "http://json-schema.org/draft-03/schema#" is not a dialect known here; use draft-04, -06, -07, 2019-09 or 2020-12',
    ],
    [
      { properties: { a: { $ref: 'http://example.com/x.json' } } },
      'JSON schema, #/properties/a: $ref "http://example.com/x.json" is not among the schema\'s references; nothing is fetched',
    ],
    [{ $ref: 'file:///etc/passwd' }, 'JSON schema, #: $ref "file:///etc/passwd" is not among the schema\'s references; nothing is fetched'],
    [{ $ref: '#/definitions/x' }, 'JSON schema, #: $ref "#/definitions/x" points at nothing'],
    [{ $ref: '#/definitions/x', definitions: { x: 5 } }, 'JSON schema, #/definitions/x: expected object or boolean, got number 5'],
    [
      { definitions: { a: { $id: 'http://x.org/a' }, b: { $id: 'http://x.org/a', type: 'string' } } },
      'JSON schema, #/definitions/b: a second schema under the address http://x.org/a; the first is #/definitions/a',
    ],
    [{ $ref: 'a.json' }, 'JSON schema, #: $ref "a.json" is not among the schema\'s references; nothing is fetched'],
    [
      { $schema: 'https://json-schema.org/draft/2020-12/schema', properties: { a: { enum: [] } } },
      'JSON schema, #/properties/a/enum: an empty list',
    ],
    [{ $schema: 'http://json-schema.org/draft-04/schema#', enum: [] }, 'JSON schema, #/enum: has fewer than 1 items'],
    [{ $schema: 'http://json-schema.org/draft-06/schema#', enum: [1, 1] }, 'JSON schema, #/enum: items are not unique'],
  ] as const)
    test(message.slice(0, 80), () => expect(refusalOf(() => parseSchema(schema))).toBe(`invalid-schema: ${message}`))

  test('two different references under one address are refused', () => {
    const references = [
      { name: 'a.json', text: '{"type":"string"}' },
      { name: './a.json', text: '{"type":"integer"}' },
    ]
    expect(refusalOf(() => parseSchema({ $ref: 'a.json' }, references))).toContain('./a.json#: a second schema under the address a.json')
  })

  test('keywords of another draft that are not even of the right type are annotations', () => {
    const schema = {
      $schema: 'http://json-schema.org/draft-04/schema#',
      type: 'object',
      properties: { $ref: { type: 'string' } },
      contentEncoding: 5,
    }
    expect(describeType(parseSchema(schema).rowType())).toBe('struct<$ref: string>')
    expect(describeType(parseSchema({ $schema: schema.$schema, $ref: 5, type: 'string', contentEncoding: 5 }).rowType())).toBe(
      'struct<value: string>',
    )
  })

  test('a reference is checked as strictly as the schema', () => {
    expect(refusalOf(() => parseSchema({ $ref: 'c.json' }, [{ name: 'c.json', text: '{"type":1}' }]))).toContain(
      'invalid-schema: JSON schema, c.json#/type: ',
    )
  })
})

describe('a hostile schema costs a clear error, not memory or time', () => {
  const unicodeProperties = 'L Lu Ll Lt Lm Lo M Mn Mc Me N Nd Nl No P S Z'.split(' ')
  const doubling = (keyword: string, last: unknown): object => ({
    $ref: '#/definitions/d0',
    definitions: Object.fromEntries(
      Array.from({ length: 64 }, (_, level) => {
        const next = level === 63 ? last : { $ref: `#/definitions/d${level + 1}` }
        return [`d${level}`, keyword === 'properties' ? { properties: { a: next, b: next } } : { [keyword]: [next, next] }]
      }),
    ),
  })
  const chain = (length: number): object => ({
    $ref: '#/definitions/d0',
    definitions: Object.fromEntries(
      Array.from({ length }, (_, level) => [`d${level}`, level === length - 1 ? {} : { $ref: `#/definitions/d${level + 1}` }]),
    ),
  })
  const nested = (depth: number): string => `${'{"items":'.repeat(depth)}true${'}'.repeat(depth)}`
  for (const [name, schema, message] of [
    [
      'properties that double per level',
      doubling('properties', { type: 'string' }),
      'with its references written out it has more than 20000 parts',
    ],
    [
      'alternatives that double per level',
      doubling('anyOf', { type: 'string' }),
      'with its references written out it has more than 20000 parts',
    ],
    ['allOf that doubles per level', doubling('allOf', { type: 'string' }), 'with its references written out it has more than 20000 parts'],
    ['a long chain of references', chain(5_000), 'schemas are nested deeper than 256 levels'],
    ['deep nesting', nested(100_000), 'nested deeper than 256 levels'],
    ['many alternatives', { oneOf: Array.from({ length: 1_001 }, (_, index) => ({ const: index })) }, 'more than 1000 schemas in one list'],
    ['columns in columns', nested(100).replace('true', '{"type":"string"}'), 'columns are nested deeper than 64 levels'],
    [
      'many parts',
      {
        allOf: Array.from({ length: 900 }, () => ({
          properties: Object.fromEntries(Array.from({ length: 30 }, (_, index) => [index, {}])),
        })),
      },
      'a schema of more than 20000 parts',
    ],
    [
      'many large patterns',
      { allOf: Array.from({ length: 1_000 }, (_, index) => ({ pattern: `x{1,1000}y${index}` })) },
      'the patterns together unfold to more than 40000 steps',
    ],
    [
      'many classes of a Unicode property, each some ten thousand characters',
      { allOf: Array.from({ length: 400 }, (_, index) => ({ pattern: `\\p{L}y${index}` })) },
      'the patterns together have more than 2000000 characters',
    ],
    ['as many classes in one pattern', { pattern: '\\p{L}'.repeat(400) }, 'written out it has more than 2000000 characters'],
    [
      'many Unicode properties',
      { allOf: unicodeProperties.map((name) => ({ pattern: `\\p{${name}}` })) },
      'name more than 16 Unicode properties',
    ],
    [
      'as many Unicode properties in one pattern',
      { pattern: unicodeProperties.map((name) => `\\p{${name}}`).join('') },
      'more than 16 Unicode properties',
    ],
    ['a reference to itself under not', { not: { $ref: '#' } }, 'the schema refers to itself'],
  ] as const satisfies readonly (readonly [string, SchemaSource, string])[])
    test(name, () => expect(refusalOf(() => parseSchema(schema).rowType())).toContain(message))

  test('text above the limit', () => {
    expect(refusalOf(() => parseSchema(`"${'x'.repeat(limits.schemaTextBytesMax)}"`))).toContain('longer than 2097152 bytes')
  })

  test('as many properties as columns are allowed compile and judge', () => {
    const properties = Object.fromEntries(Array.from({ length: 1_500 }, (_, index) => [`p${index}`, { type: 'string' }]))
    const schema = { type: 'object', properties, additionalProperties: false }
    expect(errorOf(schema, '{"p1499":1}')).toBe('$.p1499: expected string, got number 1')
    expect(errorOf(schema, '{"p1500":1}')).toBe('$: unexpected property "p1500"')
  })
})
