import { listType, mapType, rowField, structType, type RowField, type RowType, type StructType } from '../../../columns/row-type.ts'
import type { ScalarType } from '../link/types.ts'
import type { ColumnPlan, MessagePlan, ValuePlan } from './column-plan.ts'
import type { LeafPlan } from './leaf-plan.ts'

/**
 * The columns of a message under the portable profile. Every column may be null; `source` is the field number, so that a
 * renamed field keeps its column.
 */
export function rowTypeOf(plan: MessagePlan): StructType {
  return structType(plan.columns.map(columnField))
}

function columnField(column: ColumnPlan): RowField {
  const doc = column.doc ?? defaultDoc(column)
  return rowField(column.field.name, columnType(column), { source: String(column.field.number), ...(doc === undefined ? {} : { doc }) })
}

function defaultDoc({ value }: ColumnPlan): string | undefined {
  return value.kind === 'leaf' && value.leaf.kind === 'duration' ? 'microseconds' : undefined
}

function columnType({ field, value, entry }: ColumnPlan): RowType {
  if (!entry) return field.repetition === 'repeated' ? listType(valueType(value)) : valueType(value)
  const [key, mapped] = entry.columns as [ColumnPlan, ColumnPlan]
  return mapType(valueType(key.value), valueType(mapped.value))
}

function valueType(value: ValuePlan): RowType {
  switch (value.kind) {
    case 'scalar':
      return scalarRowType(value.scalar)
    case 'enum':
      return { kind: 'string' }
    case 'struct':
      return rowTypeOf(value.plan)
    case 'wrapper':
      return valueType((value.plan.columns[0] as ColumnPlan).value)
    case 'leaf':
      return leafRowType(value.leaf)
  }
}

function scalarRowType(scalar: ScalarType): RowType {
  switch (scalar) {
    case 'bool':
      return { kind: 'boolean' }
    case 'string':
      return { kind: 'string' }
    case 'bytes':
      return { kind: 'binary' }
    case 'float':
    case 'double':
      return { kind: 'double' }
    case 'uint64':
    case 'fixed64':
      return { kind: 'decimal', precision: 20, scale: 0 }
    case 'int32':
    case 'sint32':
    case 'sfixed32':
    case 'uint32':
    case 'fixed32':
    case 'int64':
    case 'sint64':
    case 'sfixed64':
      return { kind: 'long' }
  }
}

function leafRowType(leaf: LeafPlan): RowType {
  switch (leaf.kind) {
    case 'timestamp':
      return { kind: 'timestamp', isUtc: true }
    case 'duration':
      return { kind: 'long' }
    case 'json':
    case 'empty-struct':
      return { kind: 'json' }
    case 'empty':
      return { kind: 'boolean' }
    case 'field-mask':
    case 'time-of-day':
      return { kind: 'string' }
    case 'date':
      return { kind: 'date' }
    case 'decimal':
      return leaf.type ?? { kind: 'string' }
  }
}
