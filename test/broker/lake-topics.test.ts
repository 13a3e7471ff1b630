import { beforeEach, describe, expect, test } from 'vitest'
import { connectLakeTopics, type LakeTopics, type LakeTopicsContext } from '../../src/broker/lake-topics.ts'
import { HeadgateError } from '../../src/shared/errors.ts'
import type { LakeTopic } from '../../src/sink/sinks.ts'
import { TestBroker } from './support/test-broker.ts'

/** Notes what is opened and closed; a sink takes its time to close. */
class NotedSinks {
  readonly opened = new Map<string, LakeTopic>()
  readonly told: string[] = []
  closing: Promise<void> = Promise.resolve()
  flushing: () => Promise<Record<string, never>> = async () => ({})

  has(topicId: string): boolean {
    return this.opened.has(topicId)
  }

  open(topic: LakeTopic): void {
    this.told.push(`open ${topic.settings.table.table}`)
    this.opened.set(topic.topicId, topic)
  }

  async close(topicId: string, next?: () => LakeTopic | undefined): Promise<void> {
    const name = this.opened.get(topicId)?.settings.table.table
    await this.closing
    if (name !== undefined) this.told.push(`close ${name}`)
    this.opened.delete(topicId)
    const topic = next?.()
    if (topic) this.open(topic)
  }

  flush(): Promise<Record<string, never>> {
    this.told.push('flush')
    return this.flushing()
  }
}

let broker: TestBroker
let sinks: NotedSinks
let lakeTopics: LakeTopics

beforeEach(async () => {
  broker = await TestBroker.start()
  sinks = new NotedSinks()
  const { topics, schemas, logger } = broker.context
  lakeTopics = connectLakeTopics({ topics, schemas, sinks, logger } satisfies LakeTopicsContext)
  topics.addListener(lakeTopics)
})

const register = (fields: string[]) =>
  broker.registry.register(
    'orders-value',
    {
      schemaType: 'AVRO',
      schema: JSON.stringify({ type: 'record', name: 'Order', fields: fields.map((name) => ({ name, type: 'long', default: 0 })) }),
      references: [],
    },
    { isNormalized: false },
  )
const columnsOf = (name: string) => lakeTopics.rowTypeOf(name)?.fields.map((field) => field.name)
const change = (configs: { readonly [key: string]: string }) => broker.context.topics.changeConfigs('orders', () => configs)

describe('a topic has a table', () => {
  test('from its first schema on', async () => {
    await broker.topic('orders')
    expect([sinks.told, columnsOf('orders')]).toEqual([[], undefined])
    await register(['id'])
    expect(sinks.told).toEqual(['open orders'])
    expect(columnsOf('orders')).toContain('id')
    await register(['id', 'note'])
    expect(sinks.told).toEqual(['open orders'])
  })

  test('from its creation on where the schema was there before it', async () => {
    await register(['id'])
    await broker.topic('orders')
    expect(sinks.told).toEqual(['open orders'])
  })

  test('also without a schema where it says so: key, value and where they came from', async () => {
    await broker.topic('raw', { configs: { 'lake.enable': 'true' } })
    expect(columnsOf('raw')).toEqual(expect.arrayContaining(['key', 'value', '_kafka_offset']))
  })

  test('never where it says so, until it says something else', async () => {
    await register(['id'])
    await broker.topic('orders', { configs: { 'lake.enable': 'false' } })
    expect(sinks.told).toEqual([])
    await change({})
    expect(sinks.told).toEqual(['open orders'])
    await change({ 'lake.enable': 'false' })
    expect([sinks.told, columnsOf('orders')]).toEqual([['open orders', 'close orders'], undefined])
  })
})

describe('a topic whose configs change', () => {
  test('goes on with the new ones', async () => {
    await register(['id'])
    await broker.topic('orders')
    await change({ 'lake.table': 'lake.other' })
    expect(sinks.told).toEqual(['open orders', 'close orders', 'open other'])
    expect(columnsOf('orders')).toContain('id')
  })

  test('takes a schema that comes while its sink is being closed', async () => {
    await broker.topic('orders', { configs: { 'lake.enable': 'true' } })
    const closed = Promise.withResolvers<void>()
    sinks.closing = closed.promise
    const changing = change({})
    await new Promise((resolve) => setImmediate(resolve))
    await register(['id'])
    closed.resolve()
    await changing
    expect(sinks.told).toEqual(['open orders', 'close orders', 'open orders'])
    expect(columnsOf('orders')).toContain('id')
  })
})

describe('a topic that is deleted', () => {
  beforeEach(async () => {
    await register(['id'])
    await broker.topic('orders')
  })

  test('leaves every acknowledged row in its table', async () => {
    await broker.context.topics.delete('orders')
    expect(sinks.told).toEqual(['open orders', 'flush', 'close orders'])
    expect(columnsOf('orders')).toBeUndefined()
  })

  test('goes also while the lake is down', async () => {
    sinks.flushing = () => Promise.reject(new HeadgateError('store-unavailable', 'down on purpose'))
    await broker.context.topics.delete('orders')
    expect(broker.context.topics.get('orders')).toBeUndefined()
    expect(broker.logged.map(({ event }) => event)).toContain('a topic is deleted without its last rows in the table')
  })

  test('takes nothing from the one that is made anew under its name meanwhile', async () => {
    const closed = Promise.withResolvers<void>()
    sinks.closing = closed.promise
    const deleting = broker.context.topics.delete('orders')
    while (broker.context.topics.get('orders')) await new Promise((resolve) => setImmediate(resolve))
    await broker.topic('orders')
    closed.resolve()
    await deleting
    expect(columnsOf('orders')).toContain('id')
  })
})
