import { limits } from '../../../shared/limits.ts'
import type { FieldType, MessageType, OneofType } from '../link/types.ts'
import { breach, type Finding } from './finding.ts'

/**
 * The oneofs of the writer that are gone as a whole, their members with them, which is no harm. Where only a member is gone
 * it may have been the one that is set, and a reader takes the oneof for unset.
 */
export function goneOneofs(writer: MessageType, reader: MessageType): ReadonlySet<OneofType> {
  const names = new Set(reader.oneofs.map(({ name }) => name))
  return new Set(
    writer.oneofs.filter(({ name, fields }) => !names.has(name) && fields.every(({ number }) => !reader.fieldByNumber.has(number))),
  )
}

/**
 * Fields that could be set together must not exclude each other now: a reader keeps only the last of them. Members that
 * came from one oneof excluded each other already.
 */
export function exclusionFindings(writer: MessageType, reader: MessageType): Finding[] {
  return reader.oneofs.flatMap((oneof) => {
    const origins = new Set(originsOf(oneof, writer))
    if (origins.size < 2) return []
    const loose = [...origins].filter((origin) => 'number' in origin)
    const rule = loose.length > 1 ? 'MULTIPLE_FIELDS_MOVED_TO_ONEOF' : 'FIELD_MOVED_TO_EXISTING_ONEOF'
    return [breach(rule, oneof.name, { name: oneof.name, ofWriter: listed([...origins]) })]
  })
}

/** Where the members of a oneof were before: in oneofs, or by themselves. */
function originsOf(oneof: OneofType, writer: MessageType): (OneofType | FieldType)[] {
  return oneof.fields.flatMap(({ number }) => {
    const before = writer.fieldByNumber.get(number)
    return before ? [before.oneof ?? before] : []
  })
}

function listed(origins: readonly (OneofType | FieldType)[]): string {
  const text = origins
    .slice(0, limits.listedNamesLengthMax)
    .map(({ name }) => name)
    .join(', ')
  return text.length <= limits.listedNamesLengthMax ? text : `${text.slice(0, limits.listedNamesLengthMax)}…`
}
