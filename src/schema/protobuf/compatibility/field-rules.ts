import type { FieldType, MessageType, ScalarType } from '../link/types.ts'
import { breach, type Finding } from './finding.ts'

/** A field of either schema under one number. */
interface FieldPair {
  readonly writer: FieldType
  readonly reader: FieldType
}

/**
 * What was written for a field must be readable as what the field is now. Labels count only where both are written, and
 * only for numbers: packed, these are not readable one by one.
 */
export function fieldFindings(place: string, fields: FieldPair): Finding[] {
  const { writer, reader } = fields
  const [readerKind, writerKind] = [kindOf(reader), kindOf(writer)]
  if (readerKind !== writerKind)
    return [breach('FIELD_KIND_CHANGED', place, { name: reader.name, ofReader: `a ${readerKind}`, ofWriter: `a ${writerKind}` })]
  switch (readerKind) {
    case 'scalar':
      return scalarFindings(place, fields)
    case 'map':
      return entryFindings(place, fields)
    case 'message':
    case 'group':
      return messageFindings(place, fields)
  }
}

type FieldKind = 'scalar' | 'message' | 'map' | 'group'

function kindOf({ type, repetition }: FieldType): FieldKind {
  if (repetition === 'map') return 'map'
  if (type.kind !== 'message') return 'scalar'
  return type.isDelimited ? 'group' : 'message'
}

function scalarFindings(place: string, { writer, reader }: FieldPair): Finding[] {
  const kind = scalarKindOf(reader)
  const words = { name: reader.name, ofReader: typeText(reader), ofWriter: typeText(writer) }
  if (kind !== scalarKindOf(writer)) return [breach('FIELD_SCALAR_KIND_CHANGED', place, words)]
  const [readerLabel, writerLabel] = [reader.node?.label, writer.node?.label]
  if (kind === 'text' || !readerLabel || !writerLabel || readerLabel === writerLabel) return []
  return [breach('FIELD_NUMERIC_LABEL_CHANGED', place, { name: reader.name, ofReader: readerLabel, ofWriter: writerLabel })]
}

/** Scalars of one kind have one form on the wire (https://protobuf.dev/programming-guides/proto3/#updating). */
type ScalarKind = 'varint' | 'zigzag' | 'fixed32' | 'fixed64' | 'float' | 'double' | 'text'

const scalarKinds: { readonly [scalar in ScalarType]: ScalarKind } = {
  int32: 'varint',
  int64: 'varint',
  uint32: 'varint',
  uint64: 'varint',
  bool: 'varint',
  sint32: 'zigzag',
  sint64: 'zigzag',
  fixed32: 'fixed32',
  sfixed32: 'fixed32',
  fixed64: 'fixed64',
  sfixed64: 'fixed64',
  float: 'float',
  double: 'double',
  string: 'text',
  bytes: 'text',
}

/** An enum is a number on the wire, whichever enum it is. Undefined for a message. */
function scalarKindOf({ type }: FieldType): ScalarKind | undefined {
  if (type.kind === 'message') return undefined
  return type.kind === 'enum' ? 'varint' : scalarKinds[type.scalar]
}

/** Key and value by themselves. */
function entryFindings(place: string, { writer, reader }: FieldPair): Finding[] {
  const readerEntry = entryFields(reader)
  return entryFields(writer).flatMap((field, index) => {
    const counterpart = readerEntry[index]
    return counterpart ? fieldFindings(place, { writer: field, reader: { ...counterpart, name: reader.name } }) : []
  })
}

function entryFields({ type }: FieldType): readonly FieldType[] {
  return type.kind === 'message' ? type.message.fields : []
}

function messageFindings(place: string, { writer, reader }: FieldPair): Finding[] {
  if (writer.type.kind !== 'message' || reader.type.kind !== 'message') return []
  const messages = { writer: writer.type.message, reader: reader.type.message }
  // A group is declared by its field alone, so that its name says nothing.
  if (writer.node?.type.kind === 'group' && reader.node?.type.kind === 'group') return [{ kind: 'nested', place, ...messages }]
  if (localName(messages.writer) === localName(messages.reader)) return [{ kind: 'use', place, ...messages, field: reader }]
  return [breach('FIELD_NAMED_TYPE_CHANGED', place, { name: reader.name, ofReader: typeText(reader), ofWriter: typeText(writer) })]
}

/** A message's name without the package of its file: the package is a matter of the file. */
export function localName({ fullName, file }: MessageType): string {
  const { packageName } = file.ast
  return packageName === '' ? fullName : fullName.slice(packageName.length + 1)
}

/** What a sentence calls the type of a field. */
export function typeText({ type }: FieldType): string {
  if (type.kind === 'scalar') return type.scalar
  return type.kind === 'enum' ? `enum ${type.fullName}` : `message ${type.message.fullName}`
}
