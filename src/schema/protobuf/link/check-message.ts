import { FIELD_NUMBER_MAX, isOptionTrue, NO_OFFSET, plainOption, type FieldNode, type NumberRange } from '../ast.ts'
import { schemaError } from '../source-text.ts'
import type { DeclaredExtend, DeclaredMessage, Place } from './declare.ts'
import { rangeHolding, ReservedSet, sortedRanges } from './reserved-set.ts'
import type { FieldType, MessageType } from './types.ts'

/** Numbers and names of a message's fields are legal, unique and free, and its fields keep the rules of the file's syntax. */
export function checkMessage(declared: DeclaredMessage): void {
  const { type, node, file } = declared
  const reserved = new ReservedSet(node.reserved, file.source)
  const extensionRanges = extensionRangesOf(type)
  const nameByNumber = new Map<number, string>()
  for (const { name, number, node: field, oneof } of type.fields) {
    if (!field) continue
    const fail = (message: string): Error => schemaError(file.source, field.offset, `field ${name}: ${message}`)
    reserved.check(field)
    if (nameByNumber.has(number)) throw fail(`number ${number} is taken by ${nameByNumber.get(number) ?? ''}`)
    if (rangeHolding(extensionRanges, number)) throw fail(`number ${number} is set aside for extensions`)
    nameByNumber.set(number, name)
    checkField(declared, field)
    if (oneof === null) checkLabel(declared, field)
  }
  for (const oneof of node.oneofs) {
    if (oneof.fields.length === 0) throw schemaError(file.source, oneof.offset, `oneof ${oneof.name} has no fields`)
    for (const field of oneof.fields) checkOneofField(declared, field)
  }
  if (file.ast.syntax === 'proto3') checkProto3Message(declared)
}

export function extensionRangesOf({ node, file }: MessageType): NumberRange[] {
  const ranges = node?.extensionRanges.flatMap(({ ranges, offset }) => ranges.map((range) => ({ ...range, offset }))) ?? []
  return sortedRanges(ranges, file.source)
}

export function checkExtension(
  declared: DeclaredExtend,
  { field, extendee, ranges }: { field: FieldNode; extendee: MessageType; ranges: readonly NumberRange[] },
): void {
  const fail = (message: string): Error => schemaError(declared.file.source, field.offset, `extension ${field.name}: ${message}`)
  const isOfOptions = /^google\.protobuf\.[A-Za-z]+Options$/.test(extendee.fullName)
  if (declared.file.ast.syntax === 'proto3' && !isOfOptions) throw fail('proto3 extends nothing but options')
  if (!rangeHolding(ranges, field.number)) throw fail(`${extendee.fullName} has not set number ${field.number} aside for extensions`)
  if (extendee.extensionByNumber.has(field.number)) throw fail(`number ${field.number} of ${extendee.fullName} is extended twice`)
  if (field.label === 'required') throw fail('an extension cannot be required')
  if (field.type.kind === 'map') throw fail('an extension cannot be a map')
  checkField(declared, field)
  checkLabel(declared, field)
}

/** The rules that each syntax has for labels, groups and defaults. */
function checkField({ file }: Place, field: FieldNode): void {
  const fail = (message: string): Error => schemaError(file.source, field.offset, `field ${field.name}: ${message}`)
  const { number, label, type, options } = field
  if (number < 1 || number > FIELD_NUMBER_MAX) throw fail(`number ${number} is outside 1 to ${FIELD_NUMBER_MAX}`)
  if (number >= 19_000 && number <= 19_999) throw fail('the numbers 19000 to 19999 belong to Protobuf itself')
  if (type.kind === 'map' && label !== null) throw fail(`a map cannot be ${label}`)
  const { syntax } = file.ast
  if (syntax === 'proto3') {
    if (label === 'required') throw fail('proto3 has no required fields')
    if (type.kind === 'group') throw fail('proto3 has no groups')
    if (plainOption(options, 'default')) throw fail('proto3 has no explicit defaults')
  } else if (syntax === '2023') {
    if (label === 'required' || label === 'optional') throw fail(`edition 2023 has features.field_presence instead of ${label}`)
    if (type.kind === 'group') throw fail('edition 2023 has features.message_encoding = DELIMITED instead of groups')
  }
}

function checkLabel({ file }: Place, { name, label, type, offset }: FieldNode): void {
  const isProto2 = file.ast.syntax === null || file.ast.syntax === 'proto2'
  if (isProto2 && label === null && type.kind !== 'map')
    throw schemaError(file.source, offset, `field ${name}: expected optional, required or repeated in proto2`)
}

function checkOneofField({ file, node }: DeclaredMessage, field: FieldNode): void {
  const fail = (message: string): Error => schemaError(file.source, field.offset, `field ${field.name}: ${message}`)
  if (field.label !== null) throw fail(`a member of a oneof of ${node.name} cannot be ${field.label}`)
  if (field.type.kind === 'map') throw fail(`a member of a oneof of ${node.name} cannot be a map`)
}

function checkProto3Message({ type, node, file }: DeclaredMessage): void {
  const [range] = node.extensionRanges
  if (range) throw schemaError(file.source, range.offset, 'proto3 has no extension ranges')
  if (isOptionTrue(node.options, 'message_set_wire_format')) throw schemaError(file.source, node.offset, 'proto3 has no message sets')
  const byJsonName = new Map<string, FieldType>()
  for (const field of type.fields) {
    const other = byJsonName.get(field.jsonName)
    if (other) throw schemaError(file.source, field.node?.offset ?? NO_OFFSET, `field ${field.name} has the JSON name of ${other.name}`)
    byJsonName.set(field.jsonName, field)
  }
}
