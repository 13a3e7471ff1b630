import fc from 'fast-check'
import { describe, expect, test, vi } from 'vitest'
import { configAt } from '../../src/registry/config.ts'
import { followStore } from '../../src/registry/follow-store.ts'
import type { Registry } from '../../src/registry/registry.ts'
import { registeredTopicSchemas } from '../../src/registry/registered-topic-schemas.ts'
import { ManualClock } from '../../src/shared/clock.ts'
import { limits } from '../../src/shared/limits.ts'
import { silentLogger } from '../../src/shared/log.ts'
import { seededRandom } from '../../src/shared/random.ts'
import { withStateFaults } from '../../src/state/faults.ts'
import { memoryState } from '../../src/state/memory.ts'
import { asSent, emptySchemaState, openRegistry, record, refusalOf } from './registry-under-test.ts'

const fifty = Array.from({ length: 50 }, (_, index) => index)

describe('many at once', () => {
  test('fifty who register the same schema get one id and one version', async () => {
    const registry = await openRegistry()
    const versions = await Promise.all(fifty.map(() => registry.register('a', record('x'), asSent)))
    expect(new Set(versions.map(({ version, schema }) => `${version} ${schema.schemaId}`))).toEqual(new Set(['1 1']))
    expect(registry.index.revision).toBe(1n)
  })

  test('fifty who register different ones get a version and an id each', async () => {
    const registry = await openRegistry()
    const versions = await Promise.all(
      fifty.map((nth) => registry.register('a', record(...fifty.slice(0, nth).map((name) => `f${name}?`)), asSent)),
    )
    expect(versions.map(({ version }) => version).sort((a, b) => a - b)).toEqual(fifty.map((nth) => nth + 1))
    expect(new Set(versions.map(({ schema }) => schema.schemaId)).size).toBe(50)
  })

  test('of two that exclude each other one is told so', async () => {
    const registry = await openRegistry()
    const outcomes = await Promise.allSettled([registry.register('a', record('x'), asSent), registry.register('a', record('y'), asSent)])
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
    expect(registry.index.versions('a')).toHaveLength(1)
  })

  test('more than may wait are refused, and those who wait get through', async () => {
    const registry = await openRegistry()
    const calls = Array.from({ length: limits.registryChangesWaitingMax + 1 }, (_, nth) =>
      registry.updateConfig(`s${nth}`, { normalize: true }),
    )
    const outcomes = await Promise.allSettled(calls)
    expect(outcomes.filter(({ status }) => status === 'rejected')).toMatchObject([{ reason: { errorCode: 50_002 } }])
  })
})

describe('two brokers on one store', () => {
  async function pair(): Promise<[Registry, Registry]> {
    const state = emptySchemaState()
    return [await openRegistry({ state }), await openRegistry({ state })]
  }

  test('agree on ids and versions', async () => {
    const brokers = await pair()
    const versions = await Promise.all(
      fifty.map((nth) => brokers[nth % 2]?.register('a', record(...fifty.slice(0, nth >> 1).map((name) => `f${name}?`)), asSent)),
    )
    expect(new Set(versions.map((version) => `${version?.version} ${version?.schema.schemaId} ${version?.schema.guid}`)).size).toBe(25)
    await Promise.all(brokers.map((broker) => broker.refresh()))
    const [first, second] = brokers.map(({ index }) =>
      index.versions('a').map(({ version, schema }) => [version, schema.schemaId, schema.guid]),
    )
    expect(first).toEqual(second)
    expect(first).toHaveLength(25)
  })

  test('a broker that does not find something looks again', async () => {
    const [first, second] = await pair()
    await first.register('a', record('x'), asSent)
    expect((await second.lookUp('a', record('x'), { isNormalized: false, includeDeleted: false })).version).toBe(1)
    await first.register('b', record('x'), asSent)
    expect(await second.deleteSubject('b', { isPermanent: false })).toEqual([1])
  })

  test('a broker that is told of nothing sees what the other one changed soon after', async () => {
    const [first, second] = await pair()
    const clock = new ManualClock()
    const following = followStore(second, { clock, logger: silentLogger })
    await first.register('a', record('x'), asSent)
    await first.register('b', record('x'), asSent)
    await second.refresh()
    await first.deleteSubject('b', { isPermanent: false })
    await first.register('a', record('x', 'y?'), asSent)
    await first.updateConfig('a', { compatibilityLevel: 'FULL' })
    await clock.advance(limits.registryRefreshMs)
    await vi.waitFor(() => expect(configAt(second.index, 'a')).toMatchObject({ compatibilityLevel: 'FULL' }))
    expect(second.index.versions('a')).toHaveLength(2)
    expect(second.index.hasVersions('b', { includeDeleted: false })).toBe(false)
    await following.stop()
  })

  test('a topic judged by one follows what is registered with the other', async () => {
    const [first, second] = await pair()
    const schemas = registeredTopicSchemas(second)
    const changed: string[] = []
    schemas.onTopicChange((topic) => changed.push(topic))
    expect(schemas.ofTopic('orders')).toBeUndefined()
    await first.register('orders-value', record('x'), asSent)
    await second.refresh()
    expect(changed).toEqual(['orders'])
    expect(schemas.ofTopic('orders')?.schemaIds).toEqual([1])
  })
})

