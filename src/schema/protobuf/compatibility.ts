import type { CompatibilityQuestion, Incompatibility } from '../compatibility.ts'
import { StepBudget } from '../step-budget.ts'
import { FileComparison } from './compatibility/file-comparison.ts'
import type { ProtobufSchema } from './language.ts'

/**
 * Whether messages that were written with one .proto file can be read with another: the rules of Confluent's registry,
 * which hold fields by their numbers and messages by their names. Reserved numbers, JSON names, options, services,
 * extensions and the syntax are not compared. Beyond those rules a group is a kind of its own, since it stands on the
 * wire as no message does. Throws HeadgateError `too-large` past the bound of `budget`.
 */
export function checkProtobufCompatibility(
  { reader, writer, names }: CompatibilityQuestion,
  budget: StepBudget = new StepBudget(),
): readonly Incompatibility[] {
  const files = { reader: (reader as ProtobufSchema).linked.main, writer: (writer as ProtobufSchema).linked.main }
  return new FileComparison(files, { names, budget }).compare()
}
