import type { CompatibilityQuestion, Incompatibility } from '../compatibility.ts'
import { StepBudget } from '../step-budget.ts'
import { brokenRules } from './compatibility/explain.ts'
import { pairGraph } from './compatibility/pair-graph.ts'
import type { AvroParsedSchema } from './language.ts'

/**
 * Whether everything that was written with one Avro schema can be read with another: the rules and the words of Java's
 * SchemaCompatibility, which Confluent's registry asks. It differs where Java is wrong about types that contain
 * themselves: there, a pair that was taken for readable while one around it was still undecided stays so even when that
 * one turns out unreadable; here the answer does not depend on the order of questions. Throws HeadgateError `too-large`
 * past the bound of `budget`.
 */
export function checkAvroCompatibility({ reader, writer, names }: CompatibilityQuestion, budget = new StepBudget()): Incompatibility[] {
  const root = pairGraph((reader as AvroParsedSchema).avro.root, (writer as AvroParsedSchema).avro.root, budget)
  return root.isBroken ? brokenRules(root, names) : []
}
