import type { RowField, RowType, StructType } from '../../../columns/row-type.ts'
import { limits } from '../../../shared/limits.ts'
import { formatCheck } from '../ajv.ts'
import type { CompiledPatterns } from '../compile.ts'
import type { SchemaNode, SchemaObject, UnifiedSchema } from '../unified-schema.ts'
import { plainNode } from './plain-node.ts'

/**
 * What the fast path may accept on its own: for each column the values that the schema is sure to accept and that the
 * column is sure to hold. Anything else is left to ajv, so a plan may be narrower than its schema but never wider.
 */
export type ValuePlan = ScalarPlan | StructPlan | ListPlan

export type ScalarPlan =
  | { readonly kind: 'boolean'; readonly isNullable: boolean }
  | { readonly kind: 'long' | 'double'; readonly isNullable: boolean; readonly bounds: Bounds | undefined }
  | { readonly kind: 'string'; readonly isNullable: boolean; readonly length: Length | undefined; readonly checks: readonly TextCheck[] }
  | { readonly kind: 'enum'; readonly isNullable: boolean; readonly texts: readonly string[] }
  | { readonly kind: 'date' | 'timestamp'; readonly isNullable: boolean }

export interface StructPlan {
  readonly kind: 'struct'
  readonly isNullable: boolean
  /** One per column, in order. */
  readonly fields: readonly FieldPlan[]
}

export interface FieldPlan {
  readonly name: string
  readonly isRequired: boolean
  /** Undefined where only ajv can judge: a record with this member leaves the fast path. */
  readonly value: ValuePlan | undefined
}

export interface ListPlan {
  readonly kind: 'list'
  readonly isNullable: boolean
  readonly element: ValuePlan
  readonly minItems: number
  readonly maxItems: number
}

/** Inclusive where `isExclusive` is false; infinite where there is none. */
export interface Bounds {
  readonly least: number
  readonly most: number
  readonly isLeastExclusive: boolean
  readonly isMostExclusive: boolean
}

/** In code points. */
export interface Length {
  readonly least: number
  readonly most: number
}

export type TextCheck = (text: string) => boolean

/** The plan for a whole record; undefined when the fast path would hardly ever apply. */
export function planRecord(schema: UnifiedSchema, rowType: StructType, patterns: CompiledPatterns): StructPlan | undefined {
  const plan = new Planner(schema, patterns).plan(schema.root, rowType, 1)
  return plan?.kind === 'struct' && !plan.isNullable ? plan : undefined
}

class Planner {
  readonly #schema: UnifiedSchema
  readonly #patterns: CompiledPatterns

  constructor(schema: UnifiedSchema, patterns: CompiledPatterns) {
    this.#schema = schema
    this.#patterns = patterns
  }

  plan(node: SchemaNode, type: RowType, depth: number): ValuePlan | undefined {
    const plain = plainNode(this.#schema, node)
    if (plain === undefined || depth > limits.nestingMax) return undefined
    const { node: typed, type: jsonType, isNullable } = plain
    switch (jsonType) {
      case 'object':
        return type.kind === 'struct' ? this.#planStruct(typed, type, isNullable, depth) : undefined
      case 'array':
        return type.kind === 'list' ? this.#planList(typed, type.element, isNullable, depth) : undefined
      case 'string':
        return this.#planText(typed, type, isNullable)
      case 'boolean':
        return hasOnly(typed, 'type') && type.kind === 'boolean' ? { kind: 'boolean', isNullable } : undefined
      case 'integer':
        return type.kind === 'long' ? planNumber(typed, 'long', isNullable) : undefined
      case 'number':
        return type.kind === 'double' ? planNumber(typed, 'double', isNullable) : undefined
      case 'null':
        return undefined
    }
  }

  #planStruct(node: SchemaObject, { fields }: StructType, isNullable: boolean, depth: number): StructPlan | undefined {
    // A member that is in no column leaves the fast path, so what additionalProperties says does not matter.
    if (!hasOnly(node, 'type', 'properties', 'required', 'additionalProperties')) return undefined
    const properties = node.properties ?? {}
    const required = new Set(node.required ?? [])
    const plans = fields.map((field): FieldPlan => {
      const property = properties[field.source]
      const value = property === undefined ? undefined : this.plan(property, field.type, depth + 1)
      return { name: field.source, isRequired: required.delete(field.source), value }
    })
    // Something that is always there and never judged here: every record would leave.
    if (required.size > 0 || plans.some(({ isRequired, value }) => isRequired && value === undefined)) return undefined
    return { kind: 'struct', isNullable, fields: plans }
  }

