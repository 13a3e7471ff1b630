import { concatBytes } from '../../../shared/bytes.ts'
import { WireType, type FieldType, type MessageType, type OneofType } from '../link/types.ts'
import { checkPart } from '../wire/check-message.ts'
import { readGroup, readSpan, readTag, scratch, skipValue, tagOf } from '../wire/wire.ts'

/**
 * The rare message in which a value overrides an earlier one: a message field that comes twice is merged, which is what
 * reading its parts side by side as one message gives; a member of a oneof discards the others. Answers the content of
 * every singular message field, in one walk, by number. What is overridden is checked like everything else.
 */
export function mergeRepeated(bytes: Uint8Array, start: number, end: number, type: MessageType): Map<number, Uint8Array> {
  checkPart(type, bytes, start, end)
  const parts = new Map<number, Uint8Array[]>()
  const membersSet = new Map<OneofType, FieldType>()
  for (let position = start; position < end;) {
    position = readTag(bytes, position, end)
    const tag = tagOf()
    const isGroup = (tag & 7) === WireType.groupStart
    const field = type.fieldByNumber.get(tag >>> 3)
    if (field?.oneof) switchOneof(parts, membersSet, field)
    if (field?.type.kind !== 'message' || field.repetition !== 'singular') {
      position = skipValue(bytes, position, end, tag)
      continue
    }
    position = isGroup ? readGroup(bytes, position, end, tag) : readSpan(bytes, position, end)
    const part = bytes.subarray(scratch[0], isGroup ? scratch[1] : position)
    const known = parts.get(field.number)
    if (known) known.push(part)
    else parts.set(field.number, [part])
  }
  return new Map(Array.from(parts, ([number, pieces]) => [number, concatBytes(pieces)]))
}

/** Forgets what the member that was set before has gathered. */
function switchOneof(parts: Map<number, Uint8Array[]>, membersSet: Map<OneofType, FieldType>, field: FieldType): void {
  const { oneof } = field
  if (!oneof) return
  const before = membersSet.get(oneof)
  if (before && before !== field) parts.delete(before.number)
  membersSet.set(oneof, field)
}
