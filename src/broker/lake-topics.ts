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
  readonly sinks: Pick<Sinks, 'has' | 'open' | 'close' | 'flush'>
  readonly logger: Logger
}

/** Told of topics as they come and go; knows the columns of those that have a table. */
export interface LakeTopics extends TopicListener {
  rowTypeOf(topicName: string): StructType | undefined
}

/** Keeps exactly the topics that have a table flowing into it, as topics and schemas come and go. */
export function connectLakeTopics(context: LakeTopicsContext): LakeTopics {
  const { topics, schemas, sinks } = context
  /** By topic id: a topic may be made anew under its name while the table of the one before is being closed. */
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
      rowTypes.delete(topic.topicId)
      await sinks.close(topic.topicId, () => described(topic))
    },
    async onDeleting(topic) {
      if (sinks.has(topic.topicId)) await flushLast(topic, context)
    },
    async onDeleted({ topicId }) {
      await sinks.close(topicId)
      rowTypes.delete(topicId)
    },
    rowTypeOf: (topicName) => rowTypes.get(topics.get(topicName)?.topicId ?? ''),
  }

  function open(topic: Topic): void {
    const lakeTopic = described(topic)
    if (lakeTopic) sinks.open(lakeTopic)
  }

  function described(topic: Topic): LakeTopic | undefined {
    const lakeTopic = lakeTopicOrNone(topic, context)
    if (lakeTopic) rowTypes.set(topic.topicId, lakeTopic.rowType)
    return lakeTopic
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

/** A schema that no table can hold leaves its topic without one. */
function lakeTopicOrNone(topic: Topic, context: LakeTopicsContext): LakeTopic | undefined {
  try {
    return lakeTopicOf(topic, context)
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
