import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { registerFolder } from '../../src/registry/schemas-folder.ts'
import type { Registry } from '../../src/registry/registry.ts'
import { silentLogger } from '../../src/shared/log.ts'
import { openRegistry } from './registry-under-test.ts'
import { writeFiles } from '../support/write-files.ts'

let folder: string
let registry: Registry

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'headgate-schemas-'))
  registry = await openRegistry()
})

afterEach(() => rmSync(folder, { recursive: true, force: true }))

const write = (files: { readonly [path: string]: unknown }): void => writeFiles(folder, files)

const start = () => registerFolder(folder, registry, silentLogger)

/** Every subject with its versions' texts. */
function registered(): { [subject: string]: string[] } {
  const subjects = [...registry.index.subjectsWithPrefix('')]
  return Object.fromEntries(
    subjects.map((subject) => [subject, registry.index.versions(subject).map(({ schema }) => registry.schemas.content(schema).schema)]),
  )
}

const avroRecord = (name: string, ...fields: object[]): object => ({ type: 'record', name, fields })

describe('files become subjects', () => {
  test('flat and in folders, in all three languages', async () => {
    write({
      'clicks.avsc': '"string"',
      'orders/value.json': { type: 'object' },
      'orders/key.avsc': ' "long" ',
      'rides.proto': 'syntax = "proto3"; message Ride {}',
      'README.md': 'not a schema',
      '.hidden/value.avsc': 'not read',
      '_drafts/value.avsc': 'not read',
    })
    await start()
    expect(registered()).toEqual({
      'clicks-value': ['"string"'],
      'orders-key': ['"long"'],
      'orders-value': ['{"type":"object"}'],
      'rides-value': ['syntax = "proto3";\n\nmessage Ride {}\n'],
    })
  })

  test('once: a start that finds nothing new changes nothing', async () => {
    write({
      'a/value.v1.avsc': '"int"',
      'a/value.v2.avsc': '"long"',
      '_shared/b.json': true,
      'a/topic.json': { compatibility: 'BACKWARD' },
    })
    await start()
    const { revision } = registry.index
    await start()
    expect(registry.index.revision).toBe(revision)
  })

  test('and an edit becomes the next version', async () => {
    write({ 'a.avsc': '"int"' })
    await start()
    write({ 'a.avsc': '"long"' })
    await start()
    expect(registered()).toEqual({ 'a-value': ['"int"', '"long"'] })
  })

  test('no folder is an empty one', async () => {
    expect((await registerFolder(join(folder, 'none'), registry, silentLogger)).size).toBe(0)
  })
})

describe('an envelope is taken apart', () => {
  for (const [what, file, text, parts] of [
    [
      'an Avro record of key and value, whose types take its namespace along',
      'a.avsc',
      {
        type: 'record',
        name: 'shop.Order',
        fields: [
          { name: 'key', type: 'long' },
          { name: 'value', type: ['null', avroRecord('Body')] },
        ],
      },
      { 'a-key': ['"long"'], 'a-value': ['["null",{"type":"record","name":"Body","namespace":"shop","fields":[]}]'] },
    ],
    [
      'a JSON object, whose parts take its definitions along',
      'a.json',
      { $defs: { id: { type: 'integer' } }, properties: { key: { $ref: '#/$defs/id' }, value: { type: 'object' } } },
      {
        'a-key': ['{"$defs":{"id":{"type":"integer"}},"$ref":"#/$defs/id"}'],
        'a-value': ['{"$defs":{"id":{"type":"integer"}},"type":"object"}'],
      },
    ],
    [
      'a JSON object with a whole number that no double holds',
      'a.json',
      '{"properties":{"value":{"type":"integer","maximum":9223372036854775807}}}',
      { 'a-value': ['{"type":"integer","maximum":9223372036854775807}'] },
    ],
    [
      'messages Key and Value, each in front of its own file',
      'a.proto',
      'syntax = "proto3"; message Key { Id id = 1; } message Id { int64 n = 1; } message Value { Id id = 1; }',
      {
        'a-key': ['syntax = "proto3";\n\nmessage Key {\n  Id id = 1;\n}\nmessage Id {\n  int64 n = 1;\n}\n'],
        'a-value': ['syntax = "proto3";\n\nmessage Value {\n  Id id = 1;\n}\nmessage Id {\n  int64 n = 1;\n}\n'],
      },
    ],
    ['a value alone', 'a.avsc', avroRecord('E', { name: 'value', type: 'int' }), { 'a-value': ['"int"'] }],
  ] as const)
    test(what, async () => {
      write({ [file]: text })
      await start()
      expect(registered()).toEqual(parts)
    })

  test('but not in a folder, and not where topic.json says so', async () => {
    const schema = avroRecord('E', { name: 'key', type: 'int' }, { name: 'value', type: 'int' })
    write({ 'a/value.avsc': schema, 'b.avsc': schema, 'b/topic.json': { envelope: false } })
    await start()
    expect(Object.keys(registered())).toEqual(['a-value', 'b-value'])
  })
})

