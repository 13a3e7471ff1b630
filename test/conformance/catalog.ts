import { describe, expect, test } from 'vitest'
import type { Catalog, TableIdentifier } from '../../src/catalogs/catalog.ts'
import { keyOf, type LakeRoot } from '../../src/objects/lake-root.ts'
import { parseJson, type JsonObject } from '../../src/shared/json.ts'
import type { CurrentMetadata, TablePointer } from '../../src/tables/iceberg/table-pointer.ts'

export interface CatalogUnderTest {
  /** Two clients of one empty catalog, as two brokers have them. */
  readonly clients: readonly [Catalog, Catalog]
  readonly root: LakeRoot
  readonly cleanUp: () => Promise<void>
}

const orders: TableIdentifier = { namespace: 'default', table: 'orders' }

/** What every engine of the catalog contract promises. */
export function catalogConformance(name: string, open: () => Promise<CatalogUnderTest>): void {
  const promise = (title: string, check: (catalog: CatalogUnderTest) => Promise<void>): void =>
    test(title, async () => {
      const underTest = await open()
      try {
        await check(underTest)
      } finally {
        await underTest.cleanUp()
      }
    })

  describe(`${name} keeps the catalog's promises`, () => {
    promise('a namespace is created once', async ({ clients: [one, two] }) => {
      expect(await one.createNamespace('default')).toEqual({ kind: 'created' })
      expect(await two.createNamespace('default')).toEqual({ kind: 'exists' })
    })

    promise('a table is created once, and everybody sees it', async ({ clients: [one, two], root }) => {
      expect(await one.pointer(orders).load()).toBeUndefined()
      const created = await one.pointer(orders).create(metadataOf(root, { step: 0 }))
      expect(created.kind).toBe('created')
      expect(await two.pointer(orders).create(metadataOf(root, { step: 99 }))).toEqual({ kind: 'exists' })
      expect(await stepOf(two.pointer(orders))).toBe(0)
      expect(await two.listTables()).toEqual([orders])
    })

    promise('of many that create one table, one does', async ({ clients, root }) => {
      const outcomes = await Promise.all(
        Array.from({ length: 8 }, (_, step) => clients[step % 2 ? 1 : 0].pointer(orders).create(metadataOf(root, { step }))),
      )
      expect(outcomes.filter(({ kind }) => kind === 'created').length).toBe(1)
    })

    promise(
      'a swap from the current metadata commits; from an older one it conflicts and changes nothing',
      async ({ clients: [one, two], root }) => {
        const base = await create(one, root)
        const swapped = await one.pointer(orders).swap(base, metadataOf(root, { step: 1 }))
        expect(swapped.kind).toBe('committed')
        expect(await two.pointer(orders).swap(base, metadataOf(root, { step: 2 }))).toEqual({ kind: 'conflict' })
        expect(await stepOf(one.pointer(orders))).toBe(1)
        expect(await stepOf(two.pointer(orders))).toBe(1)
      },
    )

    promise('of many that swap from one base, one wins', async ({ clients, root }) => {
      const base = await create(clients[0], root)
      const outcomes = await Promise.all(
        Array.from({ length: 8 }, async (_, step) => ({
          step,
          outcome: await clients[step % 2 ? 1 : 0].pointer(orders).swap(base, metadataOf(root, { step })),
        })),
      )
      const winners = outcomes.filter(({ outcome }) => outcome.kind === 'committed')
      expect(winners.length).toBe(1)
      expect(await stepOf(clients[1].pointer(orders))).toBe(winners[0]?.step)
    })

    promise('what is current is a file in the lake, named in the answer, with 64-bit numbers whole', async ({ clients: [one], root }) => {
      await create(one, root)
      const current = await one.pointer(orders).load()
      const key = keyOf(root, current?.location ?? '')
      expect(key).toMatch(/^default\/orders\/metadata\/.*\.metadata\.json$/)
      const bytes = await root.store.get(key ?? '')
      expect(parseJson(Buffer.from(bytes ?? []).toString())).toEqual(metadataOf(root, { step: 0 }))
    })

    promise('a metadata file that lost its race is not left behind', async ({ clients: [one], root }) => {
      const base = await create(one, root)
      await one.pointer(orders).swap(base, metadataOf(root, { step: 1 }))
      const files = await root.store.list('default/orders/metadata/')
      await one.pointer(orders).swap(base, metadataOf(root, { step: 2 }))
      expect(await root.store.list('default/orders/metadata/')).toEqual(files)
    })

    promise('a dropped table is forgotten, its files are not', async ({ clients: [one, two], root }) => {
      const base = await create(one, root)
      expect(await two.drop(orders)).toEqual({ kind: 'dropped' })
      expect(await two.drop(orders)).toEqual({ kind: 'not-found' })
      expect(await one.pointer(orders).load()).toBeUndefined()
      expect(await one.listTables()).toEqual([])
      expect(await one.pointer(orders).swap(base, metadataOf(root, { step: 1 }))).toEqual({ kind: 'conflict' })
      expect(await root.store.head(keyOf(root, base.location) ?? '')).toBeDefined()
    })

    promise('tables do not meet each other', async ({ clients: [one], root }) => {
      const base = await create(one, root)
      for (const other of [
        { namespace: 'default', table: 'orders__dlq' },
        { namespace: 'sales', table: 'orders' },
      ]) {
        expect(await one.pointer(other).load()).toBeUndefined()
        expect(await one.pointer(other).swap(base, metadataOf(root, { step: 1 }))).toEqual({ kind: 'conflict' })
        expect((await one.pointer(other).create(metadataOf(root, { step: 7, place: `${other.namespace}/${other.table}` }))).kind).toBe(
          'created',
        )
      }
      expect(await stepOf(one.pointer(orders))).toBe(0)
      expect((await one.listTables()).length).toBe(3)
    })
  })
}

function metadataOf(root: LakeRoot, { step, place = 'default/orders' }: { step: number; place?: string }): JsonObject {
  return { 'format-version': 2, location: `${root.uri}/${place}`, 'last-sequence-number': step, 'current-snapshot-id': 2n ** 62n + 1n }
}

async function create(catalog: Catalog, root: LakeRoot): Promise<CurrentMetadata> {
  const outcome = await catalog.pointer(orders).create(metadataOf(root, { step: 0 }))
  if (outcome.kind !== 'created') throw new Error('the table exists')
  return outcome.current
}

async function stepOf(pointer: TablePointer): Promise<unknown> {
  return (await pointer.load())?.metadata['last-sequence-number']
}
