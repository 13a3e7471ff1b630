import { childFields, storedKind, type RowField, type RowType } from '../columns/row-type.ts'

/**
 * Why values of `source` cannot be written into a column of `target`, or undefined when they can. Names, order and
 * memory layout must agree; ids and docs do not matter, and a table that was read back from Iceberg knows JSON text only
 * as string.
 */
export function misfit(target: RowField, source: RowField): string | undefined {
  if (!isSameLayout(target.type, source.type))
    return `${source.name} is ${nameOf(target.type)} in the table and ${nameOf(source.type)} in the schema`
  if (source.isNullable && !target.isNullable) return `${source.name} is required in the table and nullable in the schema`
  const targetFields = childFields(target.type)
  const sourceFields = childFields(source.type)
  if (targetFields.length !== sourceFields.length)
    return `${source.name} has ${targetFields.length} fields in the table and ${sourceFields.length} in the schema`
  for (const [index, field] of sourceFields.entries()) {
    const targetField = targetFields[index]
    if (targetField?.name !== field.name) return `${source.name}.${field.name} is not in the table`
    const reason = misfit(targetField, field)
    if (reason !== undefined) return `${source.name}.${reason}`
  }
  return undefined
}

function isSameLayout(target: RowType, source: RowType): boolean {
  if (target.kind === 'decimal' && source.kind === 'decimal') return target.scale === source.scale && target.precision >= source.precision
  if (target.kind === 'timestamp' && source.kind === 'timestamp') return target.isUtc === source.isUtc
  return storedKind(target) === storedKind(source)
}

function nameOf(type: RowType): string {
  if (type.kind === 'decimal') return `decimal(${type.precision}, ${type.scale})`
  if (type.kind === 'timestamp') return type.isUtc ? 'timestamptz' : 'timestamp'
  return type.kind
}