describe('_shared', () => {
  test('files are registered under the names that others use, each before what refers to it', async () => {
    write({
      '_shared/common/money.proto': 'syntax = "proto3"; package common; import "common/currency.proto"; message Money { Currency c = 1; }',
      '_shared/common/currency.proto': 'syntax = "proto3"; package common; message Currency {}',
      '_shared/types/address.json': { type: 'object' },
      '_shared/zip.avsc': { type: 'fixed', name: 'Zip', namespace: 'geo', size: 5 },
      'orders.proto': 'syntax = "proto3"; import "common/money.proto"; message Order { common.Money price = 1; }',
      'people.json': { type: 'object', properties: { home: { $ref: 'types/address.json#' } } },
      'places.avsc': { type: 'record', name: 'Place', namespace: 'geo', fields: [{ name: 'zip', type: 'Zip' }] },
    })
    await start()
    const referencesOf = (subject: string) => {
      const latest = registry.index.latest(subject)
      return latest && registry.schemas.content(latest.schema).references
    }
    expect(referencesOf('common/money.proto')).toEqual([{ name: 'common/currency.proto', subject: 'common/currency.proto', version: 1 }])
    expect(referencesOf('orders-value')).toEqual([{ name: 'common/money.proto', subject: 'common/money.proto', version: 1 }])
    expect(referencesOf('people-value')).toEqual([{ name: 'types/address.json', subject: 'types/address.json', version: 1 }])
    expect(referencesOf('places-value')).toEqual([{ name: 'geo.Zip', subject: 'geo.Zip', version: 1 }])
  })

  test('a shared file that refers to itself through another is refused', async () => {
    write({ '_shared/a.json': { $ref: 'b.json' }, '_shared/b.json': { $ref: 'a.json' } })
    await expect(start()).rejects.toThrow(/a\.json refers back to itself/)
  })

  test('two files of one name are refused', async () => {
    const zip = { type: 'fixed', name: 'Zip', size: 5 }
    write({ '_shared/a.avsc': zip, '_shared/b.avsc': zip })
    await expect(start()).rejects.toThrow(/a\.avsc and .*b\.avsc both define Zip/)
  })
})

