import { limits } from '../../../shared/limits.ts'
import type { CompatibilityQuestion, Incompatibility } from '../../compatibility.ts'
import { pathOf, type DemandPlace } from '../../demand-place.ts'
import { missingBranch } from './pair-graph.ts'
import type { Breach, Demand, Pair, Rule } from './pair.ts'

type Names = CompatibilityQuestion['names']

/**
 * The broken rules below a pair, each once, in the order of the reader's text. What the branches of a union break is not
 * told, only that none of them would do. At most `limits.incompatibilitiesMax` are named, and of a broken pair at least one.
 * Paths lead into the reader's schema, as Avro's Java has them.
 */
export function brokenRules(root: Pair, names: Names): Incompatibility[] {
  const incompatibilities: Incompatibility[] = []
  const told = new Set<Pair>()
  const pending: DemandPlace<Demand>[] = [{ outer: undefined, demand: { kind: 'pair', path: '', pair: root } }]
  for (let place = pending.pop(); place && incompatibilities.length < limits.incompatibilitiesMax; place = pending.pop()) {
    const { demand } = place
    if (demand.kind === 'breach') incompatibilities.push(incompatibilityOf(demand.breach, pathOf(place), names))
    else if (demand.pair.isChoice) {
      if (demand.pair.isBroken) incompatibilities.push(incompatibilityOf(missingBranch('', demand.pair.writer), pathOf(place), names))
    } else if (demand.pair.isBroken && !told.has(demand.pair)) {
      told.add(demand.pair)
      for (const inner of demand.pair.demands.toReversed()) pending.push({ outer: place, demand: inner })
    }
  }
  return incompatibilities
}

function incompatibilityOf({ rule, details }: Breach, path: string, names: Names): Incompatibility {
  return { errorType: rule, path, description: sentences[rule](path, { ...names, details }), additionalInfo: details }
}

const sentences: { readonly [rule in Rule]: (path: string, words: Names & { readonly details: string }) => string } = {
  TYPE_MISMATCH: (path, { reader, writer }) =>
    `The type (path '${path}') of a field in the ${reader} schema does not match with the ${writer} schema`,
  NAME_MISMATCH: (path, { reader, writer }) =>
    `The type at path '${path}' in the ${reader} schema has neither the name nor an alias of its counterpart in the ${writer} schema`,
  FIXED_SIZE_MISMATCH: (path, { reader, writer }) =>
    `The fixed type at path '${path}' in the ${reader} schema has another size than in the ${writer} schema`,
  MISSING_ENUM_SYMBOLS: (path, { reader, writer }) =>
    `The enum at path '${path}' in the ${reader} schema has no default and lacks symbols of the ${writer} schema`,
  MISSING_UNION_BRANCH: (path, { reader, writer }) =>
    `The union at path '${path}' in the ${reader} schema has no branch for a type of the ${writer} schema`,
  READER_FIELD_MISSING_DEFAULT_VALUE: (path, { reader, writer, details }) =>
    `The field '${details}' at path '${path}' in the ${reader} schema has no default and does not exist in the ${writer} schema`,
  READER_FIELD_AMBIGUOUS: (path, { reader, writer }) =>
    `The field at path '${path}' in the ${reader} schema is by its name and aliases more than one field of the ${writer} schema`,
}
