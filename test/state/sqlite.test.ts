import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, describe, expect, test } from 'vitest'
import { ManualClock } from '../../src/shared/clock.ts'
import { isErrorOfKind, messageOf, type ErrorKind } from '../../src/shared/errors.ts'
import { seededRandom } from '../../src/shared/random.ts'
import { openDatabase } from '../../src/state/sqlite/database.ts'
import { openSqliteState } from '../../src/state/sqlite/sqlite-state.ts'
import type { StateStore } from '../../src/state/state-store.ts'
import { stateStoreConformance } from '../conformance/state-store.ts'

const folder = mkdtempSync(join(tmpdir(), 'headgate-state-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

let fileCount = 0
const newPath = (): string => join(folder, `${++fileCount}`, 'state.db')
const open = (path: string): StateStore => openSqliteState(path, { clock: new ManualClock(), random: seededRandom(fileCount) })

stateStoreConformance('sqlite', async () => open(newPath()))

const topicId = '11111111-1111-4111-8111-111111111111'

describe('state.db', () => {
  test('everything is there after closing and opening again', async () => {
    const path = newPath()
    const first = open(path)
    const clusterId = await first.clusterId()
    const producerId = await first.allocateProducerId()
    await first.createTopic({ topicId, name: 'orders', partitionCount: 1, configs: {} })
    await appendOne(first)
    await first.schemas.apply(0n, [{ kind: 'put-document', key: 'config/', json: '{}' }])
    await first.close()

    const second = open(path)
    expect(await second.clusterId()).toBe(clusterId)
    expect(await second.allocateProducerId()).toBe(producerId + 1n)
    expect(await second.listPartitions()).toEqual([{ topicId, partition: 0, logStartOffset: 0n, nextOffset: 1n, sizeBytes: 70 }])
    expect(await second.livePieces()).toEqual(['piece'])
    expect(await second.schemas.load(({ revision, documents }) => ({ revision, documents: [...documents] }))).toEqual({
      revision: 1n,
      documents: [{ key: 'config/', json: '{}' }],
    })
    await second.close()
  })

  test('a second headgate on the same file is refused and told which file, and the first goes on', async () => {
    const path = newPath()
    const first = open(path)
    expectKind(() => open(path), 'fenced', `${path} is held by another headgate`)
    expect(await first.allocateProducerId()).toBe(1000n)
    await first.close()
    await open(path).close()
  })

  test('a file of a newer headgate is refused and left alone', async () => {
    const path = newPath()
    await open(path).close()
    const foreign = new DatabaseSync(path)
    foreign.exec('pragma user_version = 999')
    foreign.close()
    expectKind(() => open(path), 'unsupported', 'version 999')
    const again = new DatabaseSync(path)
    expect(again.prepare('pragma user_version').get()).toEqual({ user_version: 999 })
    again.close()
  })

  test('a file that is no database is refused by name', () => {
    const path = join(folder, 'not-a-database.db')
    writeFileSync(path, 'something else entirely, long enough to be read as a header of a hundred bytes'.repeat(20))
    expectKind(() => open(path), 'store-corrupt', path)
  })

  test('a folder that cannot be made is reported with the path', () => {
    writeFileSync(join(folder, 'a-file'), '')
    const path = join(folder, 'a-file', 'state.db')
    expectKind(() => open(path), 'store-unavailable', path)
  })

  test('it is in WAL mode and every commit is synced to disk', () => {
    const database = openDatabase(newPath())
    expect(database.prepare('pragma journal_mode').get()).toEqual({ journal_mode: 'wal' })
    expect(database.prepare('pragma synchronous').get()).toEqual({ synchronous: 2 })
    database.close()
  })
})

async function appendOne(store: StateStore): Promise<void> {
  const batch = {
    topicId,
    partition: 0,
    baseOffset: 0n,
    lastOffset: 0n,
    piece: 'piece',
    position: 0,
    length: 70,
    maxTimestampMs: 1n,
    logAppendTimeMs: null,
  }
  await store.appendBatches({ partitions: [batch], producers: [] }, () => ({
    batches: [batch],
    nextOffsets: [{ topicId, partition: 0, nextOffset: 1n }],
    producers: [],
    result: undefined,
  }))
}

function expectKind(action: () => unknown, kind: ErrorKind, text: string): void {
  try {
    action()
  } catch (error) {
    expect(isErrorOfKind(error, kind)).toBe(true)
    expect(messageOf(error)).toContain(text)
    return
  }
  expect.unreachable('it was not refused')
}
