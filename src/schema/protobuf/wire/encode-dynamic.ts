import { utf8Bytes } from '../../../shared/bytes.ts'
import { isPackable, wireTypeOf, WireType, type FieldType, type FieldValueType } from '../link/types.ts'
import { DynamicMessage, type DynamicScalar, type DynamicValue } from './dynamic-message.ts'
import { WireWriter } from './wire-writer.ts'

/** The bytes of a message: fields in the order of their numbers, so that equal messages give equal bytes. */
export function encodeDynamic(message: DynamicMessage): Uint8Array<ArrayBuffer> {
  const writer = new WireWriter()
  const fields = [...message.values].sort(([a], [b]) => a.number - b.number)
  for (const [field, value] of fields) writeField(writer, field, value)
  return writer.finish()
}

function writeField(writer: WireWriter, field: FieldType, value: DynamicValue): void {
  if (value instanceof Map) writeMap(writer, field, value)
  else if (!Array.isArray(value)) writeTagged(writer, field, value)
  else if (field.isPacked && isPackable(field.type)) writePacked(writer, field, value)
  else for (const item of value) writeTagged(writer, field, item)
}

function writeTagged(writer: WireWriter, field: FieldType, value: DynamicValue): void {
  writer.tag(field.number, wireTypeOf(field.type))
  writeValue(writer, field, value)
}

function writeValue(writer: WireWriter, { type, number }: FieldType, value: DynamicValue): void {
  if (!(value instanceof DynamicMessage)) return writeScalar(writer, type, value as DynamicScalar)
  const content = encodeDynamic(value)
  if (type.kind !== 'message' || !type.isDelimited) return writer.span(content)
  writer.raw(content)
  writer.tag(number, WireType.groupEnd)
}

function writePacked(writer: WireWriter, field: FieldType, values: readonly DynamicValue[]): void {
  if (values.length === 0) return
  const packed = new WireWriter()
  for (const value of values) writeValue(packed, field, value)
  writer.tag(field.number, WireType.delimited)
  writer.span(packed.finish())
}

function writeMap(writer: WireWriter, field: FieldType, map: ReadonlyMap<DynamicScalar, DynamicValue>): void {
  if (field.type.kind !== 'message') return
  const [keyField, valueField] = field.type.message.fields as [FieldType, FieldType]
  for (const [key, value] of map) {
    const entry = new WireWriter()
    writeTagged(entry, keyField, key)
    writeTagged(entry, valueField, value)
    writer.tag(field.number, WireType.delimited)
    writer.span(entry.finish())
  }
}

function writeScalar(writer: WireWriter, type: FieldValueType, value: DynamicScalar): void {
  switch (type.kind === 'scalar' ? type.scalar : 'int32') {
    case 'double':
      return writer.double(value as number)
    case 'float':
      return writer.float(value as number)
    case 'fixed32':
    case 'sfixed32':
      return writer.fixed32(value as number)
    case 'fixed64':
    case 'sfixed64':
      return writer.fixed64(value as bigint)
    case 'string':
      return writer.span(utf8Bytes(value as string))
    case 'bytes':
      return writer.span(value as Uint8Array)
    case 'sint32':
    case 'sint64':
      return writer.varint(zigZag(BigInt(value as number | bigint)))
    case 'bool':
    case 'int32':
    case 'int64':
    case 'uint32':
    case 'uint64':
      return writer.varint(BigInt(value as boolean | number | bigint))
  }
}

function zigZag(value: bigint): bigint {
  return value < 0n ? (-value << 1n) - 1n : value << 1n
}
