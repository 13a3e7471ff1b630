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

/** Keeps exactly the topics that have a table flowing into it, as topics and schemas come and go. */
export function connectLakeTopics(context: LakeTopicsContext): TopicListener {
  const { topics, schemas, sinks } = context
  schemas.onTopicChange((name) => {
    const topic = topics.get(name)
    if (topic && !sinks.has(topic.topicId)) openSink(topic, context)
  })
  return {
    async onCreated(topic) {
      openSink(topic, context)
    },
    async onChanged(topic) {
      await sinks.close(topic.topicId)
      openSink(topic, context)
    },
    async onDeleting(topic) {
      if (sinks.has(topic.topicId)) await flushLast(topic, context)
    },
    async onDeleted(topic) {
      await sinks.close(topic.topicId)
    },
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

function openSink(topic: Topic, context: LakeTopicsContext): void {
  try {
    const lakeTopic = lakeTopicOf(topic, context)
    if (lakeTopic) context.sinks.open(lakeTopic)
  } catch (error) {
    if (!(error instanceof HeadgateError)) throw error
    context.logger.error({ topic: topic.name, reason: error.message }, 'a topic has no table')
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
