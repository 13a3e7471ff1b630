/**
 * A process that appends until it is killed: four idempotent producers, one batch in flight each. It prints what was
 * acknowledged, a line each: value, partition, base offset.
 */
import { writeSync } from 'node:fs'
import { join } from 'node:path'
import { openLog } from '../../../src/log/open.ts'
import { openSegmentPieces } from '../../../src/log/segment-pieces.ts'
import { systemClock as clock } from '../../../src/shared/clock.ts'
import { silentLogger as logger } from '../../../src/shared/log.ts'
import { systemRandom as random } from '../../../src/shared/random.ts'
import { openStateStore } from '../../../src/state/open.ts'
import { batchOf, topicId } from './batches.ts'

const [dataDirectory = '', run = ''] = process.argv.slice(2)
const state = await openStateStore(join(dataDirectory, 'state.db'), { clock, random })
await state.createTopic({ topicId, name: 'orders', partitionCount: 2, configs: {} })
const pieces = await openSegmentPieces(join(dataDirectory, 'log'), { clock, random, segmentBytesMax: 20_000 })
const log = await openLog({ state, pieces, clock, random, logger })
await Promise.all([0, 1, 2, 3].map((producer) => produce(producer)))

async function produce(producer: number): Promise<void> {
  const id = await state.allocateProducerId()
  const partition = producer % 2
  for (let baseSequence = 0; ; baseSequence++) {
    const value = `${run}/${producer}/${baseSequence}`
    const outcome = await log.append(batchOf({ partition, values: [value], producer: { id, epoch: 0, baseSequence } }))
    if (outcome.kind !== 'appended') throw new Error(`${value} was answered with ${outcome.kind}`)
    writeSync(1, `${value} ${partition} ${outcome.baseOffset}\n`)
  }
}
