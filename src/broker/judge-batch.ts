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
  for (let attempt = 1; attempt <= limits.judgeAttemptsMax; attempt++) {
    const verdict = await lane.judge({ ...toJudge, batch: copyOf(toJudge.batch) })
    if (verdict.kind !== 'needs-schemas') return verdict
    if (!defineSchemas(lane, schemas, verdict)) {
      // Fail closed: what cannot be read cannot judge, and is no fault of the sender's.
      throw new HeadgateError('store-unavailable', `a schema of topic ${toJudge.topic} cannot be read`)
    }
  }
  throw new HeadgateError('store-unavailable', `the schemas of topic ${toJudge.topic} did not reach the lane`)
}

/** False when one of the schemas does not exist. */
export function defineSchemas(
  lane: Lane,
  schemas: TopicSchemas,
  { schemaIds, guids }: { schemaIds: readonly number[]; guids: readonly string[] },
): boolean {
  const named = guids.map((guid) => schemas.idOfGuid(guid))
  const definitions = [...schemaIds, ...named].map((schemaId) => (schemaId === undefined ? undefined : schemas.definition(schemaId)))
  for (const definition of definitions) if (definition) lane.defineSchema(definition)
  return definitions.every((definition) => definition !== undefined)
}
