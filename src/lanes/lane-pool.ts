import { assert } from '../shared/assert.ts'
import { utf8Bytes } from '../shared/bytes.ts'
import type { Lane } from './lane.ts'

/**
 * Which lane owns a topic partition: always the same one, so that its rows keep their order. Partitions of one topic go to
 * lanes in turn, starting from a lane that depends on the topic.
 */
export class LanePool {
  readonly all: readonly Lane[]

  constructor(lanes: readonly Lane[]) {
    assert(lanes.length > 0, 'a pool without lanes')
    this.all = lanes
  }

  /** `newLane` is given the lane's index. */
  static of(count: number, newLane: (index: number) => Lane): LanePool {
    return new LanePool(Array.from({ length: count }, (_, index) => newLane(index)))
  }

  laneFor(topicId: string, partition: number): Lane {
    const lane = this.all[(fnv1a(topicId) + partition) % this.all.length]
    assert(lane, 'a negative partition')
    return lane
  }

  async close(): Promise<void> {
    await Promise.all(this.all.map((lane) => lane.close()))
  }
}

/** The 32-bit FNV-1a hash: spreads short names well and needs no table. */
function fnv1a(text: string): number {
  let hash = 0x811c9dc5
  for (const byte of utf8Bytes(text)) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0
  return hash
}
