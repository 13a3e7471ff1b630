import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { RegistryIndex } from '../../src/registry/registry-index.ts'
import { SortedNames } from '../../src/registry/sorted-names.ts'
import type { SchemaChange, SchemaState } from '../../src/state/state-store.ts'
import { emptySchemaState } from './registry-under-test.ts'

/** Everything that can be asked of an index about a small world. */
function answersOf(index: RegistryIndex): unknown {
  const subjects = [...index.subjectsWithPrefix('')]
  const contexts = index.contexts()
  const schemas = contexts.flatMap((context) => [1, 2, 3, 4].map((schemaId) => index.schema(context, schemaId)))
  return {
    revision: index.revision,
    subjects,
    contexts,
    versions: subjects.map((subject) =>
      index.versions(subject).map(({ version, schema, isDeleted }) => [version, schema.context, schema.schemaId, isDeleted]),
    ),
    areLive: subjects.map((subject) => [true, false].map((includeDeleted) => index.hasVersions(subject, { includeDeleted }))),
    latest: subjects.map((subject) => index.latest(subject)?.version),
    schemas: schemas.map((schema) => schema && [schema.guid, schema.uses.map(({ subject, version }) => `${subject} ${version}`).sort()]),
    guids: contexts.map((context) =>
      ['g1', 'g2'].map((guid) =>
        index
          .schemasByGuid(context, guid)
          .map(({ schemaId }) => schemaId)
          .sort((a, b) => a - b),
      ),
    ),
    maxIds: contexts.map((context) => index.maxId(context)),
    referrers: ['a', 'b'].map((subject) =>
      index
        .referrers(subject, 1)
        .map(({ schemaId }) => schemaId)
        .sort((a, b) => a - b),
    ),
    documents: index.documentKeys('').sort(),
  }
}

/** Changes as a registry makes them: a version names a schema that is there, and only an unused schema is replaced. */
const operation = fc.oneof(
  fc.record({
    kind: fc.constant('schema' as const),
    schemaId: fc.integer({ min: 1, max: 4 }),
    guid: fc.constantFrom('g1', 'g2'),
    refersTo: fc.constantFrom('', 'a', 'b'),
  }),
  fc.record({
    kind: fc.constant('version' as const),
    subject: fc.constantFrom('a', 'b', 'ab', 'c'),
    version: fc.integer({ min: 1, max: 3 }),
    schemaId: fc.integer({ min: 1, max: 4 }),
    isDeleted: fc.boolean(),
  }),
  fc.record({
    kind: fc.constant('removal' as const),
    subject: fc.constantFrom('a', 'b', 'ab', 'c'),
    version: fc.integer({ min: 1, max: 3 }),
  }),
  // What was asked is remembered, and must not be when a change made it wrong.
  fc.constant({ kind: 'question' as const }),
  fc.record({ kind: fc.constant('document' as const), key: fc.constantFrom('context/.c', 'config/a'), isRemoved: fc.boolean() }),
)

function changeOf(
  index: RegistryIndex,
  wanted: typeof operation extends fc.Arbitrary<infer Value> ? Value : never,
): SchemaChange | undefined {
  switch (wanted.kind) {
    case 'schema': {
      const { schemaId, guid, refersTo } = wanted
      if ((index.schema('.', schemaId)?.uses.length ?? 0) > 0) return undefined
      const references = refersTo === '' ? '' : JSON.stringify([{ name: 'r', subject: refersTo, version: 1, schemaId: 1 }])
      return { kind: 'put-schema', schema: { context: '.', schemaId, guid, schemaType: 'AVRO', references }, text: '{}' }
    }
    case 'version': {
      const { kind: _, ...version } = wanted
      if (!index.schema('.', wanted.schemaId)) return undefined
      return { kind: 'put-version', version: { ...version, context: '.', createdAtMs: 1 } }
    }
    case 'removal':
      return { kind: 'remove-version', subject: wanted.subject, version: wanted.version }
    case 'question':
      return void answersOf(index)
    case 'document':
      return wanted.isRemoved ? { kind: 'remove-document', key: wanted.key } : { kind: 'put-document', key: wanted.key, json: 'true' }
  }
}

async function loaded(state: SchemaState): Promise<RegistryIndex> {
  const index = new RegistryIndex()
  await state.load((rows) => index.load(rows))
  return index
}

test('an index that followed every change, since whichever load, answers as one that was loaded', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(operation, { maxLength: 40 }), fc.nat(40), async (operations, loadedAt) => {
      const state = emptySchemaState()
      let index = await loaded(state)
      for (const [nth, wanted] of operations.entries()) {
        if (nth === loadedAt) index = await loaded(state)
        const change = changeOf(index, wanted)
        if (!change) continue
        const outcome = await state.apply(index.revision, [change])
        if (outcome.kind === 'applied') index.apply([change], outcome.revision)
      }
      expect(answersOf(index)).toEqual(answersOf(await loaded(state)))
    }),
    { numRuns: 400 },
  )
})

test('a version that becomes another schema is no use of the one before, also where that was asked', async () => {
  const state = emptySchemaState()
  const index = await loaded(state)
  const schema = (schemaId: number): SchemaChange => ({
    kind: 'put-schema',
    schema: { context: '.', schemaId, guid: `g${schemaId}`, schemaType: 'AVRO', references: '' },
    text: '{}',
  })
  const version = (schemaId: number): SchemaChange => ({
    kind: 'put-version',
    version: { subject: 'a', version: 1, context: '.', schemaId, isDeleted: false, createdAtMs: 1 },
  })
  const uses = (): (number | undefined)[] => [1, 2].map((schemaId) => index.schema('.', schemaId)?.uses.length)
  index.apply([schema(1), schema(2), version(1)], 1n)
  expect(uses()).toEqual([1, 0])
  index.apply([version(2)], 2n)
  expect(uses()).toEqual([0, 1])
})

test('a version of a schema that is not stored is a corrupt store for whoever asks for its subject', async () => {
  const state = emptySchemaState()
  await state.apply(0n, [
    { kind: 'put-version', version: { subject: 'a', version: 1, context: '.', schemaId: 7, isDeleted: false, createdAtMs: 0 } },
  ])
  const index = await loaded(state)
  for (const _ of ['first', 'second'])
    expect(() => index.versions('a')).toThrow(expect.objectContaining({ kind: 'store-corrupt' }) as Error)
  expect(index.versions('b')).toEqual([])
})

describe('sorted names', () => {
  test('stay sorted and distinct, and give those of a prefix', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.boolean(), fc.string({ maxLength: 3 }))), fc.string({ maxLength: 2 }), (steps, prefix) => {
        const names = new SortedNames()
        const model = new Set<string>()
        for (const [isAdded, name] of steps) {
          if (isAdded) names.add(name)
          else names.remove(name)
          if (isAdded) model.add(name)
          else model.delete(name)
        }
        expect([...names.withPrefix(prefix)]).toEqual([...model].sort().filter((name) => name.startsWith(prefix)))
      }),
    )
  })
})
