import type { Comparison } from './comparison.ts'
import { dereferenced, type ArrayPart, type ObjectPart, type SchemaModel } from './model.ts'
import type { Rule } from './rules.ts'

/** The rules for what objects and arrays allow beyond what they name: additional and unevaluated properties and items. */
export function compareAdditional<Kind extends ObjectPart | ArrayPart>(original: Kind, update: Kind, comparison: Comparison): void {
  const { keyword, removed, narrowed } = additionalRules[update.kind]
  const before = original.additional
  const after = update.additional
  if (before === false || after === true) return
  if (after === false) return comparison.breaks(removed, keyword)
  if (before === true) return comparison.breaks(narrowed, keyword)
  comparison.requires(before, after, keyword)
}

export function compareUnevaluated<Kind extends ObjectPart | ArrayPart>(original: Kind, update: Kind, comparison: Comparison): void {
  const { keyword, removed, narrowed } = unevaluatedRules[update.kind]
  const before = permitted(original.unevaluated)
  const after = permitted(update.unevaluated)
  if (before === false || after === true) return
  if (after === false) return comparison.breaks(removed, keyword)
  if (before === true) return comparison.breaks(narrowed, keyword)
  comparison.requires(before, after, keyword)
}

/** As `additional` says it: true when anything goes, false when nothing does. */
function permitted(unevaluated: SchemaModel | undefined): boolean | SchemaModel {
  if (unevaluated === undefined) return true
  const { kind } = dereferenced(unevaluated)
  return kind === 'empty' || (kind !== 'false' && unevaluated)
}

interface RemainderRules {
  readonly keyword: string
  readonly removed: Rule
  readonly narrowed: Rule
}

const additionalRules: { readonly [kind in 'object' | 'array']: RemainderRules } = {
  object: { keyword: 'additionalProperties', removed: 'ADDITIONAL_PROPERTIES_REMOVED', narrowed: 'ADDITIONAL_PROPERTIES_NARROWED' },
  array: { keyword: 'additionalItems', removed: 'ADDITIONAL_ITEMS_REMOVED', narrowed: 'ADDITIONAL_ITEMS_NARROWED' },
}

const unevaluatedRules: { readonly [kind in 'object' | 'array']: RemainderRules } = {
  object: { keyword: 'unevaluatedProperties', removed: 'UNEVALUATED_PROPERTIES_REMOVED', narrowed: 'UNEVALUATED_PROPERTIES_NARROWED' },
  array: { keyword: 'unevaluatedItems', removed: 'UNEVALUATED_ITEMS_REMOVED', narrowed: 'UNEVALUATED_ITEMS_NARROWED' },
}
