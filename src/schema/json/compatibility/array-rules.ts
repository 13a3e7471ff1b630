import type { Comparison } from './comparison.ts'
import { contentBeyond } from './content-model.ts'
import { lowerBound, upperBound } from './kind-rules.ts'
import { dereferenced, type ArrayPart, type SchemaModel } from './model.ts'
import { compareAdditional, compareUnevaluated } from './remainder-rules.ts'

/** The rules for two array schemas. What `contains` says is not looked at, as in Confluent's registry, only how often. */
export function compareArrays(original: ArrayPart, update: ArrayPart, comparison: Comparison): void {
  compareItems(original, update, comparison)
  compareTuples(original, update, comparison)
  compareAdditional(original, update, comparison)
  compareUnevaluated(original, update, comparison)
  comparison.breaksAll(upperBound('MAX_ITEMS', 'maxItems', original.maxItems, update.maxItems))
  comparison.breaksAll(lowerBound('MIN_ITEMS', 'minItems', original.minItems, update.minItems))
  if (update.isUnique && !original.isUnique) comparison.breaks('UNIQUE_ITEMS_ADDED', 'uniqueItems')
  comparison.breaksAll(upperBound('MAX_CONTAINS', 'maxContains', original.maxContains, update.maxContains))
  comparison.breaksAll(lowerBound('MIN_CONTAINS', 'minContains', original.minContains, update.minContains))
}

function compareItems({ items: before }: ArrayPart, { items: after }: ArrayPart, comparison: Comparison): void {
  if (after === undefined) return
  if (before === undefined) comparison.breaks('SCHEMA_ADDED', 'items')
  else comparison.requires(before, after, 'items')
}

function compareTuples(original: ArrayPart, update: ArrayPart, comparison: Comparison): void {
  const length = Math.max(original.tuple.length, update.tuple.length)
  comparison.spend(length)
  for (let index = 0; index < length; index++) {
    const before = original.tuple[index]
    const after = update.tuple[index]
    if (before && after) comparison.requires(before, after, 'items', index)
    else if (before) compareRemoved(index, before, update, comparison)
    else if (after) compareAdded(index, after, original, comparison)
  }
}

/** What was written in the place must be allowed by what the new schema says of places that it does not list. */
function compareRemoved(index: number, before: SchemaModel, update: ArrayPart, comparison: Comparison): void {
  const content = contentBeyond(update)
  if (content === 'open' || (content === 'closed' && dereferenced(before).kind === 'false')) return
  if (content === 'closed') return comparison.breaks('ITEM_REMOVED_FROM_CLOSED_CONTENT_MODEL', 'items', index)
  comparison.requires(before, content, 'items', index)
  comparison.requiresOneOf([[before, content]], 'ITEM_REMOVED_NOT_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL', 'items', index)
}

/** What the old schema allowed in a place that it did not list must be allowed by the new item. */
function compareAdded(index: number, after: SchemaModel, original: ArrayPart, comparison: Comparison): void {
  const content = contentBeyond(original)
  if (content === 'closed' || (content === 'open' && dereferenced(after).kind === 'empty')) return
  if (content === 'open') return comparison.breaks('ITEM_ADDED_TO_OPEN_CONTENT_MODEL', 'items', index)
  comparison.requires(content, after, 'items', index)
  comparison.requiresOneOf([[content, after]], 'ITEM_ADDED_NOT_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL', 'items', index)
}
