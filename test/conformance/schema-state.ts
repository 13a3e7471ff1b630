import { describe, expect, test } from 'vitest'
import type { SchemaChange, SchemaList, SchemaState, StoredSchema, StoredVersion, VersionList } from '../../src/state/state-store.ts'

/** What every engine promises of the schema registry's rows; part of the state store's suite. */
export function schemaStateConformance(schemas: () => SchemaState): void {
  describe('schemas', () => {
    const schema = (schemaId: number) => ({ context: '.', schemaId, guid: `guid-${schemaId}`, schemaType: 'AVRO', references: '' })
    const put = (stored: StoredSchema, text = '{}'): SchemaChange => ({ kind: 'put-schema', schema: stored, text })
    const version = (number: number) => ({
      subject: 'orders-value',
      version: number,
      context: '.',
      schemaId: number,
      isDeleted: false,
      createdAtMs: 5,
    })

    test('rows come back as they were put, and a change of one replaces it', async () => {
      await change(schemas(), [
        put(schema(1), '{"schema":"\\"string\\""}'),
        { kind: 'put-version', version: version(1) },
        { kind: 'put-version', version: version(2) },
        { kind: 'put-document', key: 'config/', json: '{"compatibility":"FULL"}' },
        { kind: 'put-document', key: 'mode/', json: '1' },
      ])
      await change(schemas(), [
        { kind: 'put-version', version: { ...version(1), isDeleted: true } },
        { kind: 'remove-version', subject: 'orders-value', version: 2 },
        { kind: 'remove-document', key: 'mode/' },
      ])
      expect(await rowsOf(schemas())).toEqual({
        revision: 2n,
        schemas: [schema(1)],
        versions: [{ ...version(1), isDeleted: true }],
        documents: [{ key: 'config/', json: '{"compatibility":"FULL"}' }],
        maxIds: [{ context: '.', maxId: 1 }],
      })
    })

    test('thousands of rows come in order, each once, whatever their names are made of', async () => {
      const numbers = Array.from({ length: 5_001 }, (_, index) => index + 1)
      const names = ['a"b', 'a\\c', "a'd", 'aé', 'a\u{1f600}']
      const stored = numbers.map((schemaId) => ({ ...schema(schemaId), references: schemaId % 1_000 === 0 ? '[{"name":"\\"a"}]' : '' }))
      const versions = names.flatMap((subject) =>
        numbers
          .slice(0, 1_001)
          .map((number) => ({ ...version(number), subject, isDeleted: number % 2 === 0, createdAtMs: 2 ** 41 + number })),
      )
      const shuffled = [...versions.filter((_, index) => index % 3 === 0), ...versions.filter((_, index) => index % 3 !== 0)]
      await change(schemas(), [...stored.toReversed().map((row) => put(row)), ...shuffled.map(asPutVersion)])
      const rows = await rowsOf(schemas())
      expect(rows.schemas).toEqual(stored)
      expect(rows.versions).toEqual(versions.toSorted((a, b) => Buffer.compare(Buffer.from(a.subject), Buffer.from(b.subject))))
    })

    test('lists that are kept stay as they were', async () => {
      await change(schemas(), [put(schema(1)), { kind: 'put-version', version: version(1) }])
      const { schemas: kept, versions } = await schemas().load((rows) => rows)
      await change(schemas(), [put({ ...schema(1), guid: 'new' }), { kind: 'remove-version', subject: 'orders-value', version: 1 }])
      expect([schemaRows(kept), versionRows(versions)]).toEqual([[schema(1)], [version(1)]])
    })

    test('a text is read by context and id, as it was put last', async () => {
      const inOther = { ...schema(1), context: '.other' }
      await change(schemas(), [put(schema(1), '{"schema":"ü"}'), put(inOther, '{"schema":"other"}')])
      await change(schemas(), [put({ ...schema(1), guid: 'new', references: '[{"name":"a"}]' }, '{"schema":"new"}')])
      expect(schemas().textOf('.', 1)).toBe('{"schema":"new"}')
      expect(schemas().textOf('.other', 1)).toBe('{"schema":"other"}')
      expect(schemas().textOf('.', 2)).toBeUndefined()
      expect((await rowsOf(schemas())).schemas).toEqual([{ ...schema(1), guid: 'new', references: '[{"name":"a"}]' }, inOther])
    })

    test('the revision is that of the last change', async () => {
      expect(await schemas().revision()).toBe(0n)
      await change(schemas(), [])
      expect(await schemas().revision()).toBe(1n)
    })

    test('the highest id of a context never goes down', async () => {
      await change(schemas(), [put(schema(9)), put(schema(4)), put({ ...schema(2), context: '.other' })])
      expect((await rowsOf(schemas())).maxIds).toEqual([
        { context: '.', maxId: 9 },
        { context: '.other', maxId: 2 },
      ])
    })

    test('a change on top of an old revision is a conflict and writes nothing', async () => {
      const { revision } = await rowsOf(schemas())
      await change(schemas(), [])
      expect(await schemas().apply(revision, [{ kind: 'put-document', key: 'late', json: '1' }])).toEqual({ kind: 'conflict' })
      expect((await rowsOf(schemas())).documents).toEqual([])
    })

    test('fifty concurrent changes lose no update', async () => {
      await Promise.all(Array.from({ length: 50 }, () => registerNext(schemas(), schema)))
      const { schemas: rows, revision } = await rowsOf(schemas())
      expect(rows.map(({ schemaId }) => schemaId)).toEqual(Array.from({ length: 50 }, (_, index) => index + 1))
      expect(revision).toBe(50n)
    })
  })
}

function asPutVersion(version: StoredVersion): SchemaChange {
  return { kind: 'put-version', version }
}

async function change(schemas: SchemaState, changes: readonly SchemaChange[]): Promise<void> {
  const { revision } = await rowsOf(schemas)
  expect(await schemas.apply(revision, changes)).toEqual({ kind: 'applied', revision: revision + 1n })
}

/** Everything that a registry is shown, kept. */
function rowsOf(schemas: SchemaState) {
  return schemas.load(({ revision, ...rows }) => ({
    revision,
    schemas: schemaRows(rows.schemas),
    versions: versionRows(rows.versions),
    documents: [...rows.documents],
    maxIds: [...rows.maxIds],
  }))
}

/** Each by its place, which what an index reads of them must agree with. */
function schemaRows(list: SchemaList): StoredSchema[] {
  const rows = [...list.heads].map((_, index) => list.at(index))
  for (const part of ['heads', 'guids'] as const)
    expect([...list[part]].map((fields, index) => ({ ...rows[index], ...fields }))).toEqual(rows)
  return rows
}

function versionRows(list: VersionList): StoredVersion[] {
  const rows = [...list.heads].map((_, index) => list.at(index))
  for (const part of ['heads', 'schemas'] as const)
    expect([...list[part]].map((fields, index) => ({ ...rows[index], ...fields }))).toEqual(rows)
  return rows
}

/** Takes the next free id, as a registry does: load, decide, apply, again after a conflict. */
async function registerNext(schemas: SchemaState, schema: (schemaId: number) => StoredSchema): Promise<void> {
  for (;;) {
    const { revision, maxIds } = await rowsOf(schemas)
    const outcome = await schemas.apply(revision, [{ kind: 'put-schema', schema: schema((maxIds[0]?.maxId ?? 0) + 1), text: '{}' }])
    if (outcome.kind === 'applied') return
  }
}
