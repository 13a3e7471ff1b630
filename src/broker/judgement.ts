import type { Judgement } from '../lanes/lane.ts'
import type { TopicSchema, TopicSchemas } from '../registry/topic-schemas.ts'
import type { Topic } from './topics.ts'

/**
 * How the values of a topic are judged now. Judged from the first live version of its value subject on; a value without
 * a schema id is taken where it cannot be mistaken for a framed one: a JSON text never starts with byte 0 and a
 * Protobuf tag is never 0, but an Avro value can.
 */
export function judgementOf(topic: Topic, schemas: TopicSchemas, { hasTable }: { hasTable: boolean }): Judgement {
  const schema = schemas.ofTopic(topic.name)
  const isJudged = schema !== undefined && topic.settings.isValidated
  // Rows of values that nobody judged are not those of the table: the sink reads them from the log, and leaves out what
  // cannot be decoded.
  const hasRows = hasTable && (isJudged || schema === undefined)
  return {
    value: isJudged ? framedJudgement(topic, schema, schema.schemaIds) : { kind: 'none' },
    isKeyRequired: false,
    ...(hasRows ? { tableKey: topic.topicId } : {}),
  }
}

/** How stored records are decoded: they may name versions that were deleted since. */
export function storedJudgementOf(topic: Topic, schemas: TopicSchemas): Judgement {
  const schema = schemas.ofTopic(topic.name)
  return {
    value: schema ? framedJudgement(topic, schema, schema.storedSchemaIds) : { kind: 'none' },
    isKeyRequired: false,
    tableKey: topic.topicId,
  }
}

function framedJudgement({ settings }: Topic, { latest }: TopicSchema, allowedSchemaIds: readonly number[]): Judgement['value'] {
  const mayBeUnframed = settings.framing === 'raw' || (settings.framing === 'auto' && latest.schemaType !== 'AVRO')
  return { kind: 'framed', framing: settings.framing, allowedSchemaIds, ...(mayBeUnframed ? { unframedSchemaId: latest.schemaId } : {}) }
}
