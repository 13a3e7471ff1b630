import { withAbsent, type NamedSchemas } from '../lanes/absent-schemas.ts'
import type { Judgement, Lane, Verdict } from '../lanes/lane.ts'
import type { TopicSchemas } from '../registry/topic-schemas.ts'
import { copyOf } from '../shared/bytes.ts'
import { HeadgateError } from '../shared/errors.ts'
import { limits } from '../shared/limits.ts'

export interface BatchToJudge {
  readonly topic: string
  readonly partition: number
  readonly batch: Uint8Array
  readonly judgement: Judgement
}

/** What a lane may lack, and who gives it. */
export interface JudgedBy {
  readonly schemas: TopicSchemas
  readonly tables: LaneTables
}

/** The tables that judged rows go to, by topic id. */
export interface LaneTables {
  has(topicId: string): boolean
  /** Gives the lane the columns of the topic's table, as they are known in memory; answers whether there is one still. */
  defineTable(lane: Lane, topicId: string): boolean
}

/**
 * Has a lane judge a batch, and gives the lane the schemas and the table's columns that it lacks. The batch stays the
 * caller's. Fails closed, with HeadgateError `store-unavailable`: what was not judged is not accepted.
 */
export async function verdictOfLane(
  lane: Lane,
  { schemas, tables }: JudgedBy,
  toJudge: BatchToJudge,
): Promise<Exclude<Verdict, { kind: 'needs-schemas' | 'needs-table' }>> {
  const { topic } = toJudge
  let judgement = toJudge.judgement
  for (let attempt = 1; attempt <= limits.judgeAttemptsMax; attempt++) {
    const verdict = await lane.judge({ ...toJudge, judgement, batch: sharedOrCopied(toJudge.batch) })
    switch (verdict.kind) {
      case 'needs-schemas':
        judgement = withAbsent(judgement, defineSchemas(lane, schemas, verdict))
        break
      case 'needs-table':
        // Closed since the judgement was made: the batch that is sent again is judged as the topic is then.
        if (!tables.defineTable(lane, judgement.tableKey ?? ''))
          throw new HeadgateError('store-unavailable', `the table of topic ${topic} is changing; send again`)
        break
      default:
        return verdict
    }
  }
  throw new HeadgateError('store-unavailable', `the schemas or the table of topic ${topic} did not reach the lane`)
}

/** A batch in shared memory, as connections have theirs, is read where it is; of another one goes a copy. */
function sharedOrCopied(batch: Uint8Array): Uint8Array {
  return batch.buffer instanceof SharedArrayBuffer ? batch : copyOf(batch)
}

/** Gives the lane what it asked for; answers what does not exist. */
export function defineSchemas(lane: Lane, schemas: TopicSchemas, { schemaIds, guids }: NamedSchemas): NamedSchemas {
  const define = (schemaId: number | undefined): boolean => {
    const definition = schemaId === undefined ? undefined : schemas.definition(schemaId)
    if (definition) lane.defineSchema(definition)
    return definition !== undefined
  }
  return {
    schemaIds: schemaIds.filter((schemaId) => !define(schemaId)),
    guids: guids.filter((guid) => !define(schemas.idOfGuid(guid))),
  }
}
