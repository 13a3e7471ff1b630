import { HeadgateError } from '../../shared/errors.ts'
import { limits } from '../../shared/limits.ts'
import type { AvroSchema, AvroType, EnumType, FixedType, PrimitiveType, RecordType, UnionType } from './ast.ts'
import type { LogicalType, TimestampUnit } from './logical-type.ts'

/**
 * How each value of a schema becomes columns: the one plan that both the row type and the generated decoder are made
 * from, so that they cannot disagree. A named type used twice is planned twice; the count of nodes is bounded.
 */
export type ColumnPlan =
  | { readonly kind: 'scalar'; readonly scalar: Scalar }
  /** The null type as an item of an array or map: a column of nulls, no bytes. */
  | { readonly kind: 'always-null' }
  /** A record that would have no columns: the same JSON text for every value, no bytes. */
  | { readonly kind: 'constant'; readonly json: string }
  /** A union of one type, with null or without (`nullIndex` -1). */
  | { readonly kind: 'union'; readonly branchCount: number; readonly nullIndex: number; readonly value: ColumnPlan }
  | { readonly kind: 'struct'; readonly fields: readonly FieldPlan[] }
  | { readonly kind: 'list'; readonly element: ColumnPlan }
  | { readonly kind: 'map'; readonly value: ColumnPlan }

export interface FieldPlan {
  readonly name: string
  readonly doc: string | undefined
  readonly plan: ColumnPlan | Absent
}

/** The null type as a field: no column, no bytes. */
export interface Absent {
  readonly kind: 'absent'
}

/** A schema's top-level columns, in order. A root that is not a record is one column `value`. */
export interface RootPlan {
  readonly isRecord: boolean
  readonly fields: readonly FieldPlan[]
}

/** One value in one column; `duration` is three in one struct. */
export type Scalar =
  | { readonly kind: 'boolean' | 'int' | 'long' | 'float' | 'double' | 'bytes' | 'string' | 'date' | 'duration' | 'big-decimal' }
  | { readonly kind: 'fixed'; readonly size: number }
  | { readonly kind: 'enum'; readonly symbols: readonly string[] }
  | { readonly kind: 'uuid'; readonly isFixed: boolean }
  | { readonly kind: 'time'; readonly unit: 'millis' | 'micros' }
  | { readonly kind: 'timestamp'; readonly unit: TimestampUnit; readonly isLocal: boolean }
  /** `size` is that of the fixed, or -1 where the value carries its length. */
  | { readonly kind: 'decimal'; readonly precision: number; readonly scale: number; readonly size: number }

/** The widest decimal of a table; above it a decimal is text. */
export const DECIMAL_PRECISION_MAX = 38

/** Throws HeadgateError `unsupported` with the construct and its path, such as `$.items[].price`. */
export function planColumns({ root }: AvroSchema): RootPlan {
  const plan = new Planner().planField(root, '$')
  if (plan.kind === 'struct') return { isRecord: true, fields: plan.fields }
  return { isRecord: false, fields: [{ name: 'value', doc: undefined, plan }] }
}

export function unsupported(path: string, reason: string): HeadgateError {
  return new HeadgateError('unsupported', `Avro schema, ${path}: ${reason}`, { facts: { path } })
}

class Planner {
  #nodeCount = 0
  /** Records that the path is inside of: meeting one again is recursion. */
  readonly #open = new Set<string>()

  planField(type: AvroType, path: string): ColumnPlan | Absent {
    this.#count(path)
    return type.kind === 'null' ? { kind: 'absent' } : this.#planColumn(type, path)
  }

  #planItem(type: AvroType, path: string): ColumnPlan {
    this.#count(path)
    return type.kind === 'null' ? { kind: 'always-null' } : this.#planColumn(type, path)
  }

  #count(path: string): void {
    if (++this.#nodeCount > limits.columnsMax)
      throw unsupported(path, `more than ${limits.columnsMax} columns (a type counts wherever it is used)`)
  }

  #planColumn(type: AvroType, path: string): ColumnPlan {
    switch (type.kind) {
      case 'record':
        return this.#planRecord(type, path)
      case 'array':
        return { kind: 'list', element: this.#planItem(type.items, `${path}[]`) }
      case 'map':
        return { kind: 'map', value: this.#planItem(type.values, `${path}{}`) }
      case 'union':
        return this.#planUnion(type, path)
      default:
        return { kind: 'scalar', scalar: scalarOf(type, path) }
    }
  }

  #planRecord({ name, fields }: RecordType, path: string): ColumnPlan {
    if (this.#open.has(name.full)) throw unsupported(path, `record ${name.full} inside itself: recursive types have no columns`)
    this.#open.add(name.full)
    const plans = fields.map((field) => ({
      name: field.name,
      doc: field.doc,
      plan: this.planField(field.valueType, `${path}.${field.name}`),
    }))
    this.#open.delete(name.full)
    if (plans.some(({ plan }) => plan.kind !== 'absent')) return { kind: 'struct', fields: plans }
    return { kind: 'constant', json: JSON.stringify(Object.fromEntries(fields.map((field) => [field.name, null]))) }
  }

  #planUnion({ branches }: UnionType, path: string): ColumnPlan {
    const nullIndex = branches.findIndex(({ kind }) => kind === 'null')
    const others = branches.filter(({ kind }) => kind !== 'null')
    const [only] = others
    if (only === undefined) throw unsupported(path, 'a union without a type beside null has no column')
    if (others.length > 1) throw unsupported(path, `a union of ${others.length} types beside null has no column`)
    return { kind: 'union', branchCount: branches.length, nullIndex, value: this.#planColumn(only, path) }
  }
}

type ScalarType = PrimitiveType | EnumType | FixedType

function scalarOf(type: ScalarType, path: string): Scalar {
  if (type.logical) return logicalScalarOf(type, type.logical, path)
  switch (type.kind) {
    case 'enum':
      return { kind: 'enum', symbols: type.symbols }
    case 'fixed':
      return { kind: 'fixed', size: type.size }
    case 'null':
      throw unsupported(path, 'null has no column')
    default:
      return { kind: type.kind }
  }
}

function logicalScalarOf(type: ScalarType, logical: LogicalType, path: string): Scalar {
  switch (logical.kind) {
    case 'decimal':
      if (logical.precision > limits.decimalDigitsMax)
        throw unsupported(path, `a decimal of ${logical.precision} digits; at most ${limits.decimalDigitsMax} are supported`)
      return { ...logical, size: type.kind === 'fixed' ? type.size : -1 }
    case 'uuid':
      return { kind: 'uuid', isFixed: type.kind === 'fixed' }
    case 'big-decimal':
    case 'date':
    case 'duration':
      return { kind: logical.kind }
    case 'time':
    case 'timestamp':
      return logical
  }
}
