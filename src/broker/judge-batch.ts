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

/** Has a lane judge a batch, and gives the lane the schemas it lacks. The batch stays the caller's. */
export async function judgeBatch(
  lane: Lane,
  schemas: TopicSchemas,
  toJudge: BatchToJudge,
): Promise<Exclude<Verdict, { kind: 'needs-schemas' }>> {
  let judgement = toJudge.judgement
  for (let attempt = 1; attempt <= limits.judgeAttemptsMax; attempt++) {
    const verdict = await lane.judge({ ...toJudge, judgement, batch: sharedOrCopied(toJudge.batch) })
    if (verdict.kind !== 'needs-schemas') return verdict
    judgement = withAbsent(judgement, defineSchemas(lane, schemas, verdict))
  }
  // Fail closed: what was not judged is not accepted.
  throw new HeadgateError('store-unavailable', `the schemas of topic ${toJudge.topic} did not reach the lane`)
}

/** A batch in pooled shared memory is read where it is; of a small one, in a socket chunk, goes a copy. */
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