  #planList(node: SchemaObject, element: RowField, isNullable: boolean, depth: number): ListPlan | undefined {
    if (!hasOnly(node, 'type', 'items', 'minItems', 'maxItems') || node.items === undefined) return undefined
    const plan = this.plan(node.items, element.type, depth + 1)
    if (plan === undefined) return undefined
    return { kind: 'list', isNullable, element: plan, minItems: node.minItems ?? 0, maxItems: node.maxItems ?? Number.POSITIVE_INFINITY }
  }

  #planText(node: SchemaObject, type: RowType, isNullable: boolean): ScalarPlan | undefined {
    if (type.kind === 'timestamp' || type.kind === 'date')
      return hasOnly(node, 'type', 'format') && node.format === INSTANT_FORMATS[type.kind] ? { kind: type.kind, isNullable } : undefined
    if (type.kind !== 'string') return undefined
    if (node.enum !== undefined || node.const !== undefined) return planEnum(node, isNullable)
    if (!hasOnly(node, 'type', 'format', 'pattern', 'minLength', 'maxLength')) return undefined
    const checks = this.#textChecks(node)
    if (checks === undefined) return undefined
    const isAnyLength = node.minLength === undefined && node.maxLength === undefined
    const length = isAnyLength ? undefined : { least: node.minLength ?? 0, most: node.maxLength ?? Number.POSITIVE_INFINITY }
    return { kind: 'string', isNullable, length, checks }
  }

  #textChecks({ pattern, format }: SchemaObject): TextCheck[] | undefined {
    const compiled = pattern === undefined ? undefined : this.#patterns.get(pattern)
    const checks: TextCheck[] = compiled === undefined ? [] : [(text) => compiled.test(text)]
    if (format === undefined) return checks
    const check = formatCheck(format)
    return check === undefined ? undefined : [...checks, check]
  }
}

function planEnum(node: SchemaObject, isNullable: boolean): ScalarPlan | undefined {
  if (!hasOnly(node, 'type', 'enum', 'const') || (node.enum !== undefined && node.const !== undefined)) return undefined
  const constants = node.enum ?? [node.const]
  const texts = constants.filter((constant) => typeof constant === 'string')
  if (texts.length === 0 || texts.length > ENUM_COMPARED_MAX) return undefined
  return { kind: 'enum', isNullable: isNullable && constants.includes(null), texts }
}

function planNumber(node: SchemaObject, kind: 'long' | 'double', isNullable: boolean): ScalarPlan | undefined {
  if (!hasOnly(node, 'type', 'format', 'minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum')) return undefined
  // Of the formats for numbers these judge nothing that the type does not.
  if (node.format !== undefined && !(kind === 'long' ? INTEGER_FORMATS : NUMBER_FORMATS).has(node.format)) return undefined
  return { kind, isNullable, bounds: boundsOf(node) }
}

function boundsOf({ minimum, maximum, exclusiveMinimum, exclusiveMaximum }: SchemaObject): Bounds | undefined {
  const lowest = Number.NEGATIVE_INFINITY
  const highest = Number.POSITIVE_INFINITY
  const least = Math.max(minimum ?? lowest, exclusiveMinimum ?? lowest)
  const most = Math.min(maximum ?? highest, exclusiveMaximum ?? highest)
  if (least === lowest && most === highest) return undefined
  return { least, most, isLeastExclusive: exclusiveMinimum === least, isMostExclusive: exclusiveMaximum === most }
}

/** Whether a node has no keyword but these: one that is not known here must never be overlooked. */
function hasOnly(node: SchemaObject, ...keywords: readonly (keyof SchemaObject)[]): boolean {
  return Object.keys(node).every((keyword) => keyword === 'description' || (keywords as readonly string[]).includes(keyword))
}

const INSTANT_FORMATS = { timestamp: 'date-time', date: 'date' }
const INTEGER_FORMATS = new Set(['int64'])
const NUMBER_FORMATS = new Set(['float', 'double'])
/** Longer ones are hashed, which ajv's side does. */
const ENUM_COMPARED_MAX = 32
