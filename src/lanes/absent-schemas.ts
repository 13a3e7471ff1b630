import type { Judgement } from './lane.ts'

/** Schemas by the names that records use for them. */
export interface NamedSchemas {
  readonly schemaIds: readonly number[]
  readonly guids: readonly string[]
}

/** A record that names one of these is invalid: the registry is in this process, so "not registered" is a definite answer. */
export function withAbsent(judgement: Judgement, { schemaIds, guids }: NamedSchemas): Judgement {
  const { value } = judgement
  if (value.kind === 'none' || schemaIds.length + guids.length === 0) return judgement
  const absent = {
    schemaIds: [...(value.absent?.schemaIds ?? []), ...schemaIds],
    guids: [...(value.absent?.guids ?? []), ...guids],
  }
  return { ...judgement, value: { ...value, absent } }
}