describe('a store that fails', () => {
  const never = { refused: 0, lostAnswer: 0, decidedTwice: 0, delay: () => Promise.resolve() }

  function faulty(faults: { refused?: number; lostAnswer?: number }, seed: number) {
    const random = seededRandom(seed)
    const store = memoryState({ clock: new ManualClock(), random })
    return { store, state: withStateFaults(store, { ...never, ...faults }, random).schemas }
  }

  test('an answer that was lost is looked for: what was written is answered', async () => {
    const { state } = faulty({ lostAnswer: 1 }, 1)
    const registry = await openRegistry({ state })
    expect((await registry.register('a', record('x'), asSent)).version).toBe(1)
    expect(await registry.setMode('a', { mode: 'READONLY', isForced: false })).toBe('READONLY')
    expect(await registry.removeMode('a', { isRecursive: false })).toBe('READONLY')
    expect(await registry.deleteSubject('a', { isPermanent: false })).toEqual([1])
    expect(await registry.deleteSubject('a', { isPermanent: true })).toEqual([1])
    expect(registry.index.versions('a')).toEqual([])
  })

  test('what was answered is stored and what was refused is not, whatever goes wrong', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 1_000_000 }), async (seed) => {
        const { store, state } = faulty({ lostAnswer: 0.2 }, seed)
        const registry = await openRegistry({ state })
        const flaky = withStateFaults(store, { ...never, refused: 0.3, lostAnswer: 0.2 }, seededRandom(seed)).schemas
        const second = await openRegistry({ state: { ...flaky, load: (read) => store.schemas.load(read) } })
        const outcomes = await Promise.allSettled(
          fifty.slice(0, 12).map((nth) => (nth % 2 === 0 ? registry : second).register(`s${nth % 4}`, record(`f${nth}?`), asSent)),
        )
        const stored = await openRegistry({ state: store.schemas })
        for (const [nth, outcome] of outcomes.entries()) {
          const live = stored.index.liveVersions(`s${nth % 4}`).map(({ version, schema }) => `${version} ${schema.schemaId}`)
          if (outcome.status === 'fulfilled') expect(live).toContain(`${outcome.value.version} ${outcome.value.schema.schemaId}`)
        }
        const ids = [0, 1, 2, 3].flatMap((nth) => stored.index.versions(`s${nth}`).map(({ schema }) => schema.schemaId))
        expect(new Set(ids).size).toBe(ids.length)
      }),
      { numRuns: 40 },
    )
  })
})

