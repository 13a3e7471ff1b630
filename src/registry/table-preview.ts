import { childFields, storedKind, type RowField, type RowType, type StructType } from '../columns/row-type.ts'
import { typeText } from '../columns/type-text.ts'

/** What a schema would do to a column of a table. Nested columns are named by their path, such as `items.element.price`. */
export type ColumnChange =
  /** A column that the table does not have yet; rows written before have null in it. */
  | { readonly kind: 'added'; readonly column: string; readonly type: string }
  /** The same values in a type that holds more; every reader of the old type's files understands it. */
  | { readonly kind: 'widened'; readonly column: string; readonly from: string; readonly to: string }
  /** The same field (Protobuf: the same number) under another name. */
  | { readonly kind: 'renamed'; readonly column: string; readonly to: string }
  /** The schema has no such field any more: the column stays, and is null in rows to come. */
  | { readonly kind: 'kept'; readonly column: string; readonly type: string }
  /** No change of the table makes room for both: rows of the new schema cannot be in it. */
  | { readonly kind: 'break'; readonly column: string; readonly from: string; readonly to: string; readonly reason: string }

/**
 * The changes that rows of `next` would need in a table of columns `table`, none when they fit as they are. Both are
 * whole rows or both are value columns; the order of columns does not matter.
 */
export function columnChanges(table: StructType, next: StructType): ColumnChange[] {
  return changesOf(table.fields, next.fields, '')
}

/** The columns that a table to be made would have. */
export function newColumns(values: StructType): ColumnChange[] {
  return values.fields.map(({ name, type }) => ({ kind: 'added', column: name, type: typeText(type) }))
}

/** One line per change, for people. */
export function changesText(changes: readonly ColumnChange[]): string {
  return changes.length === 0 ? 'the columns stay as they are' : changes.map(changeText).join('\n')
}

function changeText(change: ColumnChange): string {
  switch (change.kind) {
    case 'added':
      return `+ ${change.column} ${change.type}`
    case 'widened':
      return `~ ${change.column} ${change.from} becomes ${change.to}`
    case 'renamed':
      return `~ ${change.column} is called ${change.to}`
    case 'kept':
      return `  ${change.column} ${change.type} stays and is null from now on`
    case 'break':
      return `! ${change.column} ${change.from} cannot become ${change.to}: ${change.reason}`
  }
}

function changesOf(table: readonly RowField[], next: readonly RowField[], parent: string): ColumnChange[] {
  const pairs = pairFields(table, next)
  const gone = table.filter((field) => !pairs.some(({ before }) => before === field))
  return [
    ...pairs.flatMap(({ before, after }) => (before ? fieldChanges(before, after, parent) : addition(after, { table, parent }))),
    ...gone.map(({ name, type }): ColumnChange => ({ kind: 'kept', column: parent + name, type: typeText(type) })),
  ]
}

/** A field is the one of its name, or else the one from the same place in the schema. */
function pairFields(table: readonly RowField[], next: readonly RowField[]): { before: RowField | undefined; after: RowField }[] {
  const nextNames = new Set(next.map(({ name }) => name))
  return next.map((after) => ({
    before:
      table.find(({ name }) => name === after.name) ?? table.find(({ name, source }) => source === after.source && !nextNames.has(name)),
    after,
  }))
}

function addition({ name, type }: RowField, { table, parent }: { table: readonly RowField[]; parent: string }): ColumnChange[] {
  const column = parent + name
  const namesake = table.find((field) => field.name.toLowerCase() === name.toLowerCase())
  if (!namesake) return [{ kind: 'added', column, type: typeText(type) }]
  const reason = `${namesake.name} differs from it only in the case of letters`
  return [{ kind: 'break', column, from: typeText(namesake.type), to: typeText(type), reason }]
}

function fieldChanges(before: RowField, after: RowField, parent: string): ColumnChange[] {
  const column = parent + before.name
  const renamed: ColumnChange[] = before.name === after.name ? [] : [{ kind: 'renamed', column, to: parent + after.name }]
  const relaxed: ColumnChange[] =
    before.isNullable || !after.isNullable
      ? []
      : [{ kind: 'widened', column, from: `${typeText(before.type)} not null`, to: typeText(before.type) }]
  return [...renamed, ...relaxed, ...typeChanges(before.type, after.type, column)]
}

function typeChanges(before: RowType, after: RowType, column: string): ColumnChange[] {
  const from = typeText(before)
  const to = typeText(after)
  switch (fitOf(before, after)) {
    case 'fits':
      return []
    case 'widens':
      return [{ kind: 'widened', column, from, to }]
    case 'breaks':
      return [{ kind: 'break', column, from, to, reason: breakReason(before, after) }]
    case 'nested':
      return changesOf(childFields(before), childFields(after), `${column}.`)
  }
}

/** How values of `next` go into a column of type `column`. */
function fitOf(column: RowType, next: RowType): 'fits' | 'widens' | 'breaks' | 'nested' {
  if (column.kind === 'decimal' && next.kind === 'decimal') return decimalFit(column, next)
  if (column.kind === 'timestamp' && next.kind === 'timestamp') return column.isUtc === next.isUtc ? 'fits' : 'breaks'
  const kinds = `${storedKind(column)} ${storedKind(next)}`
  if (kinds === 'int long' || kinds === 'float double') return 'widens'
  // A wide column takes the narrow values as they are.
  if (kinds === 'long int' || kinds === 'double float') return 'fits'
  if (column.kind === 'map' && next.kind === 'map' && fitOf(column.key.type, next.key.type) !== 'fits') return 'breaks'
  if (storedKind(column) !== storedKind(next)) return 'breaks'
  return childFields(column).length > 0 || childFields(next).length > 0 ? 'nested' : 'fits'
}

function decimalFit(
  column: { precision: number; scale: number },
  next: { precision: number; scale: number },
): 'fits' | 'widens' | 'breaks' {
  if (column.scale !== next.scale) return 'breaks'
  return column.precision >= next.precision ? 'fits' : 'widens'
}

function breakReason(before: RowType, after: RowType): string {
  if (before.kind === 'decimal' && after.kind === 'decimal') return 'the digits behind the point would change their meaning'
  if (before.kind === 'map' && after.kind === 'map') return 'keys of a map may not change their type'
  if (before.kind === 'timestamp' && after.kind === 'timestamp') return 'a time with a zone and one without are not the same instant'
  return 'no reader could read the old files and the new ones as one column'
}
