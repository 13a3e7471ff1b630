import { describe, expect, test } from 'vitest'
import { guidOf } from '../../src/registry/identity.ts'

const rule = { name: 'r', kind: 'CONDITION', mode: 'WRITE', type: 'CEL', disabled: false } as const

describe('the guid of a content is the one that Confluent gives it', () => {
  for (const [what, schema, references, guid] of [
    ['a primitive', '"string"', [], '095d71cf-1255-6b9d-5e33-0ad575b3df5d'],
    [
      'a record',
      '{"type":"record","name":"myrecord","fields":[{"name":"f1","type":"string"}]}',
      [],
      'a3d8f88a-9756-7b65-8ee2-5c9472fa6c7d',
    ],
    [
      'a record with a reference',
      '{"type":"record","name":"Bar","fields":[{"name":"f","type":"Foo"}]}',
      [{ name: 'Foo', subject: 'foo-value', version: 1 }],
      '0b6b8ebb-8575-144a-a074-e476b6d59e83',
    ],
  ] as const)
    test(what, () => expect(guidOf({ schema, references })).toBe(guid))
})

describe('everything that a client can tell apart has a guid of its own', () => {
  const contents = [
    {},
    { references: [{ name: 'a', subject: 'b', version: 1 }] },
    { references: [{ name: 'a', subject: 'b', version: 2 }] },
    { metadata: {} },
    { metadata: { properties: { a: 'b' } } },
    { metadata: { tags: { a: ['b', 'c'] } } },
    { metadata: { sensitive: ['a'] } },
    { ruleSet: { domainRules: [rule] } },
    { ruleSet: { domainRules: [{ ...rule, disabled: true }] } },
    { ruleSet: { domainRules: [{ ...rule, expr: 'true' }] } },
    { ruleSet: { domainRules: [rule], enableAt: 'now' } },
  ]
  test('no two are alike', () => {
    const guids = contents.map((content) => guidOf({ schema: '"int"', references: [], ...content }))
    expect(new Set(guids).size).toBe(contents.length)
  })

  test('the order of tags, properties and parameters is no difference', () => {
    const guid = (metadata: object) => guidOf({ schema: '"int"', references: [], metadata })
    expect(guid({ tags: { a: ['x', 'y'], b: ['z'] }, properties: { k: '1', l: '2' }, sensitive: ['k', 'l'] })).toBe(
      guid({ sensitive: ['l', 'k'], properties: { l: '2', k: '1' }, tags: { b: ['z'], a: ['y', 'x'] } }),
    )
  })
})
