import { describe, expect, test } from 'vitest'
import type { CompatibilityPolicy, Incompatibility } from '../../../../src/schema/compatibility.ts'
import { checkJsonCompatibility } from '../../../../src/schema/json/compatibility.ts'
import type { ResolvedReference } from '../../../../src/schema/language.ts'
import type { StepBudget } from '../../../../src/schema/step-budget.ts'
import { parseSchema, type SchemaSource } from '../support.ts'

/** A schema, or a schema with the documents that it refers to. */
export type Source = SchemaSource | { readonly schema: SchemaSource; readonly references: readonly ResolvedReference[] }

interface Options {
  readonly policy?: CompatibilityPolicy
  readonly budget?: StepBudget
}

/** BACKWARD: what stops the newer schema from replacing the older one. */
export function backward(older: Source, newer: Source, { policy = 'STRICT', budget }: Options = {}): Incompatibility[] {
  const names = { reader: 'new', writer: 'old' } as const
  return checkJsonCompatibility({ reader: parse(newer), writer: parse(older), names, policy }, budget)
}

/** FORWARD: what stops readers with the older schema from reading what the newer one wrote. */
export function forward(older: Source, newer: Source, { policy = 'STRICT', budget }: Options = {}): Incompatibility[] {
  const names = { reader: 'old', writer: 'new' } as const
  return checkJsonCompatibility({ reader: parse(older), writer: parse(newer), names, policy }, budget)
}

function parse(source: Source): ReturnType<typeof parseSchema> {
  return typeof source === 'object' && 'references' in source ? parseSchema(source.schema, source.references) : parseSchema(source)
}

/** Rule and path of each, like `TYPE_CHANGED #/properties/a`. */
export function told(incompatibilities: readonly Incompatibility[]): string[] {
  return incompatibilities.map(({ errorType, path }) => `${errorType} ${path}`)
}

/** What changed, the older schema, the newer one, what BACKWARD tells, what FORWARD tells. */
export type Case = readonly [name: string, older: Source, newer: Source, backward: readonly string[], forward: readonly string[]]

export function judged(title: string, cases: readonly Case[], options: Options = {}): void {
  describe(title, () => {
    for (const [name, older, newer, whenBackward, whenForward] of cases) {
      test(`${name}, backward`, () => expect(told(backward(older, newer, options))).toEqual(whenBackward))
      test(`${name}, forward`, () => expect(told(forward(older, newer, options))).toEqual(whenForward))
    }
  })
}

/** Written as a schema of one dialect. */
export function in2019(schema: object): object {
  return { $schema: 'https://json-schema.org/draft/2019-09/schema', ...schema }
}

export function in2020(schema: object): object {
  return { $schema: 'https://json-schema.org/draft/2020-12/schema', ...schema }
}

export function inDraft4(schema: object): object {
  return { $schema: 'http://json-schema.org/draft-04/schema#', ...schema }
}
