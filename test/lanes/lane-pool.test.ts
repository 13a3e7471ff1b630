import { expect, test } from 'vitest'
import { inProcessLane } from '../../src/lanes/in-process-lane.ts'
import { LanePool } from '../../src/lanes/lane-pool.ts'

test('a partition always has the same lane, and the partitions of a topic are dealt out evenly', async () => {
  const pool = LanePool.of(3, () => inProcessLane())
  for (const topicId of ['a', 'b', '6b1d7f0e-6a59-4e3c-9d84-0d6f1f1f9c11']) {
    const lanes = Array.from({ length: 9 }, (_, partition) => pool.laneFor(topicId, partition))
    expect(lanes).toEqual(lanes.map((_, partition) => pool.laneFor(topicId, partition)))
    expect(pool.all.map((lane) => lanes.filter((other) => other === lane).length)).toEqual([3, 3, 3])
  }
  await pool.close()
})

test('topics of one partition do not all have the same lane', async () => {
  const pool = LanePool.of(4, () => inProcessLane())
  const used = new Set(Array.from({ length: 40 }, (_, topic) => pool.laneFor(`topic-${topic}`, 0)))
  expect(used.size).toBe(4)
  await pool.close()
})
