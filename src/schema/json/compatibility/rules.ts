import type { CompatibilityPolicy, CompatibilityQuestion } from '../../compatibility.ts'

/**
 * The changes that break compatibility, by Confluent's names for them, and each in words. What the registry finds
 * compatible, such as a bound that is relaxed, is not listed: nobody is told of it.
 */
export type Rule = keyof typeof sentences

/** A rule that two schemas break, and where below them: `/properties/a/maxLength`, or '' for the schemas themselves. */
export interface Breach {
  readonly rule: Rule
  readonly path: string
}

export function isBreaking(rule: Rule, policy: CompatibilityPolicy): boolean {
  return policy === 'STRICT' || !allowedIfLenient.has(rule)
}

export function describe(rule: Rule, path: string, { reader, writer }: CompatibilityQuestion['names']): string {
  return sentences[rule](path, reader, writer)
}

/** `update` and `original` are the words for the schema that reads and the one that wrote. */
type Sentence = (path: string, update: string, original: string) => string

const isOtherType: Sentence = (path, update, original) =>
  `The type at '${path}' of the ${update} schema is not the one of the ${original} schema`
const isAdded: Sentence = (path, update, original) =>
  `The ${update} schema has a constraint at '${path}' that the ${original} schema does not have`
const isGreater: Sentence = (path, update, original) =>
  `The value at '${path}' is greater in the ${update} schema than in the ${original} schema`
const isSmaller: Sentence = (path, update, original) =>
  `The value at '${path}' is smaller in the ${update} schema than in the ${original} schema`
const isOtherValue: Sentence = (path, update, original) => `The value at '${path}' differs between the ${update} and the ${original} schema`
const hasMore: Sentence = (path, update, original) =>
  `The list at '${path}' asks for more in the ${update} schema than in the ${original} schema`
const hasFewer: Sentence = (path, update, original) =>
  `The list at '${path}' allows less in the ${update} schema than in the ${original} schema`
const isNarrower: Sentence = (path, update, original) =>
  `The schema at '${path}' allows less in the ${update} schema than in the ${original} schema`
const isForbidden: Sentence = (path, update, original) =>
  `The ${update} schema does not allow what the ${original} schema allows at '${path}'`
const isAddedToOpen: Sentence = (path, update, original) =>
  `The ${update} schema names '${path}', where the open content model of the ${original} schema allowed any value`
const isRequiredAnew: Sentence = (path, update, original) =>
  `The ${update} schema requires '${path}', which does not exist in the ${original} schema`
const isRemovedFromClosed: Sentence = (path, update, original) =>
  `The closed content model of the ${update} schema does not allow '${path}', which the ${original} schema has`
const isRemovedUncovered: Sentence = (path, update, original) =>
  `The ${update} schema does not name '${path}', and its partially open content model does not allow what the ${original} schema has there`
const isAddedUncovered: Sentence = (path, update, original) =>
  `The ${update} schema names '${path}' and does not allow what the partially open content model of the ${original} schema allowed there`

