import { describe, expect, test } from 'vitest'
import { RefusalLog } from '../../src/broker/refusal-log.ts'
import { buildBatch } from '../../src/protocol/records/build-batch.ts'
import { utf8Bytes } from '../../src/shared/bytes.ts'
import { ManualClock } from '../../src/shared/clock.ts'
import { limits } from '../../src/shared/limits.ts'
import { silentLogger, type LogFacts } from '../../src/shared/log.ts'
import { TestListener } from './support/test-listener.ts'

class Refusals {
  readonly lines: LogFacts[] = []
  readonly clock = new ManualClock()
  readonly log = new RefusalLog({ logger: { ...silentLogger, warn: (facts) => this.lines.push(facts) }, clock: this.clock })

  note(topic: string, reason: string): void {
    this.log.note({ topic, error: 'INVALID_RECORD', reason })
  }
}

describe('refusals', () => {
  test('have a line for the first of each topic, and the next after a pause, which counts those between', async () => {
    const refusals = new Refusals()
    for (const reason of ['first', 'second', 'third']) refusals.note('orders', reason)
    refusals.note('clicks', 'another')
    await refusals.clock.advance(limits.refusalLogPauseMs)
    for (const reason of ['fourth', 'fifth']) refusals.note('orders', reason)
    refusals.note('clicks', 'later')
    expect(refusals.lines).toEqual([
      { topic: 'orders', error: 'INVALID_RECORD', reason: 'first' },
      { topic: 'clicks', error: 'INVALID_RECORD', reason: 'another' },
      { topic: 'orders', error: 'INVALID_RECORD', reason: 'fourth', othersSince: 2 },
      { topic: 'clicks', error: 'INVALID_RECORD', reason: 'later' },
    ])
  })

  test('are said at once when the clock was set back', async () => {
    const refusals = new Refusals()
    refusals.note('orders', 'first')
    await refusals.clock.advance(-3_600_000)
    refusals.note('orders', 'second')
    expect(refusals.lines).toHaveLength(2)
  })

  test('of any number of topics are remembered in bounded memory', () => {
    const refusals = new Refusals()
    for (let topic = 0; topic <= limits.refusalLogTopicsMax; topic++) refusals.note(`t${topic}`, 'first')
    refusals.note('t0', 'forgotten, so said again')
    expect(refusals.lines.at(-1)).toMatchObject({ reason: 'forgotten, so said again' })
  })
})

test('a refused batch is in the log with the reason that its producer is given', async () => {
  const server = await TestListener.start()
  try {
    await server.broker.topic('orders', { configs: { 'max.message.bytes': '1000' } })
    await server.broker.topic('clicks')
    const schema = JSON.stringify({ type: 'object', properties: { size: { type: 'integer' } } })
    await server.broker.registry.register('clicks-value', { schemaType: 'JSON', schema, references: [] }, { isNormalized: false })
    const client = await server.connect()
    const batchOf = (value: string): Uint8Array => buildBatch({ records: [{ timestampMs: 5n, value: utf8Bytes(value) }] })
    await client.produce('orders', batchOf('x'.repeat(2000)))
    await client.produce('clicks', batchOf('{"size": 1}'))
    await client.produce('clicks', batchOf('{"size": "12k"}'))
    expect(server.broker.logged.filter(({ event }) => event === 'refused a batch')).toEqual([
      {
        event: 'refused a batch',
        topic: 'orders',
        error: 'MESSAGE_TOO_LARGE',
        reason: expect.stringContaining('1000 are allowed') as string,
      },
      {
        event: 'refused a batch',
        topic: 'clicks',
        error: 'INVALID_RECORD',
        reason: '1 of 1 records are invalid, so none was stored; record 0: $.size: expected integer, got string "12k"',
      },
    ])
  } finally {
    await server.close()
  }
})
