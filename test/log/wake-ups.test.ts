import { describe, expect, test } from 'vitest'
import { WakeUps } from '../../src/log/wake-ups.ts'
import { batchOf, topicId } from './support/batches.ts'
import { isSettled, openTestLog } from './support/test-log.ts'

const at = (partition: number, offset: bigint) => ({ topicId, partition, offset })

describe('waiting for data', () => {
  test('ends with the append itself, to any of the partitions', async () => {
    const { log } = await openTestLog()
    const waiting = log.waitForData([at(0, 0n), at(1, 0n)], new AbortController().signal)
    await log.append(batchOf({ partition: 2 }))
    expect(await isSettled(waiting)).toBe(false)
    await log.append(batchOf({ partition: 1 }))
    expect(await isSettled(waiting)).toBe(true)
  })

  test('ends at once where there is data, or where reading gives an answer', async () => {
    const { log } = await openTestLog()
    await log.append(batchOf({}))
    const { signal } = new AbortController()
    expect(await isSettled(log.waitForData([at(1, 0n), at(0, 0n)], signal))).toBe(true)
    expect(await isSettled(log.waitForData([at(9, 0n)], signal))).toBe(true)
    expect(await isSettled(log.waitForData([at(0, 1n)], signal))).toBe(false)
  })

  test('ends when the signal fires, before or during the wait', async () => {
    const { log } = await openTestLog()
    const controller = new AbortController()
    const waiting = log.waitForData([at(0, 0n)], controller.signal)
    expect(await isSettled(waiting)).toBe(false)
    controller.abort()
    await waiting
    await log.waitForData([at(0, 0n)], controller.signal)
  })

  test('ends when the topic is removed and when the log closes', async () => {
    const { log, state } = await openTestLog()
    const { signal } = new AbortController()
    const first = log.waitForData([at(0, 0n)], signal)
    await state.deleteTopic(topicId)
    await log.removeTopic(topicId)
    await first
    await state.createTopic({ topicId, name: 'orders', partitionCount: 1, configs: {} })
    await log.addTopic(topicId, 1)
    const second = log.waitForData([at(0, 0n)], signal)
    expect(await isSettled(second)).toBe(false)
    await log.close()
    await second
  })

  test('above the bound waits for the signal alone', async () => {
    const wakeUps = new WakeUps(1)
    const empty = () => ({ logStartOffset: 0n, nextOffset: 0n })
    const controller = new AbortController()
    const first = wakeUps.wait([at(0, 0n)], empty, controller.signal)
    const second = wakeUps.wait([at(0, 0n)], empty, controller.signal)
    wakeUps.wake({ topicId, partition: 0 })
    expect(await isSettled(first)).toBe(true)
    expect(await isSettled(second)).toBe(false)
    controller.abort()
    await second
    const third = wakeUps.wait([at(0, 0n)], empty, new AbortController().signal)
    wakeUps.wake({ topicId, partition: 0 })
    await third
  })
})
