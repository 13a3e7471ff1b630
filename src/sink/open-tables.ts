import type { LakeSettings } from './lake-settings.ts'
import type { TopicTables } from './committer.ts'
import type { StructType } from '../columns/row-type.ts'

/** What a topic's table is made from when it does not exist yet. */
export interface TopicTableSpec {
  readonly topic: string
  readonly topicId: string
  /** Value columns, then metadata columns, with field ids. */
  readonly rowType: StructType
  readonly settings: LakeSettings
}

/** Opens, or creates, a topic's tables in its formats; given by the composition root. */
export type OpenTables = (spec: TopicTableSpec, signal: AbortSignal) => Promise<TopicTables>
