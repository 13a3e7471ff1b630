import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startTestServer, type TestServer } from '../support/test-server.ts'
import { ToolProcess } from '../support/tool-process.ts'
import { readToolchains, ready } from '../toolchains/toolchain.ts'

const { go } = readToolchains()

const record = (name: string, ...fields: object[]): string => JSON.stringify({ type: 'record', name, fields })
const number = (name: string, more: object = {}): object => ({ name, type: 'long', ...more })

const v1 = { schema: record('R', number('a')) }
const v2 = { schema: record('R', number('a'), number('b', { default: 0 })) }
const incompatible = { schema: record('R', number('a'), number('c')) }

/** Every method of the client that Redpanda Console and rpk are built on. */
describe.skipIf(go.kind === 'missing')("the registry, by franz-go's client", () => {
  let server: TestServer
  let tool: ToolProcess

  beforeAll(async () => {
    server = await startTestServer()
    tool = ToolProcess.go(ready(go))
  })
  afterAll(async () => {
    await tool?.stop()
    await server?.close()
  })

  const ask = <Result = unknown>(method: string, question: object = {}): Promise<Result> =>
    tool.call('registry', { registry: server.http, method, ...question })
  const create = (subject: string, schema: object, more: object = {}): Promise<Created> => ask('CreateSchema', { subject, schema, ...more })

  test('knows the three languages', async () => {
    expect(await ask('SupportedTypes')).toEqual(['AVRO', 'PROTOBUF', 'JSON'])
  })

  describe('schemas', () => {
    for (const [schemaType, schema] of [
      ['AVRO', v1.schema],
      ['JSON', '{"type":"object","properties":{"a":{"type":"integer"}}}'],
      ['PROTOBUF', 'syntax = "proto3";\n\nmessage R {\n  int64 a = 1;\n}\n'],
    ] as const)
      test(`in ${schemaType} are found by every name that they have`, async () => {
        const subject = `found-${schemaType}`
        const { id, guid, ...created } = await create(subject, { schema, schemaType })
        expect(created).toMatchObject({ subject, version: 1, schema })
        expect(await create(subject, { schema, schemaType }), 'a second time').toMatchObject({ id, version: 1 })
        expect(await ask('RegisterSchema', { subject, schema: { schema, schemaType }, id: -1, version: -1 })).toBe(id)
        expect(await ask('LookupSchema', { subject, schema: { schema, schemaType } })).toMatchObject({ id, version: 1 })
        // The client leaves out what it takes for the default.
        expect(await ask('SchemaByID', { id })).toMatchObject({ schema, ...(schemaType === 'AVRO' ? {} : { schemaType }) })
        expect(await ask('SchemaTextByID', { id })).toBe(schema)
        expect(await ask('SchemaByVersion', { subject, version: 1 })).toMatchObject({ id, guid, schema })
        expect(await ask('SchemaByVersion', { subject, version: -1 })).toMatchObject({ id, version: 1 })
        expect(await ask('SchemaTextByVersion', { subject, version: 1 })).toBe(schema)
        expect(await ask('SchemaByGUID', { guid })).toMatchObject({ schema })
        expect(await ask('SchemaIDsByGUID', { guid })).toEqual([{ context: '.', id }])
      })

    test('and their ids lead back to subjects and versions', async () => {
      const { id } = await create('used-1', { schema: '"bytes"' })
      await create('used-2', { schema: '"bytes"' })
      const usages = ['used-1', 'used-2'].map((subject) => ({ subject, version: 1 }))
      expect(await ask('SubjectsByID', { id })).toEqual(['used-1', 'used-2'])
      expect(await ask('SchemaVersionsByID', { id })).toEqual(usages)
      const schemas = await ask<Created[]>('SchemaUsagesByID', { id })
      expect(schemas.toSorted((a, b) => a.subject.localeCompare(b.subject))).toMatchObject(usages.map((usage) => ({ ...usage, id })))
    })

    test('are listed, all of them, by prefix, page and newest version', async () => {
      await create('listed-1', v1)
      await create('listed-1', v2)
      await create('listed-2', v1)
      expect(await ask('SubjectVersions', { subject: 'listed-1' })).toEqual([1, 2])
      expect(await ask('Schemas', { subject: 'listed-1' })).toMatchObject([{ version: 1 }, { version: 2 }])
      expect(await ask('Subjects', { params: { subjectPrefix: 'listed-' } })).toEqual(['listed-1', 'listed-2'])
      expect(await ask('Subjects', { params: { subjectPrefix: 'listed-', offset: 1, limit: 1 } })).toEqual(['listed-2'])
      const listed = await ask<Created[]>('AllSchemas', { params: { subjectPrefix: 'listed-', latestOnly: true } })
      expect(listed).toMatchObject([
        { subject: 'listed-1', version: 2 },
        { subject: 'listed-2', version: 1 },
      ])
    })

    test('keep their metadata and rules', async () => {
      const metadata = { properties: { owner: 'us' }, tags: { 'R.a': ['PII'] } }
      const rule = { name: 'check', kind: 'CONDITION', mode: 'WRITE', type: 'CEL', tags: ['PII'], expr: 'true' }
      await create('ruled', { ...v1, metadata, ruleSet: { domainRules: [rule] } })
      expect(await ask('SchemaByVersion', { subject: 'ruled', version: -1 })).toMatchObject({ metadata, ruleSet: { domainRules: [rule] } })
    })

    test('that mean the same are one under normalize', async () => {
      const wordy = { schema: JSON.stringify({ fields: [number('a', { doc: 'words' })], name: 'R', type: 'record' }) }
      const { id } = await create('normal', v1, { params: { normalize: true } })
      const reordered = { schema: JSON.stringify({ fields: [number('a')], name: 'R', type: 'record' }) }
      expect(await create('normal', reordered, { params: { normalize: true } })).toMatchObject({ id, version: 1 })
      expect(await create('normal', wordy)).toMatchObject({ version: 2 })
    })
  })

  test('references are kept, followed back, and hold what they refer to', async () => {
    await create('inner', { schema: record('Inner', number('x')) })
    const references = [{ name: 'Inner', subject: 'inner', version: 1 }]
    const outer = { schema: record('Outer', { name: 'inner', type: 'Inner' }), references }
    const { id } = await create('outer', outer)
    expect(await ask('SchemaByID', { id })).toMatchObject({ references })
    expect(await ask('SchemaByID', { id, params: { format: 'resolved' } })).toMatchObject({ schema: expect.stringContaining('"x"') })
    expect(await ask('SchemaReferences', { subject: 'inner', version: 1 })).toMatchObject([{ subject: 'outer', id }])
    expect(await ask('DeleteSchema', { subject: 'inner', version: 1 })).toEqual({ error: 42_206, name: 'REFERENCE_EXISTS' })
  })

  test('compatibility is asked, set, inherited and taken back', async () => {
    await create('compatible', v1)
    const check = (schema: object, version: number, params = {}): Promise<unknown> =>
      ask('CheckCompatibility', { subject: 'compatible', version, schema, params })
    expect(await check(v2, -1)).toMatchObject({ is_compatible: true })
    expect(await check(v2, -2)).toMatchObject({ is_compatible: true })
    expect(await check(incompatible, 1)).toMatchObject({ is_compatible: false, messages: null })
    expect(await check(incompatible, 1, { verbose: true })).toMatchObject({
      is_compatible: false,
      messages: expect.arrayContaining([expect.stringContaining('READER_FIELD_MISSING_DEFAULT_VALUE')]),
    })
    expect(await create('compatible', incompatible)).toEqual({ error: 409, name: 'INCOMPATIBLE_SCHEMA' })

    expect(await ask('Compatibility')).toMatchObject({ compatibilityLevel: 'BACKWARD' })
    expect(await ask('Compatibility', { subject: 'compatible' })).toMatchObject({ error: 40_408 })
    expect(await ask('Compatibility', { subject: 'compatible', params: { defaultToGlobal: true } })).toMatchObject({
      compatibilityLevel: 'BACKWARD',
    })
    const settings = { compatibility: 'NONE', normalize: true, compatibilityGroup: 'major' }
    expect(await ask('SetCompatibility', { subject: 'compatible', settings })).toMatchObject({ compatibilityLevel: 'NONE' })
    expect(await ask('Compatibility', { subject: 'compatible' })).toMatchObject({
      compatibilityLevel: 'NONE',
      normalize: true,
      compatibilityGroup: 'major',
    })
    expect(await create('compatible', incompatible)).toMatchObject({ version: 2 })
    await ask('ResetCompatibility', { subject: 'compatible' })
    expect(await ask('Compatibility', { subject: 'compatible' })).toMatchObject({ error: 40_408 })
    expect(await ask('ResetCompatibility', { subject: 'absent' })).toMatchObject({ error: 40_401 })
  })

  test('modes close a subject, and IMPORT takes ids and versions as they are given', async () => {
    expect(await ask('Mode')).toBe('READWRITE')
    expect(await ask('Mode', { subject: 'imported' })).toMatchObject({ error: 40_409 })
    expect(await ask('SetMode', { subject: 'imported', mode: 'IMPORT' })).toBe('IMPORT')
    expect(await ask('Mode', { subject: 'imported' })).toBe('IMPORT')
    expect(await ask('RegisterSchema', { subject: 'imported', schema: v1, id: 4_000, version: 7 })).toBe(4_000)
    expect(await ask('SchemaByVersion', { subject: 'imported', version: 7 })).toMatchObject({ id: 4_000 })
    expect(await ask('SetMode', { subject: 'imported', mode: 'READONLY' })).toBe('READONLY')
    expect(await create('imported', v2)).toMatchObject({ error: 42_205 })
    expect(await ask('ResetMode', { subject: 'imported' })).toBe('READONLY')
    expect(await ask('Mode', { subject: 'imported', params: { defaultToGlobal: true } })).toBe('READWRITE')
    expect(await create('imported', v2)).toMatchObject({ version: 8 })
    expect(await ask('SetMode', { subject: 'imported', mode: 'IMPORT' }), 'a subject that has versions').toMatchObject({ error: 42_205 })
    expect(await ask('SetMode', { subject: 'imported', mode: 'IMPORT', params: { force: true } })).toBe('IMPORT')
    expect(await ask('RegisterSchema', { subject: 'found-AVRO', schema: v2, id: 5_000, version: 9 })).toMatchObject({ error: 42_205 })
  })

  test('what is deleted hides first, and goes for good when that is said', async () => {
    await create('deleted', v1)
    const { id } = await create('deleted', v2)
    const permanent = true
    expect(await ask('DeleteSchema', { subject: 'deleted', version: 2, permanent })).toMatchObject({ error: 40_407 })
    expect(await ask('DeleteSchema', { subject: 'deleted', version: 2 })).toBeNull()
    expect(await ask('DeleteSchema', { subject: 'deleted', version: 2 })).toMatchObject({ error: 40_406 })
    expect(await ask('SubjectVersions', { subject: 'deleted' })).toEqual([1])
    expect(await ask('SubjectVersions', { subject: 'deleted', params: { deleted: true } })).toEqual([1, 2])
    expect(await ask('SubjectVersions', { subject: 'deleted', params: { deletedOnly: true } })).toEqual([2])
    expect(await ask('SchemaByVersion', { subject: 'deleted', version: 2 })).toMatchObject({ error: 40_402 })
    expect(await ask('SchemaByID', { id }), 'a consumer still reads what was written by it').toMatchObject(v2)
    expect(await ask('DeleteSchema', { subject: 'deleted', version: 2, permanent })).toBeNull()
    expect(await ask('SubjectVersions', { subject: 'deleted', params: { deleted: true } })).toEqual([1])

    expect(await ask('DeleteSubject', { subject: 'deleted', permanent })).toMatchObject({ error: 40_405 })
    expect(await ask('DeleteSubject', { subject: 'deleted' })).toEqual([1])
    expect(await ask('DeleteSubject', { subject: 'deleted' })).toMatchObject({ error: 40_404 })
    expect(await ask('Subjects', { params: { subjectPrefix: 'deleted' } })).toEqual([])
    expect(await ask('Subjects', { params: { subjectPrefix: 'deleted', deletedOnly: true } })).toEqual(['deleted'])
    expect(await ask('DeleteSubject', { subject: 'deleted', permanent })).toEqual([1])
    expect(await ask('SubjectVersions', { subject: 'deleted', params: { deleted: true } })).toMatchObject({ error: 40_401 })
  })

  test('contexts keep subjects and ids apart', async () => {
    const context = '.staging'
    const first = await create('scoped', v1, { context })
    expect(first).toMatchObject({ subject: ':.staging:scoped', version: 1, id: 1 })
    expect(await create('scoped', { schema: '"int"' })).toMatchObject({ subject: 'scoped', schema: '"int"' })
    expect(await ask('Contexts')).toEqual(['.', '.staging'])
    expect(await ask('Contexts', { params: { contextPrefix: '.sta' } })).toEqual(['.staging'])
    expect(await ask('Subjects', { context })).toEqual([':.staging:scoped'])
    expect(await ask('SubjectVersions', { context, subject: 'scoped' })).toEqual([1])
    expect(await ask('SchemaByID', { context, id: 1 })).toMatchObject(v1)
    await ask('SetCompatibility', { context, subject: 'scoped', settings: { compatibility: 'FULL' } })
    expect(await ask('Compatibility', { context, subject: 'scoped' })).toMatchObject({ compatibilityLevel: 'FULL' })
    expect(await ask('Compatibility', { subject: 'scoped' })).toMatchObject({ error: 40_408 })
    expect(await ask('DeleteContext', { subject: context })).toMatchObject({ error: 42_211, name: 'CONTEXT_NOT_EMPTY' })
    for (const permanent of [false, true]) expect(await ask('DeleteSubject', { context, subject: 'scoped', permanent })).toEqual([1])
    expect(await ask('DeleteContext', { subject: context })).toBeNull()
    expect(await ask('Contexts')).toEqual(['.'])
  })

  test('what is not there, and what is no schema, has its own code', async () => {
    expect(await ask('SchemaByID', { id: 999_999 })).toEqual({ error: 40_403, name: 'SCHEMA_NOT_FOUND' })
    expect(await ask('SchemaByVersion', { subject: 'absent', version: 1 })).toEqual({ error: 40_401, name: 'SUBJECT_NOT_FOUND' })
    expect(await ask('LookupSchema', { subject: 'absent', schema: v1 })).toMatchObject({ error: 40_401 })
    expect(await create('broken', { schema: '{' })).toEqual({ error: 42_201, name: 'INVALID_SCHEMA' })
    expect(await ask('SchemaByGUID', { guid: 'ffffffff-ffff-ffff-ffff-ffffffffffff' })).toMatchObject({ error: 40_403 })
  })

  test('a subject may have any characters', async () => {
    for (const subject of ['a/b', 'a b', '100%', 'ümlaut', 'a?b#c', 'x'.repeat(500)]) {
      expect(await create(subject, v1)).toMatchObject({ subject, version: 1 })
      expect(await ask('SubjectVersions', { subject })).toEqual([1])
    }
  })
})

interface Created {
  readonly subject: string
  readonly version: number
  readonly id: number
  readonly guid: string
  readonly schema: string
}
