import type { FieldType, MessageType, OneofType } from '../link/types.ts'
import { fieldFindings } from './field-rules.ts'
import { breach, type Finding } from './finding.ts'
import { exclusionFindings, goneOneofs } from './oneof-rules.ts'

/** Holds one message against another: fields by their numbers, members of oneofs among them. The work is linear in both. */
export function messageFindings(writer: MessageType, reader: MessageType): Finding[] {
  const gone = goneOneofs(writer, reader)
  return [
    ...writer.fields.flatMap((field) => findingsOfWritten(field, reader, gone)),
    ...reader.fields
      .filter((field) => isRequiredNow(field, writer))
      .map(({ name, number }) => breach('REQUIRED_FIELD_ADDED', `${number}`, { name })),
    ...exclusionFindings(writer, reader),
    ...nestedFindings(writer.messages, reader.messages),
  ]
}

function findingsOfWritten(writer: FieldType, message: MessageType, gone: ReadonlySet<OneofType>): Finding[] {
  const { name, number, presence, oneof } = writer
  const reader = message.fieldByNumber.get(number)
  if (reader) return fieldFindings(`${number}`, { writer, reader })
  if (oneof && !gone.has(oneof)) return [breach('ONEOF_FIELD_REMOVED', `${oneof.name}/${number}`, { name })]
  return presence === 'required' ? [breach('REQUIRED_FIELD_REMOVED', `${number}`, { name })] : []
}

function isRequiredNow({ presence, number }: FieldType, writer: MessageType): boolean {
  return presence === 'required' && !writer.fieldByNumber.has(number)
}

/** Messages that stand side by side, by their names; the order does not matter, and what only the reader has was added. */
export function nestedFindings(writers: readonly MessageType[], readers: readonly MessageType[]): Finding[] {
  const byName = new Map(readers.map((message) => [simpleName(message), message]))
  return writers.map((writer): Finding => {
    const place = simpleName(writer)
    const reader = byName.get(place)
    return reader ? { kind: 'nested', place, writer, reader } : breach('MESSAGE_REMOVED', place, { name: place })
  })
}

function simpleName({ fullName }: MessageType): string {
  return fullName.slice(fullName.lastIndexOf('.') + 1)
}
