import type { Comparison } from './comparison.ts'
import type { CombinedPart, SchemaModel } from './model.ts'

/** The rules for schemas of which one or both combine others. */
export function compareCombined(original: SchemaModel, update: SchemaModel, comparison: Comparison): void {
  if (original.kind === 'combined' && update.kind === 'combined') return compareCombinations(original, update, comparison)
  if (update.kind === 'combined') return compareWithUpdate(original, update, comparison)
  if (original.kind === 'combined') compareWithOriginal(original, update, comparison)
}

/** A value that fits the one original schema must fit one of several. */
function compareWithUpdate(original: SchemaModel, { branches, criterion, isSingle }: CombinedPart, comparison: Comparison): void {
  const pairs = branches.map((branch) => [original, branch] as const)
  if (isSingle) return requireAll(pairs, comparison)
  if (criterion === 'allOf') return comparison.breaks('TYPE_CHANGED')
  comparison.requiresOneOf(pairs, 'TYPE_CHANGED')
}

/** A value that fits all of several schemas must fit the one that is left. */
function compareWithOriginal({ branches, criterion, isSingle }: CombinedPart, update: SchemaModel, comparison: Comparison): void {
  const pairs = branches.map((branch) => [branch, update] as const)
  if (isSingle) return requireAll(pairs, comparison)
  if (criterion !== 'allOf') return comparison.breaks('TYPE_CHANGED')
  comparison.requiresOneOf(pairs, 'TYPE_CHANGED')
}

function requireAll(pairs: readonly (readonly [SchemaModel, SchemaModel])[], comparison: Comparison): void {
  for (const [original, update] of pairs) comparison.requires(original, update)
}

function compareCombinations(original: CombinedPart, update: CombinedPart, comparison: Comparison): void {
  if (!isCriterionKept(original, update)) return comparison.breaks('COMBINED_TYPE_CHANGED')
  const grown = update.branches.length - original.branches.length
  if (grown > 0 && update.criterion === 'allOf') comparison.breaks('PRODUCT_TYPE_EXTENDED')
  if (grown < 0 && update.criterion !== 'allOf') comparison.breaks('SUM_TYPE_NARROWED')
  comparison.requiresMatching(original.branches, update.branches, 'COMBINED_TYPE_SUBSCHEMAS_CHANGED')
}

/** `anyOf` takes what the others take; of one schema all three mean the same. */
function isCriterionKept(original: CombinedPart, update: CombinedPart): boolean {
  if (original.criterion === update.criterion || update.criterion === 'anyOf') return true
  if (original.isSingle && (update.isSingle || update.criterion === 'oneOf')) return true
  return update.isSingle && original.criterion === 'allOf'
}
