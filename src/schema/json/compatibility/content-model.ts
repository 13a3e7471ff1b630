import type { Comparison } from './comparison.ts'
import { dereferenced, type ArrayPart, type ObjectPart, type SchemaModel } from './model.ts'

/**
 * What a schema says of a property or item that it does not name: `open`, anything goes; a schema, where the content
 * model is partially open; or `closed`. Closed is also what a partially open model says of what none of its schemas
 * covers, even where `additionalProperties` would let it pass: so do Confluent's rules.
 */
export type Content = 'open' | 'closed' | SchemaModel

export function contentOfObject(object: ObjectPart, name: string, comparison: Comparison): Content {
  if (object.patternProperties.length === 0) return contentBeyond(object)
  for (const { pattern, schema } of object.patternProperties) {
    comparison.spend(1 + name.length * pattern.size)
    if (pattern.test(name)) return schema
  }
  const content = contentBeyond(object)
  return content === 'open' ? 'closed' : content
}

/** What is said of all that no keyword names one by one. */
export function contentBeyond({ additional, unevaluated }: ObjectPart | ArrayPart): Content {
  if (additional === false) return 'closed'
  if (additional !== true) return additional
  if (unevaluated === undefined || dereferenced(unevaluated).kind === 'empty') return 'open'
  return dereferenced(unevaluated).kind === 'false' ? 'closed' : unevaluated
}
