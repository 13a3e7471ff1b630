import { isMultipleOf } from '../exact-keywords.ts'
import type { EnumPart, NumberPart, SchemaModel, StringPart } from './model.ts'
import type { Breach, Rule } from './rules.ts'

/**
 * The rules that two schemas break by what they are themselves. Undefined where the schemas inside of them decide.
 */
export function breachesByThemselves(original: SchemaModel, update: SchemaModel): readonly Breach[] | undefined {
  // Nothing fits `false`, and everything fits `{}`.
  if (original.kind === 'false' || update.kind === 'empty') return []
  if (original.isConnectBytes && update.isConnectBytes && original.kind !== update.kind) return []
  if (original.kind === 'combined' || update.kind === 'combined') return undefined
  if (original.kind !== update.kind) return [{ rule: 'TYPE_CHANGED', path: '' }]
  if (original.kind === 'string') return breachesOfString(original, update as StringPart)
  if (original.kind === 'number') return breachesOfNumber(original, update as NumberPart)
  if (original.kind === 'enum') return breachesOfEnum(original, update as EnumPart)
  if (original.kind === 'const')
    return original.value === (update as typeof original).value ? [] : [{ rule: 'ENUM_ARRAY_CHANGED', path: '/const' }]
  return original.kind === 'not' || original.kind === 'object' || original.kind === 'array' ? undefined : []
}

/** How much `breachesByThemselves` looks at. */
export function stepsByThemselves(original: SchemaModel, update: SchemaModel): number {
  return 1 + (original.kind === 'enum' && update.kind === 'enum' ? original.values.size + update.values.size : 0)
}

function breachesOfString(original: StringPart, update: StringPart): Breach[] {
  return [
    ...upperBound('MAX_LENGTH', 'maxLength', original.maxLength, update.maxLength),
    ...lowerBound('MIN_LENGTH', 'minLength', original.minLength, update.minLength),
    ...breachesOfPattern(original.pattern, update.pattern),
  ]
}

function breachesOfPattern(original: string | undefined, update: string | undefined): Breach[] {
  if (update === undefined || update === original) return []
  return [{ rule: original === undefined ? 'PATTERN_ADDED' : 'PATTERN_CHANGED', path: '/pattern' }]
}

function breachesOfNumber(original: NumberPart, update: NumberPart): Breach[] {
  return [
    ...upperBound('MAXIMUM', 'maximum', original.maximum, update.maximum),
    ...lowerBound('MINIMUM', 'minimum', original.minimum, update.minimum),
    ...upperBound('EXCLUSIVE_MAXIMUM', 'exclusiveMaximum', original.exclusiveMaximum, update.exclusiveMaximum),
    ...lowerBound('EXCLUSIVE_MINIMUM', 'exclusiveMinimum', original.exclusiveMinimum, update.exclusiveMinimum),
    ...breachesOfMultiple(original.multipleOf, update.multipleOf),
    ...(update.isInteger && !original.isInteger ? [{ rule: 'TYPE_NARROWED', path: '' } as const] : []),
  ]
}

function breachesOfMultiple(original: number | undefined, update: number | undefined): Breach[] {
  if (update === undefined || update === original) return []
  if (original === undefined) return [{ rule: 'MULTIPLE_OF_ADDED', path: '/multipleOf' }]
  if (isMultipleOf(original, update)) return []
  return [{ rule: isMultipleOf(update, original) ? 'MULTIPLE_OF_EXPANDED' : 'MULTIPLE_OF_CHANGED', path: '/multipleOf' }]
}

function breachesOfEnum(original: EnumPart, update: EnumPart): Breach[] {
  if (isSubset(original.values, update.values)) return []
  return [{ rule: isSubset(update.values, original.values) ? 'ENUM_ARRAY_NARROWED' : 'ENUM_ARRAY_CHANGED', path: '/enum' }]
}

export function isSubset<Item>(part: ReadonlySet<Item>, whole: ReadonlySet<Item>): boolean {
  return part.size <= whole.size && [...part].every((item) => whole.has(item))
}

type UpperBound = 'MAX_LENGTH' | 'MAXIMUM' | 'EXCLUSIVE_MAXIMUM' | 'MAX_PROPERTIES' | 'MAX_ITEMS' | 'MAX_CONTAINS'
type LowerBound = 'MIN_LENGTH' | 'MINIMUM' | 'EXCLUSIVE_MINIMUM' | 'MIN_PROPERTIES' | 'MIN_ITEMS' | 'MIN_CONTAINS'

export function upperBound(name: UpperBound, keyword: string, original: number | undefined, update: number | undefined): Breach[] {
  if (update === undefined || (original !== undefined && update >= original)) return []
  return [breachOfBound(original === undefined ? `${name}_ADDED` : `${name}_DECREASED`, keyword)]
}

export function lowerBound(name: LowerBound, keyword: string, original: number | undefined, update: number | undefined): Breach[] {
  if (update === undefined || (original !== undefined && update <= original)) return []
  return [breachOfBound(original === undefined ? `${name}_ADDED` : `${name}_INCREASED`, keyword)]
}

function breachOfBound(rule: Rule, keyword: string): Breach {
  return { rule, path: `/${keyword}` }
}