describe('no request changes anything unless it answers success', () => {
  for (const [what, call, errorCode] of [
    ['an incompatible schema', (registry: Registry) => registry.register('a', record('z'), asSent), 409],
    [
      'an invalid schema',
      (registry: Registry) => registry.register('a', { schemaType: 'AVRO', schema: '{', references: [] }, asSent),
      42_201,
    ],
    [
      'an invalid schema in a new context',
      (registry: Registry) => registry.register(':.new:a', { schemaType: 'AVRO', schema: '{', references: [] }, asSent),
      42_201,
    ],
    ['an id outside of IMPORT', (registry: Registry) => registry.register('a', { ...record('a', 'b?'), schemaId: 5 }, asSent), 42_205],
    ['a schema that no table can hold', (registry: Registry) => registry.register('t-value', record('_kafka_offset'), asSent), 42_201],
    ['deleting what is referred to', (registry: Registry) => registry.deleteSubject('money', { isPermanent: false }), 42_206],
    ['deleting for good too early', (registry: Registry) => registry.deleteSubject('a', { isPermanent: true }), 40_405],
    ['a mode that may not be', (registry: Registry) => registry.setMode('a', { mode: 'IMPORT', isForced: false }), 42_205],
  ] as const)
    test(what, async () => {
      const registry = await openRegistry()
      await registry.register('a', record('a'), asSent)
      await registry.register('money', { schemaType: 'JSON', schema: '{}', references: [] }, asSent)
      const references = [{ name: 'm', subject: 'money', version: 1 }]
      await registry.register('bill', { schemaType: 'JSON', schema: '{"$ref":"m"}', references }, asSent)
      const { revision } = registry.index
      expect((await refusalOf(call(registry))).errorCode).toBe(errorCode)
      expect(registry.index.revision).toBe(revision)
    })
})

test('ids are never used again, not even when all that was registered is gone for good', async () => {
  const state = emptySchemaState()
  const registry = await openRegistry({ state })
  await registry.register('a', record('x'), asSent)
  await registry.deleteSubject('a', { isPermanent: false })
  await registry.deleteSubject('a', { isPermanent: true })
  const again = await openRegistry({ state })
  expect((await again.register('b', record('y'), asSent)).schema.schemaId).toBe(2)
})

test('the highest id there is can be imported, and none comes after it', async () => {
  const registry = await openRegistry()
  await registry.setMode('a', { mode: 'IMPORT', isForced: false })
  await registry.register('a', { ...record('x'), schemaId: 0x7fff_ffff }, asSent)
  expect(registry.index.schema('.', 0x7fff_ffff)?.uses).toHaveLength(1)
  expect((await registry.register('b', record('x'), asSent)).schema.schemaId, 'the same content').toBe(0x7fff_ffff)
  expect(await refusalOf(registry.register('b', record('x', 'y?'), asSent))).toMatchObject({ errorCode: 50_001 })
  expect((await registry.register(':.c:b', record('x', 'y?'), asSent)).schema.schemaId).toBe(1)
})

test('stored records keep their schema when every version of it is gone, and what it referred to is, too', async () => {
  const state = emptySchemaState()
  const registry = await openRegistry({ state })
  await registry.register('money', { schemaType: 'AVRO', schema: '{"type":"fixed","name":"M","size":2}', references: [] }, asSent)
  const references = [{ name: 'M', subject: 'money', version: 1 }]
  await registry.register('t-value', { schemaType: 'AVRO', schema: '{"type":"array","items":"M"}', references }, asSent)
  for (const subject of ['t-value', 'money'])
    for (const isPermanent of [false, true]) await registry.deleteSubject(subject, { isPermanent })
  const schemas = registeredTopicSchemas(await openRegistry({ state }))
  expect(schemas.ofTopic('t')).toBeUndefined()
  expect(schemas.definition(2)).toEqual({
    schemaId: 2,
    guid: expect.any(String),
    schemaType: 'AVRO',
    text: '{"type":"array","items":"M"}',
    references: [{ name: 'M', text: '{"type":"fixed","name":"M","size":2}' }],
  })
})

