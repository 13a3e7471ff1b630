import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { ManualClock } from '../../src/shared/clock.ts'
import { isErrorOfKind } from '../../src/shared/errors.ts'
import { seededRandom } from '../../src/shared/random.ts'
import { withStateFaults } from '../../src/state/faults.ts'
import { openStateStore } from '../../src/state/open.ts'

const folder = mkdtempSync(join(tmpdir(), 'headgate-open-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const world = { clock: new ManualClock(), random: seededRandom(1) }

describe('a state store is opened by its URL', () => {
  test('a path and a sqlite URL name the same file', async () => {
    const path = join(folder, 'with space', 'state.db')
    const byPath = await openStateStore(path, world)
    const clusterId = await byPath.clusterId()
    await byPath.close()
    const byUrl = await openStateStore(`sqlite://${encodeURI(path)}`, world)
    expect(await byUrl.clusterId()).toBe(clusterId)
    await byUrl.close()
  })

  test('memory: forgets', async () => {
    const first = await openStateStore('memory:', world)
    const second = await openStateStore('memory:', world)
    expect(await first.clusterId()).not.toBe(await second.clusterId())
  })

  test('an unknown scheme is refused with the known ones', async () => {
    await expect(openStateStore('oracle://somewhere', world)).rejects.toSatisfy(
      (error) => isErrorOfKind(error, 'unsupported') && error.message.includes('sqlite:///path') && error.message.includes('oracle:'),
    )
  })
})

describe('faults on purpose', () => {
  const delay = async (): Promise<void> => {}

  test('a refused call did nothing', async () => {
    const store = await openStateStore('memory:', world)
    const faulty = withStateFaults(store, { refused: 1, lostAnswer: 0, decidedTwice: 0, delay }, seededRandom(1))
    await expect(faulty.allocateProducerId()).rejects.toSatisfy((error) => isErrorOfKind(error, 'store-unavailable'))
    expect(await store.allocateProducerId()).toBe(1000n)
  })

  test('a call whose answer was lost did its work', async () => {
    const store = await openStateStore('memory:', world)
    const faulty = withStateFaults(store, { refused: 0, lostAnswer: 1, decidedTwice: 0, delay }, seededRandom(1))
    await expect(faulty.allocateProducerId()).rejects.toSatisfy((error) => isErrorOfKind(error, 'store-outcome-unknown'))
    expect(await store.allocateProducerId()).toBe(1001n)
  })
})
