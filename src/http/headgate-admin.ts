import type { BrokerContext } from '../broker/context.ts'
import { configEntries, configSources } from '../broker/config-entries.ts'
import type { Topic } from '../broker/topics.ts'
import { HeadgateError } from '../shared/errors.ts'
import type { Sinks } from '../sink/sinks.ts'
import type { TablesContext } from '../sink/open-tables.ts'
import type { Admin, TableName, TopicDescription, TopicSummary } from './admin.ts'

export interface AdminContext {
  readonly broker: BrokerContext
  readonly sinks: Sinks
  readonly tables: TablesContext
}

/** `/v1` over the running server: topics from the broker, tables from what their own metadata says. */
export function headgateAdmin(context: AdminContext): Admin {
  const { broker, sinks } = context
  const topicNamed = (name: string): Topic => {
    const topic = broker.topics.get(name)
    if (!topic) throw new HeadgateError('not-found', `topic ${name} does not exist`)
    return topic
  }
  const topicOfTable = (table: TableName): Topic => {
    const topic = lakeTopics(context).find(({ settings }) => isSameTable(settings.lake.table, table))
    if (!topic) throw new HeadgateError('not-found', `table ${table.namespace}.${table.table} does not exist`)
    return topic
  }
  return {
    listTopics: async () => broker.topics.list().map((topic) => summarize(topic, sinks)),
    describeTopic: async (name) => describeTopic(topicNamed(name), context),
    async createTopic({ name, partitions = broker.defaultPartitions, configs = {} }) {
      return describeTopic(await broker.topics.create({ name, partitionCount: partitions, configs }), context)
    },
    deleteTopic: (name) => broker.topics.delete(name),
    async listTables() {
      const { summarizeTable } = await tableViews()
      return lakeTopics(context).map((topic) => summarizeTable(topic, context))
    },
    describeTable: async (table) => (await tableViews()).describeTable(topicOfTable(table), context),
    listFiles: async (table) => (await tableViews()).listFiles(topicOfTable(table), context),
    listSnapshots: async (table) => (await tableViews()).listVersions(topicOfTable(table), context),
    flushTable: (table, signal) => sinks.flush(topicOfTable(table).topicId, signal),
  }
}

const tableViews = () => import('./table-views.ts')

function lakeTopics({ broker, sinks }: AdminContext): Topic[] {
  return broker.topics.list().filter(({ topicId }) => sinks.has(topicId))
}

function isSameTable(a: TableName, b: TableName): boolean {
  return a.namespace === b.namespace && a.table === b.table
}

function summarize({ name, topicId, partitionCount, settings }: Topic, sinks: Sinks): TopicSummary {
  const { namespace, table } = settings.lake.table
  return { name, topicId, partitions: partitionCount, table: sinks.has(topicId) ? `${namespace}.${table}` : null }
}

function describeTopic(topic: Topic, { broker, sinks }: AdminContext): TopicDescription {
  const { topicId, partitionCount } = topic
  return {
    ...summarize(topic, sinks),
    configs: Object.fromEntries(
      configEntries(topic.configs, broker.topics.defaults).map(({ name, value, source }) => [
        name,
        { value, source: sourceNames[source] ?? 'default' },
      ]),
    ),
    offsets: Array.from({ length: partitionCount }, (_, partition) => {
      const { logStartOffset, nextOffset } = broker.log.offsets(topicId, partition) ?? { logStartOffset: 0n, nextOffset: 0n }
      return { partition, logStartOffset, nextOffset, committedOffset: sinks.committedOffset(topicId, partition) ?? null }
    }),
    problem: sinks.failure(topicId) ?? null,
  }
}

const sourceNames: { readonly [source: number]: string | undefined } = {
  [configSources.dynamicTopic]: 'topic',
  [configSources.staticBroker]: 'server',
  [configSources.default]: 'default',
}
