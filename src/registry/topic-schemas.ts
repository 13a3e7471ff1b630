import type { StructType } from '../columns/row-type.ts'
import type { LaneSchema } from '../lanes/lane.ts'
import type { SchemaType } from '../schema/language.ts'

/** What the broker and the sink ask the registry: answered from memory, at once. */
export interface TopicSchemas {
  /** The schemas of the topic's value subject; undefined while it has no live version. */
  ofTopic(topic: string): TopicSchema | undefined
  /** Any schema that was ever registered, also one whose versions are soft-deleted: stored records still need it. */
  definition(schemaId: number): LaneSchema | undefined
  idOfGuid(guid: string): number | undefined
  /** Calls back with the topic whose value subject changed; returns how to stop. */
  onTopicChange(listener: (topic: string) => void): () => void
}

export interface TopicSchema {
  /** Ids of the live versions, oldest first: what a record may name. */
  readonly schemaIds: readonly number[]
  /** Ids of all versions, soft-deleted ones included: what stored records may name. */
  readonly storedSchemaIds: readonly number[]
  readonly latest: { readonly schemaId: number; readonly schemaType: SchemaType }
  /** Value columns of the latest version, without field ids. */
  readonly rowType: StructType
}
