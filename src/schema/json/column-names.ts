import type { RowField } from '../../columns/row-type.ts'
import { unsupportedSchema } from './raw-schema.ts'

/**
 * Refuses names that no table could keep: Delta allows none of ` ,;{}()=`, tab and newline, and both Delta and most
 * engines tell columns of one level apart ignoring case. Throws HeadgateError `unsupported`.
 */
export function checkColumnNames(fields: readonly RowField[], path: string): void {
  const taken = new Map<string, string>()
  for (const { name } of fields) {
    const place = `${path}/properties/${name}`
    if (name === '' || FORBIDDEN.test(name))
      throw unsupportedSchema(
        place,
        `the name ${JSON.stringify(name)} cannot be a column's: it is empty or has one of " ,;{}()=", a tab or a newline`,
      )
    const other = taken.get(name.toLowerCase())
    if (other !== undefined) throw unsupportedSchema(place, `the names "${other}" and "${name}" differ only in case, which columns may not`)
    taken.set(name.toLowerCase(), name)
  }
}

const FORBIDDEN = /[ ,;{}()\n\t=]/