const sentences = {
  TYPE_CHANGED: isOtherType,
  /** From number to integer. */
  TYPE_NARROWED: isNarrower,
  SCHEMA_ADDED: isAdded,

  MAX_LENGTH_ADDED: isAdded,
  MAX_LENGTH_DECREASED: isSmaller,
  MIN_LENGTH_ADDED: isAdded,
  MIN_LENGTH_INCREASED: isGreater,
  PATTERN_ADDED: isAdded,
  PATTERN_CHANGED: isOtherValue,

  MAXIMUM_ADDED: isAdded,
  MAXIMUM_DECREASED: isSmaller,
  MINIMUM_ADDED: isAdded,
  MINIMUM_INCREASED: isGreater,
  EXCLUSIVE_MAXIMUM_ADDED: isAdded,
  EXCLUSIVE_MAXIMUM_DECREASED: isSmaller,
  EXCLUSIVE_MINIMUM_ADDED: isAdded,
  EXCLUSIVE_MINIMUM_INCREASED: isGreater,
  MULTIPLE_OF_ADDED: isAdded,
  /** To a multiple of what it was. */
  MULTIPLE_OF_EXPANDED: isGreater,
  MULTIPLE_OF_CHANGED: isOtherValue,

  ENUM_ARRAY_NARROWED: hasFewer,
  /** Neither list of constants holds the other; or a `const` is another one. */
  ENUM_ARRAY_CHANGED: isOtherValue,

  /** Of a property that both have. */
  REQUIRED_ATTRIBUTE_ADDED: (path, update, original) =>
    `The ${update} schema requires '${path}', which has no default and is optional in the ${original} schema`,
  MAX_PROPERTIES_ADDED: isAdded,
  MAX_PROPERTIES_DECREASED: isSmaller,
  MIN_PROPERTIES_ADDED: isAdded,
  MIN_PROPERTIES_INCREASED: isGreater,
  ADDITIONAL_PROPERTIES_REMOVED: isForbidden,
  ADDITIONAL_PROPERTIES_NARROWED: isNarrower,
  UNEVALUATED_PROPERTIES_REMOVED: isForbidden,
  UNEVALUATED_PROPERTIES_NARROWED: isNarrower,
  DEPENDENCY_ARRAY_ADDED: isAdded,
  DEPENDENCY_ARRAY_EXTENDED: hasMore,
  DEPENDENCY_ARRAY_CHANGED: isOtherValue,
  DEPENDENCY_SCHEMA_ADDED: isAdded,
  REQUIRED_PROPERTY_ADDED_TO_OPEN_CONTENT_MODEL: isAddedToOpen,
  REQUIRED_PROPERTY_WITH_DEFAULT_ADDED_TO_OPEN_CONTENT_MODEL: isAddedToOpen,
  OPTIONAL_PROPERTY_ADDED_TO_OPEN_CONTENT_MODEL: isAddedToOpen,
  REQUIRED_PROPERTY_ADDED_TO_UNOPEN_CONTENT_MODEL: isRequiredAnew,
  PROPERTY_REMOVED_FROM_CLOSED_CONTENT_MODEL: isRemovedFromClosed,
  PROPERTY_REMOVED_NOT_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL: isRemovedUncovered,
  PROPERTY_ADDED_NOT_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL: isAddedUncovered,

  MAX_ITEMS_ADDED: isAdded,
  MAX_ITEMS_DECREASED: isSmaller,
  MIN_ITEMS_ADDED: isAdded,
  MIN_ITEMS_INCREASED: isGreater,
  MAX_CONTAINS_ADDED: isAdded,
  MAX_CONTAINS_DECREASED: isSmaller,
  MIN_CONTAINS_ADDED: isAdded,
  MIN_CONTAINS_INCREASED: isGreater,
  UNIQUE_ITEMS_ADDED: isAdded,
  ADDITIONAL_ITEMS_REMOVED: isForbidden,
  ADDITIONAL_ITEMS_NARROWED: isNarrower,
  UNEVALUATED_ITEMS_REMOVED: isForbidden,
  UNEVALUATED_ITEMS_NARROWED: isNarrower,
  ITEM_ADDED_TO_OPEN_CONTENT_MODEL: isAddedToOpen,
  ITEM_REMOVED_FROM_CLOSED_CONTENT_MODEL: isRemovedFromClosed,
  ITEM_REMOVED_NOT_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL: isRemovedUncovered,
  ITEM_ADDED_NOT_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL: isAddedUncovered,

  COMBINED_TYPE_CHANGED: (path, update, original) =>
    `The schemas at '${path}' are combined in another way by the ${update} schema than by the ${original} schema`,
  /** More schemas in an `allOf`. */
  PRODUCT_TYPE_EXTENDED: hasMore,
  /** Fewer schemas in an `anyOf` or `oneOf`. */
  SUM_TYPE_NARROWED: hasFewer,
  COMBINED_TYPE_SUBSCHEMAS_CHANGED: (path, update, original) =>
    `The schemas combined at '${path}' cannot be paired so that each of the ${update} schema allows what one of the ${original} schema allows`,
  NOT_TYPE_EXTENDED: (path, update, original) => `The ${update} schema excludes more at '${path}' than the ${original} schema`,
} as const satisfies { readonly [rule: string]: Sentence }

const allowedIfLenient: ReadonlySet<Rule> = new Set([
  'ADDITIONAL_PROPERTIES_REMOVED',
  'ADDITIONAL_PROPERTIES_NARROWED',
  'UNEVALUATED_PROPERTIES_REMOVED',
  'UNEVALUATED_PROPERTIES_NARROWED',
  'REQUIRED_PROPERTY_WITH_DEFAULT_ADDED_TO_OPEN_CONTENT_MODEL',
  'OPTIONAL_PROPERTY_ADDED_TO_OPEN_CONTENT_MODEL',
  'PROPERTY_REMOVED_FROM_CLOSED_CONTENT_MODEL',
  'PROPERTY_REMOVED_NOT_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL',
  'PROPERTY_ADDED_NOT_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL',
])
