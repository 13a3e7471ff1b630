import { listType, mapType, rowField, structType, type RowField, type RowType, type StructType } from '../../columns/row-type.ts'
import { DECIMAL_PRECISION_MAX, unsupported, type ColumnPlan, type FieldPlan, type RootPlan, type Scalar } from './column-plan.ts'

/**
 * The columns of a plan under the portable profile: wide numbers, text where table formats differ, everything nullable.
 * Throws HeadgateError `unsupported` where a name cannot be a column's.
 */
export function rowTypeOf({ fields }: RootPlan): StructType {
  const reserved = fields.find(({ name }) => name.toLowerCase().startsWith('_kafka_'))
  if (reserved) throw unsupported(`$.${reserved.name}`, 'columns whose names start with _kafka_ hold the record metadata')
  return structOf(fields, '$')
}

function structOf(fields: readonly FieldPlan[], path: string): StructType {
  const named = new Map<string, string>()
  const columns = fields.flatMap(({ name, doc, plan }): RowField[] => {
    if (plan.kind === 'absent') return []
    const twin = named.get(name.toLowerCase())
    if (twin !== undefined)
      throw unsupported(`${path}.${name}`, `the name differs from ${twin} only in case, which tables cannot tell apart`)
    named.set(name.toLowerCase(), name)
    return [rowField(name, typeOf(plan, `${path}.${name}`), doc === undefined ? {} : { doc })]
  })
  return structType(columns)
}

function typeOf(plan: ColumnPlan, path: string): RowType {
  switch (plan.kind) {
    case 'scalar':
      return scalarType(plan.scalar)
    case 'constant':
    case 'always-null':
      return { kind: 'json' }
    case 'struct':
      return structOf(plan.fields, path)
    case 'union':
      return typeOf(plan.value, path)
    case 'list':
      return listType(typeOf(plan.element, `${path}[]`))
    case 'map':
      return mapType({ kind: 'string' }, typeOf(plan.value, `${path}{}`))
  }
}

function scalarType(scalar: Scalar): RowType {
  switch (scalar.kind) {
    case 'boolean':
    case 'string':
    case 'date':
      return { kind: scalar.kind }
    case 'int':
    case 'long':
      return { kind: 'long' }
    case 'float':
    case 'double':
      return { kind: 'double' }
    case 'bytes':
    case 'fixed':
      return { kind: 'binary' }
    case 'enum':
    case 'uuid':
    case 'time':
    case 'big-decimal':
      return { kind: 'string' }
    case 'timestamp':
      return { kind: 'timestamp', isUtc: !scalar.isLocal }
    case 'decimal':
      if (scalar.precision > DECIMAL_PRECISION_MAX) return { kind: 'string' }
      return { kind: 'decimal', precision: scalar.precision, scale: scalar.scale }
    case 'duration':
      return structType(['months', 'days', 'millis'].map((name) => rowField(name, { kind: 'long' })))
  }
}
