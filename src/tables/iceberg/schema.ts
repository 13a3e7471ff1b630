import { childFields, walkFields, type RowField, type StructType } from '../../columns/row-type.ts'
import { HeadgateError } from '../../shared/errors.ts'
import { parseJson, stringifyJson, type JsonObject } from '../../shared/json.ts'
import { icebergField, rowFieldOf, type ColumnNote, type ColumnNotes, type IcebergField } from './types.ts'

/** Table schemas as table metadata holds them, and the table property that keeps what they cannot say. */
export type IcebergSchema = { type: 'struct'; 'schema-id': number; fields: IcebergField[] }

/** Property with the ColumnNotes as JSON, by field id: `{"7":{"source":"3"},"9":{"json":true}}`. */
export const COLUMN_NOTES_PROPERTY = 'headgate.columns'

export function icebergSchema(rowType: StructType, schemaId: number): IcebergSchema {
  return { type: 'struct', 'schema-id': schemaId, fields: rowType.fields.map(icebergField) }
}

export function structTypeOf(schema: IcebergSchema, notes: ColumnNotes): StructType {
  return { kind: 'struct', fields: schema.fields.map((field) => rowFieldOf(field, notes)) }
}

export function lastColumnIdOf(rowType: StructType): number {
  let lastId = 0
  walkFields(rowType, (field) => {
    lastId = Math.max(lastId, field.fieldId)
  })
  return lastId
}

/** A column that holds values itself; `isRepeated` below a list or map, where Iceberg keeps counts but no bounds. */
export interface Leaf {
  readonly field: RowField
  readonly isRepeated: boolean
  /** Names joined with dots. */
  readonly path: string
}

/** Leaf columns by field id, in the order of the schema. */
export function leavesOf(rowType: StructType): Map<number, Leaf> {
  const leaves = new Map<number, Leaf>()
  const walk = (field: RowField, isRepeated: boolean, parentPath: string): void => {
    const path = parentPath === '' ? field.name : `${parentPath}.${field.name}`
    const children = childFields(field.type)
    if (children.length === 0 && field.type.kind !== 'struct') leaves.set(field.fieldId, { field, isRepeated, path })
    const isBelowRepeated = isRepeated || field.type.kind === 'list' || field.type.kind === 'map'
    for (const child of children) walk(child, isBelowRepeated, path)
  }
  for (const field of rowType.fields) walk(field, false, '')
  return leaves
}

/** Undefined when every column is what its name and type say. */
export function columnNotesProperty(rowType: StructType): string | undefined {
  const notes: JsonObject = {}
  walkFields(rowType, (field) => {
    const note: JsonObject = {}
    if (field.source !== field.name) note['source'] = field.source
    if (field.type.kind === 'json') note['json'] = true
    if (Object.keys(note).length > 0) notes[field.fieldId] = note
  })
  return Object.keys(notes).length === 0 ? undefined : stringifyJson(notes)
}

export function parseColumnNotes(property: string | undefined): ColumnNotes {
  const notes = new Map<number, ColumnNote>()
  if (property === undefined) return notes
  for (const [fieldId, note] of Object.entries(parsedNotes(property)))
    notes.set(Number(fieldId), {
      ...(typeof note['source'] === 'string' ? { source: note['source'] } : {}),
      ...(note['json'] === true ? { isJson: true } : {}),
    })
  return notes
}

function parsedNotes(property: string): { [fieldId: string]: JsonObject } {
  try {
    return parseJson(property) as { [fieldId: string]: JsonObject }
  } catch (cause) {
    throw new HeadgateError(
      'store-corrupt',
      `the table property ${COLUMN_NOTES_PROPERTY} is not JSON; restore it from an older metadata file`,
      {
        cause,
      },
    )
  }
}
