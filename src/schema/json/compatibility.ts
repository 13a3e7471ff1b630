import { assert } from '../../shared/assert.ts'
import type { CompatibilityQuestion, Incompatibility } from '../compatibility.ts'
import type { ParsedSchema } from '../language.ts'
import { StepBudget } from '../step-budget.ts'
import { brokenRules } from './compatibility/explain.ts'
import type { SchemaModel } from './compatibility/model.ts'
import { pairGraph } from './compatibility/pair-graph.ts'

/** A parsed schema with the model that comparisons work on, read when the first one asks. */
export interface JsonParsedSchema extends ParsedSchema {
  readonly schemaType: 'JSON'
  readonly model: () => SchemaModel
}

/**
 * Whether a JSON schema may replace another: by the rules of Confluent's registry for its two policies. They compare
 * schemas, not the values that fit them, so that some changes that lose nothing are refused. Confluent's own does not
 * see changes of `format`, `propertyNames`, `if`, what `contains` asks for and, before 2019-09, `contains` itself, and
 * neither does this. In draft 4 a flag `exclusiveMaximum` is compared as the bound it makes, which Confluent's
 * overlooks. Throws HeadgateError `too-large` past the bound of `budget`.
 */
export function checkJsonCompatibility(
  { reader, writer, names, policy }: CompatibilityQuestion,
  budget = new StepBudget(),
): Incompatibility[] {
  const root = pairGraph(modelOf(writer), modelOf(reader), { policy, budget })
  return root.isBroken ? brokenRules(root, names, budget) : []
}

function modelOf(schema: ParsedSchema): SchemaModel {
  assert(schema.schemaType === 'JSON' && 'model' in schema, 'a schema of another language cannot be compared with JSON rules')
  return (schema as JsonParsedSchema).model()
}