describe('a history', () => {
  test('says which version is which, also of one that was deleted softly since', async () => {
    write({ 'a/value.v1.avsc': '"int"', 'a/value.v2.avsc': '"long"' })
    await start()
    await registry.deleteVersion('a-value', { wanted: 1, isPermanent: false })
    const { revision } = registry.index
    await start()
    expect(registry.index.revision).toBe(revision)
    write({ 'a/value.v3.avsc': '"double"' })
    await start()
    expect(registered()).toEqual({ 'a-value': ['"int"', '"long"', '"double"'] })
  })

  for (const [what, files, message] of [
    ['with a gap', { 'a/value.v1.avsc': '"int"', 'a/value.v3.avsc': '"long"' }, /value\.v3\.avsc: version 3 .* where version 2 is missing/],
    ['that does not start at 1', { 'a/value.v2.avsc': '"int"' }, /where version 1 is missing/],
    ['beside a file without a version', { 'a/value.v1.avsc': '"int"', 'a/value.avsc': '"int"' }, /both describe a-value; keep one/],
    ['with one schema twice', { 'a/value.v1.avsc': '"int"', 'a/value.v2.avsc': '"int"' }, /value\.v2\.avsc is version 1 of a-value/],
  ] as const)
    test(`${what} is refused`, async () => {
      write(files)
      await expect(start()).rejects.toThrow(message)
    })

  test('that was rewritten is refused with the difference', async () => {
    write({ 'a/value.v1.avsc': avroRecord('R', { name: 'id', type: 'int' }) })
    await start()
    write({ 'a/value.v1.avsc': avroRecord('R', { name: 'id', type: 'long' }) })
    await expect(start()).rejects.toMatchObject({
      message: expect.stringMatching(/not what version 1 of a-value is registered as$/),
      facts: { difference: expect.stringMatching(/\n- +"type": "int"\n\+ +"type": "long"/) },
    })
  })
})

describe('what is refused, by the name of its file', () => {
  for (const [what, files, message] of [
    ['two files of one topic', { 'a.avsc': '"int"', 'a.json': '{}' }, /a\.avsc and .*a\.json both describe a-value; keep one/],
    ['a flat file and a folder', { 'a.avsc': '"int"', 'a/value.avsc': '"int"' }, /both describe a-value; keep one/],
    ['a file that is neither key nor value', { 'a/vlaue.avsc': '"int"' }, /vlaue\.avsc: expected key\.\* or value\.\*/],
    ['a flat name with a dot', { 'com.acme.avsc': '"int"' }, /for topic com\.acme make a folder/],
    ['a broken schema', { 'a.avsc': '{' }, /a\.avsc cannot be registered as a-value: Invalid schema/],
    ['broken settings', { 'a/topic.json': '{' }, /topic\.json: /],
    ['unknown settings', { 'a/topic.json': { compat: 'FULL' } }, /topic\.json: unknown member compat; known are/],
    ['an unknown level', { 'a/topic.json': { compatibility: 'SOME' } }, /topic\.json: compatibility: expected one of NONE/],
    ['a config that is no text', { 'a/topic.json': { configs: { 'retention.ms': {} } } }, /topic\.json: configs\.retention\.ms: expected/],
  ] as const)
    test(what, async () => {
      write(files)
      await expect(start()).rejects.toMatchObject({ kind: 'invalid-schema', message: expect.stringMatching(message) })
    })

  test('an incompatible edit, with the rule and the difference', async () => {
    write({ 'a.avsc': avroRecord('R', { name: 'id', type: 'int' }) })
    await start()
    write({ 'a.avsc': avroRecord('R', { name: 'id', type: 'int' }, { name: 'must', type: 'string' }) })
    await expect(start()).rejects.toMatchObject({
      kind: 'invalid-schema',
      message: expect.stringMatching(/a\.avsc cannot be registered as a-value: .*READER_FIELD_MISSING_DEFAULT_VALUE/),
      facts: { difference: expect.stringMatching(/\n\+ +"name": "must"/) },
    })
    expect(registry.index.versions('a-value')).toHaveLength(1)
  })
})

test('topic.json sets the level before the schemas are held against it, and answers the topic its configs', async () => {
  write({ 'a.avsc': '"int"' })
  await start()
  write({ 'a.avsc': '"string"', 'a/topic.json': { compatibility: 'NONE', configs: { 'schema.framing': 'raw', 'retention.ms': 5 } } })
  const settings = await start()
  expect(registered()).toEqual({ 'a-value': ['"int"', '"string"'] })
  expect(settings.get('a')?.configs).toEqual({ 'schema.framing': 'raw', 'retention.ms': '5' })
})
