import type { TopicDescription } from '../../http/admin.ts'
import type { SchemaType } from '../../schema/language.ts'
import { assert } from '../../shared/assert.ts'
import { pathOf, type ServerClient, type Wire } from '../server/server-client.ts'
import { eventSchemas } from './load/events.ts'

/** Enough for every connection to have work, and for lanes to share. */
const PARTITIONS = 4

export interface BenchTopic {
  readonly topic: string
  readonly topicId: string
  readonly partitions: number
}

/** Registers the schema of the events, by which a topic of this name gets its table. Answers its id. */
export async function registerEvents(http: ServerClient, topic: string, schemaType: SchemaType): Promise<number> {
  const { id } = await http.post<{ id: number }>(pathOf('subjects', `${topic}-value`, 'versions'), {
    schemaType,
    schema: eventSchemas[schemaType].text,
  })
  return id
}

export async function createTopic(http: ServerClient, topic: string, configs: { [key: string]: string } = {}): Promise<BenchTopic> {
  const { topicId } = await http.post<Wire<TopicDescription>>('/v1/topics', { name: topic, partitions: PARTITIONS, configs })
  return { topic, topicId, partitions: PARTITIONS }
}

/** Resolves when everything acknowledged so far is in the topic's table. */
export async function flushTable(http: ServerClient, topic: string): Promise<void> {
  await http.post(`/v1/tables${pathOf('default', topic)}/flush`)
}

/** A figure about rows that are not there would be worth nothing. */
export async function expectRows(http: ServerClient, topic: string, rowCount: number): Promise<void> {
  const description = await http.get<{ rowCount: number | bigint }>(`/v1/tables${pathOf('default', topic)}`)
  assert(Number(description.rowCount) === rowCount, `the table of ${topic} has ${description.rowCount} rows; ${rowCount} were acknowledged`)
}
