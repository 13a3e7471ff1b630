import { describe, expect, test } from 'vitest'
import { inProcessLane } from '../../src/lanes/in-process-lane.ts'
import { BufferMemory } from '../../src/sink/buffer-memory.ts'
import { LaneBuffers } from '../../src/sink/lane-buffers.ts'
import { LaneUnderTest } from '../lanes/lane-under-test.ts'
import { order, rowsOf, tableKey } from '../lanes/orders.ts'

/** Two lanes with the orders' table, and what the sink believes that they hold. */
function given(): { readonly memory: BufferMemory; readonly buffers: LaneBuffers; readonly lanes: [LaneUnderTest, LaneUnderTest] } {
  const memory = new BufferMemory(1 << 30)
  const lanes = [new LaneUnderTest(inProcessLane()), new LaneUnderTest(inProcessLane())] as [LaneUnderTest, LaneUnderTest]
  for (const each of lanes) each.openOrders('none')
  return { memory, buffers: new LaneBuffers(tableKey, memory.share()), lanes }
}

async function adopted(lane: LaneUnderTest, id: number) {
  const outcome = await lane.adopt(await lane.ticketOf([order(id)]), BigInt(id))
  if (outcome.kind !== 'adopted') throw new Error(outcome.kind)
  return outcome
}

describe('what the lanes hold', () => {
  test('is what each of them answered last', async () => {
    const { memory, buffers, lanes } = given()
    const [first, second] = lanes
    for (const id of [1, 2]) expect(buffers.note(first.lane, await adopted(first, id), 0)).toBe(true)
    const latest = await adopted(first, 3)
    buffers.note(first.lane, latest, 0)
    expect(memory.bytes).toBe(latest.bufferedBytes)
    const other = await adopted(second, 4)
    buffers.note(second.lane, other, 0)
    expect(memory.bytes).toBe(latest.bufferedBytes + other.bufferedBytes)
  })

  test('leaves with a cut of that lane', async () => {
    const { memory, buffers, lanes } = given()
    const [first, second] = lanes
    buffers.note(first.lane, await adopted(first, 1), buffers.cutsOf(first.lane))
    const other = await adopted(second, 2)
    buffers.note(second.lane, other, buffers.cutsOf(second.lane))
    const chunks = await buffers.cut(first.lane)
    expect(rowsOf(chunks).map(({ id }) => id)).toEqual([1n])
    expect(memory.bytes).toBe(other.bufferedBytes)
  })

  test('counts until the cut is there', async () => {
    const { memory, buffers, lanes } = given()
    const [first] = lanes
    const latest = await adopted(first, 1)
    buffers.note(first.lane, latest, 0)
    const cut = buffers.cut(first.lane)
    expect(memory.bytes).toBe(latest.bufferedBytes)
    await cut
    expect(memory.bytes).toBe(0)
  })

  test('is not what an answer says that was asked for before the last cut', async () => {
    const { memory, buffers, lanes } = given()
    const [first] = lanes
    const cuts = buffers.cutsOf(first.lane)
    const outcome = await adopted(first, 1)
    await buffers.cut(first.lane)
    expect(buffers.note(first.lane, outcome, cuts)).toBe(false)
    expect(memory.bytes).toBe(0)
    expect(buffers.note(first.lane, await adopted(first, 2), buffers.cutsOf(first.lane))).toBe(true)
    expect(memory.bytes).toBeGreaterThan(0)
  })
})
