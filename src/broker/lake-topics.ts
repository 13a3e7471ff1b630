import { assignFieldIds, type StructType } from '../columns/row-type.ts'
import { schemalessRowType, tableRowType } from '../lanes/metadata-columns.ts'
import type { TopicSchemas } from '../registry/topic-schemas.ts'
import { HeadgateError, messageOf } from '../shared/errors.ts'
import { limits } from '../shared/limits.ts'
import type { Logger } from '../shared/log.ts'
import type { LakeTopic, Sinks } from '../sink/sinks.ts'
import { storedJudgementOf } from './judgement.ts'
import type { Topic, TopicListener, Topics } from './topics.ts'

export interface LakeTopicsContext {
  readonly topics: Topics
  readonly schemas: TopicSchemas
  readonly sinks: Sinks
  readonly logger: Logger
}

/** Told of topics as they come and go; knows the columns of those that have a table. */
export interface LakeTopics extends TopicListener {
  rowTypeOf(topicName: string): StructType | undefined
}

/** Keeps exactly the topics that have a table flowing into it, as topics and schemas come and go. */
export function connectLakeTopics(context: LakeTopicsContext): LakeTopics {
  const { topics, schemas, sinks } = context
  const rowTypes = new Map<string, StructType>()
  schemas.onTopicChange((name) => {
    const topic = topics.get(name)
    if (topic && !sinks.has(topic.topicId)) open(topic)
  })
  return {
    async onCreated(topic) {
      open(topic)
    },
    async onChanged(topic) {
      await close(topic)
      open(topic)
    },
    async onDeleting(topic) {
      if (sinks.has(topic.topicId)) await flushLast(topic, context)
    },
    async onDeleted(topic) {
      await close(topic)
    },
    rowTypeOf: (topicName) => rowTypes.get(topicName),
  }

  function open(topic: Topic): void {
    const rowType = openSink(topic, context)
    if (rowType) rowTypes.set(topic.name, rowType)
  }

  async function close({ name, topicId }: Topic): Promise<void> {
    await sinks.close(topicId)
    rowTypes.delete(name)
  }
}

/** The table outlives its topic, with every acknowledged row; but a lake that is down does not keep a topic from going. */
async function flushLast({ name, topicId }: Topic, { sinks, logger }: LakeTopicsContext): Promise<void> {
  try {
    await sinks.flush(topicId, AbortSignal.timeout(limits.flushBeforeDeleteMs))
  } catch (error) {
    logger.warn({ topic: name, reason: messageOf(error) }, 'a topic is deleted without its last rows in the table')
  }
}

/** Answers the columns of the topic's table; undefined when it has none. */
function openSink(topic: Topic, context: LakeTopicsContext): StructType | undefined {
  try {
    const lakeTopic = lakeTopicOf(topic, context)
    if (lakeTopic) context.sinks.open(lakeTopic)
    return lakeTopic?.rowType
  } catch (error) {
    if (!(error instanceof HeadgateError)) throw error
    context.logger.error({ topic: topic.name, reason: error.message }, 'a topic has no table')
    return undefined
  }
}

/** What the sink needs to know of a topic; undefined when the topic has no table. */
function lakeTopicOf(topic: Topic, { schemas, topics }: LakeTopicsContext): LakeTopic | undefined {
  const { name, topicId, partitionCount, settings } = topic
  const schema = schemas.ofTopic(name)
  if (settings.lakeEnable === 'false' || (settings.lakeEnable === 'auto' && !schema)) return undefined
  const current = (): Topic => topics.getById(topicId) ?? topic
  return {
    name,
    topicId,
    partitionCount,
    settings: settings.lake,
    rowType: lakeRowType(schema?.rowType),
    judgement: () => storedJudgementOf(current(), schemas),
    schemaIds: () => schemas.ofTopic(name)?.schemaIds ?? [],
  }
}

function lakeRowType(values: StructType | undefined): StructType {
  return assignFieldIds(values ? tableRowType(values.fields) : schemalessRowType())
}
