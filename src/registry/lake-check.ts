import { isSameShape, type StructType } from '../columns/row-type.ts'
import { tableRowType } from '../lanes/metadata-columns.ts'
import type { ParsedSchema } from '../schema/language.ts'
import { HeadgateError } from '../shared/errors.ts'
import { registryErrors } from './registry-error.ts'
import { topicOfValueSubject } from './subject-names.ts'

/**
 * Whether a value subject's table could hold what a schema describes. What cannot be mapped is refused here, by name,
 * before any record is: a schema that is accepted is never mapped wrongly later. Throws RegistryError 42201 or 409.
 */
export function checkLake(subject: string, submitted: ParsedSchema, live: readonly StructType[]): void {
  if (topicOfValueSubject(subject) === undefined) return
  const rowType = mappedRowType(submitted)
  const latest = live.at(-1)
  if (latest === undefined || isSameShape(rowType, latest)) return
  throw registryErrors.incompatible(
    subject,
    `the columns of the topic's table would change (${firstDifference(latest, rowType)}), which is not offered yet`,
  )
}

function mappedRowType(submitted: ParsedSchema): StructType {
  try {
    const rowType = submitted.rowType()
    tableRowType(rowType.fields)
    return rowType
  } catch (error) {
    if (error instanceof HeadgateError)
      throw registryErrors.invalidSchema(`Invalid schema, details: no table can hold it: ${error.message}`)
    throw error
  }
}

function firstDifference(before: StructType, after: StructType): string {
  const added = after.fields.find(({ name }) => !before.fields.some((field) => field.name === name))
  if (added) return `column ${added.name} is new`
  const removed = before.fields.find(({ name }) => !after.fields.some((field) => field.name === name))
  if (removed) return `column ${removed.name} is gone`
  const changed = after.fields.find((field, index) => {
    const other = before.fields[index]
    return other === undefined || field.name !== other.name || !isSameShape(field.type, other.type)
  })
  return `column ${changed?.name ?? '?'} changes its type or place`
}
