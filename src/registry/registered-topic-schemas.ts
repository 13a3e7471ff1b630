import type { LaneSchema } from '../lanes/lane.ts'
import type { Registry } from './registry.ts'
import { DEFAULT_CONTEXT } from './subject.ts'
import { topicOfValueSubject, valueSubjectOf } from './subject-names.ts'
import type { TopicSchema, TopicSchemas } from './topic-schemas.ts'

/**
 * Topics' schemas, from the registry of this process: the default context's, because a record says an id and no context.
 * Kept per topic until its subject changes: it is asked per batch.
 */
export function registeredTopicSchemas(registry: Registry): TopicSchemas {
  const known = new Map<string, TopicSchema | undefined>()
  const listeners = new Set<(topic: string) => void>()
  registry.onChange((subject) => {
    const changed = subject === undefined ? [...known.keys()] : [topicOfValueSubject(subject)]
    for (const topic of changed) if (topic !== undefined) forget(topic)
  })
  return {
    ofTopic(topic) {
      if (!known.has(topic)) known.set(topic, topicSchema(registry, topic))
      return known.get(topic)
    },
    definition: (schemaId) => laneSchema(registry, schemaId),
    idOfGuid: (guid) => registry.index.schemasByGuid(DEFAULT_CONTEXT, guid)[0]?.schemaId,
    onTopicChange(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }

  function forget(topic: string): void {
    known.delete(topic)
    for (const listener of listeners) listener(topic)
  }
}

function topicSchema({ index, schemas }: Registry, topic: string): TopicSchema | undefined {
  const subject = valueSubjectOf(topic)
  const latest = index.latest(subject)
  if (!latest) return undefined
  return {
    schemaIds: index.liveVersions(subject).map(({ schema }) => schema.schemaId),
    storedSchemaIds: index.versions(subject).map(({ schema }) => schema.schemaId),
    latest: { schemaId: latest.schema.schemaId, schemaType: latest.schema.schemaType },
    rowType: schemas.parsed(latest.schema).rowType(),
  }
}

/** Also of a schema whose versions were all deleted: records that were stored under it are still to be read. */
function laneSchema({ index, schemas }: Registry, schemaId: number): LaneSchema | undefined {
  const schema = index.schema(DEFAULT_CONTEXT, schemaId)
  if (!schema) return undefined
  const { schema: text } = schemas.content(schema)
  return { schemaId, guid: schema.guid, schemaType: schema.schemaType, text, references: schemas.resolve(schema.references, '') }
}
