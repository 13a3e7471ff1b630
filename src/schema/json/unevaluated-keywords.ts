import type { Ajv, ErrorObject, ValidateFunction } from 'ajv'
import { EvaluatedMembers } from './evaluated.ts'
import type { LinearPattern } from './pattern.ts'
import { pointerTo } from './raw-schema.ts'
import { REF_PREFIX, type NamedNodes, type SchemaNode, type SchemaObject } from './unified-schema.ts'

/**
 * `unevaluatedProperties` and `unevaluatedItems` for ajv, judged by `EvaluatedMembers`: ajv's own (8.20) lose track of
 * members in some schemas and then accept what they should refuse, know nothing of `contains` and of an `if` by itself,
 * and sometimes fail with a TypeError. `schemaId` is the address of the schema in the instance.
 */
export function addUnevaluatedKeywords(
  ajv: Ajv,
  {
    schemaId,
    definitions,
    compilePattern,
  }: { schemaId: string; definitions: NamedNodes; compilePattern: (pattern: string) => LinearPattern },
): void {
  const judges = new PartJudges(ajv, schemaId)
  const members = new EvaluatedMembers(definitions, { compilePattern, fits: (node, value) => judges.fits(node, value) })
  ajv.removeKeyword('unevaluatedProperties').removeKeyword('unevaluatedItems')
  ajv.addKeyword({
    keyword: 'unevaluatedProperties',
    type: 'object',
    schemaType: ['object', 'boolean'],
    errors: 'full',
    compile: (allowed: SchemaNode, schema: object) => {
      const beside = without(schema, 'unevaluatedProperties')
      const refusal = (name: Key): Refusal => ({ keyword: 'unevaluatedProperties', params: { unevaluatedProperty: name } })
      return memberJudge({ allowed, judges, refusal, leftOf: (value) => members.unevaluatedNames(beside, value) })
    },
  })
  ajv.addKeyword({
    keyword: 'unevaluatedItems',
    type: 'array',
    schemaType: ['object', 'boolean'],
    errors: 'full',
    compile: (allowed: SchemaNode, schema: object) => {
      const beside = without(schema, 'unevaluatedItems')
      const refusal = (index: Key): Refusal => ({ keyword: 'unevaluatedItems', params: { len: index } })
      return memberJudge({ allowed, judges, refusal, leftOf: (value) => members.unevaluatedIndexes(beside, value as unknown[]) })
    },
  })
}

type Key = string | number
type Refusal = Pick<ErrorObject, 'keyword' | 'params'>
type Context = Parameters<ValidateFunction>[1]

interface MemberRules {
  /** For the members that are left. */
  readonly allowed: SchemaNode
  readonly leftOf: (value: object) => readonly Key[]
  readonly judges: PartJudges
  /** The error where none may be left. */
  readonly refusal: (first: Key) => Refusal
}

function memberJudge({ allowed, leftOf, judges, refusal }: MemberRules): {
  (value: object, context?: Context): boolean
  errors?: ErrorObject[]
} {
  function judge(value: object, context?: Context): boolean {
    if (allowed === true) return true
    const left = leftOf(value)
    const first = left[0]
    if (first === undefined) return true
    const instancePath = context?.instancePath ?? ''
    const errors: ErrorObject[] =
      allowed === false ? [{ instancePath, schemaPath: '', ...refusal(first) }] : judges.errorsOf(allowed, value, left, instancePath)
    judge.errors = errors
    return errors.length === 0
  }
  judge.errors = [] as ErrorObject[]
  return judge
}

/** The judges of parts of one schema, each compiled by ajv when it is first needed. */
class PartJudges {
  readonly #ajv: Ajv
  readonly #schemaId: string
  /** Verdicts about objects and arrays: without them, one value would be judged again for every schema around it. */
  readonly #verdicts = new Map<string, WeakMap<object, boolean>>()

  constructor(ajv: Ajv, schemaId: string) {
    this.#ajv = ajv
    this.#schemaId = schemaId
  }

  fits(node: SchemaNode, value: unknown): boolean {
    if (typeof node === 'boolean') return node
    if (typeof value !== 'object' || value === null) return this.#judge(node)(value)
    const name = nameOf(node)
    const verdicts = this.#verdicts.get(name) ?? new WeakMap<object, boolean>()
    this.#verdicts.set(name, verdicts)
    const verdict = verdicts.get(value) ?? this.#judge(node)(value)
    verdicts.set(value, verdict)
    return verdict
  }

  /** What the first member that does not fit breaks; none when all fit. */
  errorsOf(node: SchemaObject, value: object, keys: readonly Key[], instancePath: string): ErrorObject[] {
    const judge = this.#judge(node)
    for (const key of keys) {
      const member = (value as Record<Key, unknown>)[key]
      const path = pointerTo(instancePath, key)
      const context = { instancePath: path, parentData: value, parentDataProperty: key, rootData: value, dynamicAnchors: {} }
      if (!judge(member, context)) return [...(judge.errors ?? [])]
    }
    return []
  }

  #judge(node: SchemaObject): ValidateFunction {
    return this.#ajv.getSchema(`${this.#schemaId}#/$defs/${nameOf(node)}`) as ValidateFunction
  }
}

/** Parts that are asked by themselves are definitions. */
function nameOf({ $ref = '' }: SchemaObject): string {
  return $ref.slice(REF_PREFIX.length)
}

function without(schema: object, keyword: keyof SchemaObject): SchemaObject {
  return Object.fromEntries(Object.entries(schema).filter(([name]) => name !== keyword))
}
