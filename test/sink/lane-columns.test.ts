import { afterEach, describe, expect, test } from 'vitest'
import type { FaultPlan } from '../../src/objects/faults.ts'
import type { JsonObject } from '../../src/shared/json.ts'
import { OneTopic, placesTo } from './support/one-topic.ts'
import type { SimulatedTopic } from './support/simulated-topic.ts'

/** What a lane knows of a topic's table decides whether a record may be accepted: also when the lane has just died. */
let given: OneTopic
let isLakeDown = false

const lakeFaults: FaultPlan = () => (isLakeDown ? { kind: 'refused' } : { kind: 'none' })

afterEach(() => {
  given.stop()
  isLakeDown = false
})

describe('records that do not fit the columns of the table are refused', () => {
  for (const isDown of [false, true])
    test(`by a lane that took the place of one that died${isDown ? ', while the lake is down' : ''}`, async () => {
      given = await OneTopic.start({ lakeFaults })
      await renameColumn(given.topic(), 'item', 'renamed')
      await given.flush()
      isLakeDown = isDown
      for (let death = 0; death < 3; death++) {
        given.broker.killLanes()
        expect(await given.send(1)).toEqual({ kind: 'invalid' })
        await given.pass(500)
        expect(await given.send(1)).toEqual({ kind: 'invalid' })
      }
    })
})

test('records that fit are accepted by a lane that took the place of one that died, though no table can be opened', async () => {
  given = await OneTopic.start({ lakeFaults })
  await given.send(1)
  isLakeDown = true
  for (let death = 0; death < 3; death++) {
    given.broker.killLanes()
    expect(await given.send(1)).toMatchObject({ kind: 'appended' })
    await given.pass(5_000)
    expect(await given.send(1)).toMatchObject({ kind: 'appended' })
  }
  isLakeDown = false
  await given.flush()
  expect(await given.places()).toEqual(placesTo(7))
})

test('a table that lost the columns by which rows are told apart stops its own topic, with the reason, and no other', async () => {
  given = await OneTopic.start({ topics: [{}, {}] })
  const [spoiled, neighbour] = [given.topic(0), given.topic(1)]
  await renameColumn(spoiled, '_kafka_offset', 'renamed')
  while (given.broker.sinks.failure(spoiled.topicId) === undefined) await given.scheduler.turn()
  expect(given.broker.sinks.failure(spoiled.topicId)).toContain('no column _kafka_offset')
  expect(await given.send(1, { topic: spoiled })).toMatchObject({ kind: 'appended' })
  expect(await given.send(2, { topic: neighbour })).toMatchObject({ kind: 'appended' })
  await given.flush(neighbour)
  expect(await given.places(neighbour)).toEqual(placesTo(2))
})

/** As a foreign tool does it, while the topic's sink is closed. */
async function renameColumn(topic: SimulatedTopic, from: string, to: string): Promise<void> {
  await given.flush(topic)
  await given.close(topic)
  const pointer = given.world.catalog.truthOf(topic.table)
  const current = await pointer.load()
  if (!current) throw new Error('there is no table')
  await pointer.swap(current, JSON.parse(JSON.stringify(current.metadata).replaceAll(`"${from}"`, `"${to}"`)) as JsonObject)
  given.open(topic)
}
