import { isSameShape, type StructType } from '../columns/row-type.ts'
import { tableRowType } from '../lanes/metadata-columns.ts'
import type { ParsedSchema } from '../schema/language.ts'
import { HeadgateError } from '../shared/errors.ts'
import { registryErrors } from './registry-error.ts'
import { topicOfValueSubject } from './subject-names.ts'
import { changesText, columnChanges } from './table-preview.ts'

/**
 * Whether a value subject's table can hold what a schema describes. What cannot be mapped is refused here, by name,
 * before any record is: a schema that is accepted is never mapped wrongly later. `table` is the topic's table, when it has
 * one. Throws RegistryError 42201 or 409.
 */
export function checkLake(subject: string, submitted: ParsedSchema, table: StructType | undefined): void {
  if (topicOfValueSubject(subject) === undefined) return
  const refusal = tableRefusal(mappedRowType(submitted), table)
  if (refusal !== undefined) throw registryErrors.incompatible(subject, [refusal])
}

/** Why a table cannot take rows of this type; undefined when it can. The columns of one that is there do not change yet. */
export function tableRefusal(rowType: StructType, table: StructType | undefined): string | undefined {
  if (table === undefined || isSameShape(rowType, table)) return undefined
  const changes = columnChanges(table, rowType)
  const details = changes.length === 0 ? 'their order' : changesText(changes).replaceAll('\n', '; ')
  return `the columns of the topic's table would change, which is not offered yet: ${details}`
}

/** The whole row of a table for the schema. Throws RegistryError 42201 when no table can hold it. */
export function mappedRowType(submitted: ParsedSchema): StructType {
  try {
    return tableRowType(submitted.rowType().fields)
  } catch (error) {
    if (error instanceof HeadgateError)
      throw registryErrors.invalidSchema(`Invalid schema, details: no table can hold it: ${error.message}`)
    throw error
  }
}
