import { assertNever } from '../../shared/assert.ts'
import { HeadgateError } from '../../shared/errors.ts'
import type { RowField, RowType } from '../../columns/row-type.ts'

/**
 * RowType to Iceberg type JSON and back (spec, Appendix C). `json` lands as `string`; which strings were JSON, and each
 * column's source path, are facts that Iceberg's type cannot hold: `ColumnNotes` carries them in a table property.
 */
export type IcebergType = string | IcebergStruct | IcebergList | IcebergMap
export type IcebergStruct = { type: 'struct'; fields: IcebergField[] }
export type IcebergList = { type: 'list'; 'element-id': number; 'element-required': boolean; element: IcebergType }
export type IcebergMap = {
  type: 'map'
  'key-id': number
  key: IcebergType
  'value-id': number
  'value-required': boolean
  value: IcebergType
}
export type IcebergField = { id: number; name: string; required: boolean; type: IcebergType; doc?: string }

/** What a column is beyond its Iceberg type, by field id; absent when there is nothing to add. */
export type ColumnNotes = ReadonlyMap<number, ColumnNote>
export interface ColumnNote {
  /** The source path, where it differs from the name. */
  readonly source?: string
  readonly isJson?: true
}

export function icebergType(type: RowType): IcebergType {
  switch (type.kind) {
    case 'boolean':
    case 'int':
    case 'long':
    case 'float':
    case 'double':
    case 'string':
    case 'binary':
    case 'date':
      return type.kind
    case 'decimal':
      return `decimal(${type.precision}, ${type.scale})`
    case 'timestamp':
      return type.isUtc ? 'timestamptz' : 'timestamp'
    case 'json':
      return 'string'
    case 'struct':
      return { type: 'struct', fields: type.fields.map(icebergField) }
    case 'list':
      return {
        type: 'list',
        'element-id': type.element.fieldId,
        'element-required': !type.element.isNullable,
        element: icebergType(type.element.type),
      }
    case 'map':
      return {
        type: 'map',
        'key-id': type.key.fieldId,
        key: icebergType(type.key.type),
        'value-id': type.value.fieldId,
        'value-required': !type.value.isNullable,
        value: icebergType(type.value.type),
      }
    default:
      return assertNever(type)
  }
}

export function icebergField(field: RowField): IcebergField {
  const { fieldId: id, name, isNullable, doc } = field
  const json = { id, name, required: !isNullable, type: icebergType(field.type) }
  return doc === undefined ? json : { ...json, doc }
}

/** `path` names the column in the refusal of a type that Headgate does not write. */
export function rowTypeOf(type: IcebergType, notes: ColumnNotes, path: string): RowType {
  if (typeof type === 'string') return scalarRowType(type, path)
  switch (type.type) {
    case 'struct':
      return { kind: 'struct', fields: type.fields.map((field) => rowFieldOf(field, notes, path)) }
    case 'list':
      return {
        kind: 'list',
        element: rowFieldOf(
          { id: type['element-id'], name: 'element', required: type['element-required'], type: type.element },
          notes,
          path,
        ),
      }
    case 'map':
      return {
        kind: 'map',
        key: rowFieldOf({ id: type['key-id'], name: 'key', required: true, type: type.key }, notes, path),
        value: rowFieldOf({ id: type['value-id'], name: 'value', required: type['value-required'], type: type.value }, notes, path),
      }
    default:
      throw unsupportedType((type as { type: unknown }).type, path)
  }
}

export function rowFieldOf(json: IcebergField, notes: ColumnNotes, parentPath = ''): RowField {
  const path = parentPath === '' ? json.name : `${parentPath}.${json.name}`
  const note = notes.get(json.id)
  const field = {
    name: json.name,
    type: note?.isJson ? ({ kind: 'json' } as const) : rowTypeOf(json.type, notes, path),
    isNullable: !json.required,
    fieldId: json.id,
    source: note?.source ?? json.name,
  }
  return json.doc === undefined ? field : { ...field, doc: json.doc }
}

function scalarRowType(type: string, path: string): RowType {
  switch (type) {
    case 'boolean':
    case 'int':
    case 'long':
    case 'float':
    case 'double':
    case 'string':
    case 'binary':
    case 'date':
      return { kind: type }
    case 'timestamp':
      return { kind: 'timestamp', isUtc: false }
    case 'timestamptz':
      return { kind: 'timestamp', isUtc: true }
    default: {
      const [, precision, scale] = /^decimal\(\s*(\d+)\s*,\s*(\d+)\s*\)$/.exec(type) ?? []
      if (precision === undefined || scale === undefined) throw unsupportedType(type, path)
      return { kind: 'decimal', precision: Number(precision), scale: Number(scale) }
    }
  }
}

function unsupportedType(type: unknown, path: string): HeadgateError {
  return new HeadgateError('unsupported', `column ${path} has the Iceberg type ${JSON.stringify(type)}, which Headgate does not write`, {
    facts: { column: path },
  })
}
