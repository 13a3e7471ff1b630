import type { JudgeError } from './ajv.ts'
import { cut, describeValue, itemPath, memberPath, quoteConstant, quoteText } from './quote.ts'

/** What is wrong with a value, and where: JSON pointer steps from its root. */
export interface Explanation {
  readonly steps: readonly string[]
  readonly reason: string
}

/** Puts ajv's errors about `root` into words: the first that fails, and of alternatives the most telling one. */
export function explain(errors: readonly JudgeError[], root: unknown): Explanation {
  const error = mostTelling(errors)
  const steps = error.instancePath
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'))
  return { steps, reason: reasonOf(error, valueAt(root, steps), errors) }
}

/** `$.items[3].size`: steps below arrays are indexes. */
export function valuePath(root: unknown, steps: readonly string[]): string {
  let path = '$'
  let value = root
  for (const step of steps) {
    path = Array.isArray(value) ? itemPath(path, Number(step)) : memberPath(path, step)
    value = childOf(value, step)
  }
  return path
}

function valueAt(root: unknown, steps: readonly string[]): unknown {
  return steps.reduce(childOf, root)
}

function childOf(value: unknown, step: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, step) ? (value as Record<string, unknown>)[step] : undefined
}

/**
 * ajv lists what failed inside before the keyword that failed for it. The last is the outermost; where that one only
 * says that no alternative fits, the error deepest in the value tells most, and one about a null branch tells least.
 */
function mostTelling(errors: readonly JudgeError[]): JudgeError {
  const last = errors.at(-1) ?? NO_ERROR
  if (!OUTER_KEYWORDS.has(last.keyword)) return last
  const inner = errors.filter((error) => error.propertyName === undefined && !OUTER_KEYWORDS.has(error.keyword) && !isAboutNull(error))
  const depth = Math.max(...inner.map(depthOf), 0)
  const deepest = inner.filter((error) => depthOf(error) === depth)
  // At one depth a branch of the right type that fails for another reason is the one that was meant.
  return deepest.find((error) => error.keyword !== 'type') ?? deepest[0] ?? last
}

function depthOf({ instancePath }: JudgeError): number {
  return instancePath.split('/').length
}

function isAboutNull({ keyword, params }: JudgeError): boolean {
  return (keyword === 'type' && typesOf(params).join() === 'null') || (keyword === 'const' && params['allowedValue'] === null)
}

function typesOf(params: JudgeError['params']): string[] {
  return [params['type'] as string | string[]].flat()
}

function reasonOf(error: JudgeError, value: unknown, errors: readonly JudgeError[]): string {
  const reason = reasons[error.keyword]
  return reason === undefined
    ? `does not satisfy ${error.keyword}, got ${describeValue(value)}`
    : reason(error.params, value, errors, error)
}

type Reason = (params: JudgeError['params'], value: unknown, errors: readonly JudgeError[], error: JudgeError) => string

const reasons: { readonly [keyword: string]: Reason } = {
  type: (_params, value, errors, error) => `expected ${expectedTypes(errors, error)}, got ${describeValue(value)}`,
  required: ({ missingProperty }) => `missing required property ${quoteText(missingProperty as string)}`,
  additionalProperties: ({ additionalProperty }) => `unexpected property ${quoteText(additionalProperty as string)}`,
  unevaluatedProperties: ({ unevaluatedProperty }) => `unexpected property ${quoteText(unevaluatedProperty as string)}`,
  propertyNames: ({ propertyName }) => `property name ${quoteText(propertyName as string)} is not allowed`,
  dependentRequired: ({ property, missingProperty }) =>
    `missing property ${quoteText(missingProperty as string)}, required beside ${quoteText(property as string)}`,
  minProperties: ({ limit }) => `has fewer than ${limit} properties`,
  maxProperties: ({ limit }) => `has more than ${limit} properties`,
  enum: notAmong,
  largeEnum: notAmong,
  const: ({ allowedValue }, value) => `expected ${quoteConstant(allowedValue)}, got ${describeValue(value)}`,
  minimum: compared,
  maximum: compared,
  exclusiveMinimum: compared,
  exclusiveMaximum: compared,
  multipleOf: ({ multipleOf }, value) => `expected a multiple of ${multipleOf}, got ${describeValue(value)}`,
  minLength: ({ limit }, value) => `shorter than ${limit} characters, got ${describeValue(value)}`,
  maxLength: ({ limit }, value) => `longer than ${limit} characters, got ${describeValue(value)}`,
  pattern: ({ pattern }, value) => `does not match the pattern ${cut(pattern as string)}, got ${describeValue(value)}`,
  format: ({ format }, value) => `not a valid ${format}, got ${describeValue(value)}`,
  minItems: ({ limit }) => `has fewer than ${limit} items`,
  maxItems: ({ limit }) => `has more than ${limit} items`,
  uniqueItems: () => 'items are not unique',
  contains: ({ minContains, maxContains }) =>
    maxContains === undefined
      ? `fewer than ${minContains} items match contains`
      : `the items that match contains are not ${minContains} to ${maxContains}`,
  unevaluatedItems: ({ len }) => `has more than ${len} items`,
  oneOf: ({ passingSchemas }) =>
    Array.isArray(passingSchemas)
      ? `matches more than one alternative of oneOf (${passingSchemas.join(' and ')})`
      : 'matches no alternative of oneOf',
  anyOf: () => 'matches no alternative of anyOf',
  not: () => 'matches what the schema excludes under not',
  if: ({ failingKeyword }) => `does not satisfy ${failingKeyword} after if`,
  'false schema': () => 'no value is allowed here',
}

function compared(params: JudgeError['params'], value: unknown): string {
  return `expected ${params['comparison']} ${params['limit']}, got ${describeValue(value)}`
}

function notAmong({ allowedValues }: JudgeError['params'], value: unknown): string {
  return `not one of ${listConstants(allowedValues as unknown[])}, got ${describeValue(value)}`
}

/** All types that alternatives at this place would have taken. */
function expectedTypes(errors: readonly JudgeError[], { instancePath }: JudgeError): string {
  const alike = errors.filter(({ keyword, instancePath: path }) => keyword === 'type' && path === instancePath)
  return [...new Set(alike.flatMap(({ params }) => typesOf(params)))]
    .filter((type, _index, types) => type !== 'null' || types.length === 1)
    .join(' or ')
}

/** Enough of them to see what was meant. */
function listConstants(values: readonly unknown[]): string {
  const shown = values.slice(0, CONSTANTS_SHOWN).map(quoteConstant)
  return `[${shown.join(',')}${values.length > CONSTANTS_SHOWN ? `,... ${values.length} in all` : ''}]`
}

const CONSTANTS_SHOWN = 8

/** Keywords that fail because something inside them failed. */
const OUTER_KEYWORDS = new Set(['anyOf', 'oneOf', 'if'])

const NO_ERROR: JudgeError = { keyword: 'false schema', instancePath: '', schemaPath: '#', params: {} }
