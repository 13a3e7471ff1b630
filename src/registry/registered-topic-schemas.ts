import type { LaneSchema } from '../lanes/lane.ts'
import type { Registry } from './registry.ts'
import { topicOfValueSubject, valueSubjectOf } from './subject-names.ts'
import type { TopicSchema, TopicSchemas } from './topic-schemas.ts'

/** Topics' schemas, from the registry of this process. Kept per topic until its subject changes: it is asked per batch. */
export function registeredTopicSchemas(registry: Registry): TopicSchemas {
  const known = new Map<string, TopicSchema | undefined>()
  const listeners = new Set<(topic: string) => void>()
  registry.onChange((subject) => {
    const topic = topicOfValueSubject(subject)
    if (topic === undefined) return
    known.delete(topic)
    for (const listener of listeners) listener(topic)
  })
  return {
    ofTopic(topic) {
      if (!known.has(topic)) known.set(topic, topicSchema(registry, topic))
      return known.get(topic)
    },
    definition: (schemaId) => laneSchema(registry, schemaId),
    idOfGuid: (guid) => registry.index.schemaByGuid(guid)?.schemaId,
    onTopicChange(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}

function topicSchema(registry: Registry, topic: string): TopicSchema | undefined {
  const subject = valueSubjectOf(topic)
  const live = registry.index.liveVersions(subject)
  const latest = live.at(-1)
  if (!latest) return undefined
  return {
    schemaIds: live.map(({ schemaId }) => schemaId),
    storedSchemaIds: registry.index.versions(subject).map(({ schemaId }) => schemaId),
    latest: { schemaId: latest.schemaId, schemaType: registry.schema(latest.schemaId).content.schemaType },
    rowType: registry.parsed(latest.schemaId).rowType(),
  }
}

function laneSchema(registry: Registry, schemaId: number): LaneSchema | undefined {
  const schema = registry.index.schema(schemaId)
  if (!schema) return undefined
  const { schemaType, schema: text, references } = schema.content
  return { schemaId, guid: schema.guid, schemaType, text, references: registry.resolve(references) }
}
