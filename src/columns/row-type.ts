/**
 * RowType is the hinge between schema languages and table formats: each language maps to it once, and it maps once
 * each to Arrow, Iceberg and Delta. A closed union; every switch over `kind` is exhaustive.
 */
export type RowType =
  | { readonly kind: 'boolean' }
  /** 32-bit. The portable profile uses `long` for values and `int` only in metadata columns. */
  | { readonly kind: 'int' }
  | { readonly kind: 'long' }
  | { readonly kind: 'float' }
  | { readonly kind: 'double' }
  /** Unscaled two's complement in 16 bytes; precision 1..38. */
  | { readonly kind: 'decimal'; readonly precision: number; readonly scale: number }
  | { readonly kind: 'string' }
  | { readonly kind: 'binary' }
  /** Days since 1970-01-01. */
  | { readonly kind: 'date' }
  /** Microseconds since 1970-01-01T00:00:00, in UTC when `isUtc`, else without a zone. */
  | { readonly kind: 'timestamp'; readonly isUtc: boolean }
  /** JSON text of a part that has no fixed shape; a string everywhere. */
  | { readonly kind: 'json' }
  | StructType
  | { readonly kind: 'list'; readonly element: RowField }
  | { readonly kind: 'map'; readonly key: RowField; readonly value: RowField }

export interface StructType {
  readonly kind: 'struct'
  readonly fields: readonly RowField[]
}

export interface RowField {
  readonly name: string
  readonly type: RowType
  readonly isNullable: boolean
  /** The table's field id; 0 until `assignFieldIds` gives one. */
  readonly fieldId: number
  /** Where the value comes from in its schema, stable across versions: Protobuf by field number, Avro and JSON by name. */
  readonly source: string
  readonly doc?: string
}

export type RowKind = RowType['kind']

/** A field that has no id yet. `source` is the name unless given. */
export function rowField(
  name: string,
  type: RowType,
  { isNullable = true, source = name, doc }: { isNullable?: boolean; source?: string; doc?: string } = {},
): RowField {
  return doc === undefined ? { name, type, isNullable, fieldId: 0, source } : { name, type, isNullable, fieldId: 0, source, doc }
}

export function structType(fields: readonly RowField[]): StructType {
  return { kind: 'struct', fields }
}

/** The field of a list's items is always called `element`, as Parquet and Iceberg name it. */
export function listType(element: RowType, { isNullable = true, source = 'element' } = {}): RowType {
  return { kind: 'list', element: rowField('element', element, { isNullable, source }) }
}

/** Map keys are never null. */
export function mapType(key: RowType, value: RowType, { isNullable = true } = {}): RowType {
  return { kind: 'map', key: rowField('key', key, { isNullable: false }), value: rowField('value', value, { isNullable }) }
}

/** Field ids as Iceberg gives them to a new table: one level before the next, in order, from `firstId`. */
export function assignFieldIds(struct: StructType, firstId = 1): StructType {
  let nextId = firstId
  const assignStruct = (type: StructType): StructType => {
    const withIds = type.fields.map((field) => ({ ...field, fieldId: nextId++ }))
    return { kind: 'struct', fields: withIds.map((field) => ({ ...field, type: assignType(field.type) })) }
  }
  const assignType = (type: RowType): RowType => {
    if (type.kind === 'struct') return assignStruct(type)
    if (type.kind === 'list') {
      const element = { ...type.element, fieldId: nextId++ }
      return { kind: 'list', element: { ...element, type: assignType(element.type) } }
    }
    if (type.kind === 'map') {
      const key = { ...type.key, fieldId: nextId++ }
      const value = { ...type.value, fieldId: nextId++ }
      return { kind: 'map', key: { ...key, type: assignType(key.type) }, value: { ...value, type: assignType(value.type) } }
    }
    return type
  }
  return assignStruct(struct)
}

/** The fields directly below a type: none for a scalar, one for a list, two for a map. */
export function childFields(type: RowType): readonly RowField[] {
  if (type.kind === 'struct') return type.fields
  if (type.kind === 'list') return [type.element]
  if (type.kind === 'map') return [type.key, type.value]
  return []
}

export function isFloating({ kind }: RowType): boolean {
  return kind === 'float' || kind === 'double'
}

/** What a table stores a type as: JSON text is text. */
export function storedKind({ kind }: RowType): RowKind {
  return kind === 'json' ? 'string' : kind
}

/** Visits every field, parents before children, with its path of names. */
export function walkFields(struct: StructType, visit: (field: RowField, path: readonly string[]) => void): void {
  const walk = (fields: readonly RowField[], parentPath: readonly string[]): void => {
    for (const field of fields) {
      const path = [...parentPath, field.name]
      visit(field, path)
      walk(childFields(field.type), path)
    }
  }
  walk(struct.fields, [])
}

/** Whether two types hold the same values under the same names; ids, sources and docs do not matter. */
export function isSameShape(a: RowType, b: RowType): boolean {
  if (a.kind !== b.kind) return false
  if (a.kind === 'decimal' && b.kind === 'decimal') return a.precision === b.precision && a.scale === b.scale
  if (a.kind === 'timestamp' && b.kind === 'timestamp') return a.isUtc === b.isUtc
  const fieldsA = childFields(a)
  const fieldsB = childFields(b)
  return (
    fieldsA.length === fieldsB.length &&
    fieldsA.every((field, index) => {
      const other = fieldsB[index]
      return (
        other !== undefined && field.name === other.name && field.isNullable === other.isNullable && isSameShape(field.type, other.type)
      )
    })
  )
}
