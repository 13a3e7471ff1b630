import type { Absent, ColumnPlan, Scalar } from './column-plan.ts'

/** What a plan says about sizes before any value is read: the bounds of array and map blocks rest on it. */

/** The fewest bytes that a value takes in Avro's encoding. */
export function leastBytesOf(plan: ColumnPlan | Absent): number {
  switch (plan.kind) {
    case 'absent':
    case 'always-null':
    case 'constant':
      return 0
    case 'scalar':
      return leastScalarBytes(plan.scalar)
    case 'union':
      return plan.nullIndex >= 0 ? 1 : 1 + leastBytesOf(plan.value)
    case 'struct':
      return plan.fields.reduce((sum, field) => sum + leastBytesOf(field.plan), 0)
    case 'list':
    case 'map':
      return 1
  }
}

function leastScalarBytes(scalar: Scalar): number {
  switch (scalar.kind) {
    case 'float':
      return 4
    case 'double':
      return 8
    case 'fixed':
      return scalar.size
    case 'duration':
      return 12
    case 'uuid':
      return scalar.isFixed ? 16 : 37
    case 'decimal':
      return scalar.size < 0 ? 2 : scalar.size
    case 'big-decimal':
      return 4
    default:
      return 1
  }
}

/** Columns that one value may write to, nested ones included. */
export function cellsOf(plan: ColumnPlan | Absent): number {
  switch (plan.kind) {
    case 'absent':
      return 0
    case 'scalar':
      return plan.scalar.kind === 'duration' ? 4 : 1
    case 'union':
      return cellsOf(plan.value)
    case 'struct':
      return plan.fields.reduce((sum, field) => sum + cellsOf(field.plan), 1)
    case 'list':
      return 1 + cellsOf(plan.element)
    case 'map':
      return 2 + cellsOf(plan.value)
    case 'always-null':
    case 'constant':
      return 1
  }
}