describe('references', () => {
  const json = (schema: object, ...references: { name: string; subject: string; version: number }[]) =>
    ({ schemaType: 'JSON', schema: JSON.stringify(schema), references }) as const

  test('are bounded in number', async () => {
    const registry = await openRegistry()
    await registry.register('leaf', json({}), asSent)
    const references = Array.from({ length: limits.schemaReferencesMax + 1 }, (_, nth) => ({
      name: `r${nth}`,
      subject: 'leaf',
      version: 1,
    }))
    expect(await refusalOf(registry.register('a', json({}, ...references), asSent))).toMatchObject({
      errorCode: 42_201,
      message: expect.stringContaining('more than 1000 references'),
    })
  })

  test('are bounded in text, since all of it is read with whatever refers to it', async () => {
    const registry = await openRegistry()
    const half = json({ description: 'x'.repeat(limits.schemaReferencesBytesMax / 2) })
    await registry.register('half', half, asSent)
    const reference = (nth: number) => ({ name: `r${nth}`, subject: 'half', version: 1 })
    expect(await registry.register('a', json({}, reference(0)), asSent)).toMatchObject({ version: 1 })
    expect(await refusalOf(registry.register('b', json({}, reference(0), reference(1)), asSent))).toMatchObject({
      errorCode: 42_201,
      message: expect.stringContaining(`the references hold more than ${limits.schemaReferencesBytesMax} bytes of text`),
    })
  })

  test('are bounded in depth', async () => {
    const registry = await openRegistry()
    await registry.register('s0', json({}), asSent)
    const chain = async (): Promise<void> => {
      for (let nth = 1; nth <= limits.nestingMax + 2; nth++)
        await registry.register(
          `s${nth}`,
          json({ $ref: `r${nth - 1}` }, { name: `r${nth - 1}`, subject: `s${nth - 1}`, version: 1 }),
          asSent,
        )
    }
    expect(await refusalOf(chain())).toMatchObject({ errorCode: 42_201, message: expect.stringMatching(/nested|deep|inside/) })
  })

  test('that lead back to where they started are refused', async () => {
    const registry = await openRegistry()
    await registry.setMode('a', { mode: 'IMPORT', isForced: false })
    await registry.register('a', { ...json({}), schemaId: 10, version: 1 }, asSent)
    await registry.register('b', json({ $ref: 'a' }, { name: 'a', subject: 'a', version: 1 }), asSent)
    // An import may put another schema in the place of a version: here one that refers to what refers to it.
    await registry.register('a', { ...json({ $ref: 'b' }, { name: 'b', subject: 'b', version: 1 }), schemaId: 20, version: 1 }, asSent)
    expect(await refusalOf(registry.register('c', json({ $ref: 'b' }, { name: 'b', subject: 'b', version: 1 }), asSent))).toMatchObject({
      errorCode: 42_201,
      message: expect.stringContaining('refers back to itself'),
    })
  })
})

describe('a topic with a table', () => {
  test('takes no schema that changes its columns, and any that does not', async () => {
    const { mappedRowType } = await import('../../src/registry/lake-check.ts')
    const { loadLanguage } = await import('../../src/lanes/languages.ts')
    const avro = await loadLanguage('AVRO')
    const table = mappedRowType(avro.parse({ schemaType: 'AVRO', text: record('a').schema, references: [] }))
    const registry = await openRegistry({ tableOf: (subject) => (subject === 't-value' ? table : undefined) })
    await registry.register('t-value', record('a'), asSent)
    expect(await refusalOf(registry.register('t-value', record('a', 'b?'), asSent))).toEqual({
      errorCode: 409,
      message:
        'Schema being registered is incompatible with an earlier schema for subject "t-value", details: ' +
        "[the columns of the topic's table would change, which is not offered yet: + b string]",
    })
    await registry.register('free-value', record('a'), asSent)
    await registry.register('free-value', record('a', 'b?'), asSent)
    const query = { against: 'latest', isNormalized: false, isVerbose: true, withTable: true } as const
    expect(await registry.compatibility('t-value', record('a', 'b?'), query)).toEqual({
      isCompatible: true,
      messages: [],
      table: {
        topic: 't',
        exists: true,
        changes: [{ kind: 'added', column: 'b', type: 'string' }],
        text: '+ b string',
        refusal: "the columns of the topic's table would change, which is not offered yet: + b string",
      },
      registration: { kind: 'refused', errorCode: 409, message: expect.stringContaining('not offered yet: + b string') as string },
    })
    expect((await registry.compatibility('t-key', record('a'), query)).table).toMatchObject({ topic: null, changes: [] })
    expect((await registry.compatibility('new-value', record('a'), query)).table).toMatchObject({ topic: 'new', exists: false })
  })
})
