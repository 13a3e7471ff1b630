import { type Codec, failedAt, nullLength, nullRead, type WireVersion } from './codec.ts'
import type { Reader } from './reader.ts'
import { scalarCodec } from './scalar-codec.ts'
import { structCodec } from './struct-codec.ts'
import { type Field, type Fields, includesVersion, type WireType } from './types.ts'
import type { Writer } from './writer.ts'

/**
 * Compiles a declared type for one version into a tree of closures. A message is compiled once per version and kept;
 * what depends on the version is decided here and costs nothing per message.
 */
export function compile(type: WireType, isNullable: boolean, wire: WireVersion): Codec {
  switch (type.kind) {
    case 'array':
      return arrayCodec(compile(type.element.type, allowsNull(type.element, wire), wire), isNullable, wire)
    case 'struct':
      return isNullable ? nullableCodec(compileStruct(type.fields, wire)) : compileStruct(type.fields, wire)
    case 'bool':
    case 'int8':
    case 'int16':
    case 'int32':
    case 'int64':
    case 'uuid':
    case 'string':
    case 'classicString':
    case 'bytes':
    case 'records':
      return scalarCodec(type.kind, isNullable, wire)
  }
}

function compileStruct(fields: Fields, wire: WireVersion): Codec {
  const known = Object.entries(fields).filter(([, field]) => includesVersion(field.versions, wire.version))
  const compiled = known.map(([name, field]) => ({ name, field, codec: compile(field.type, allowsNull(field, wire), wire) }))
  return structCodec(fields, compiled, wire)
}

function arrayCodec(element: Codec, isNullable: boolean, { isFlexible }: WireVersion): Codec {
  const readLength = isFlexible
    ? (reader: Reader) => reader.compactArrayLength(element.bytesMin)
    : (reader: Reader) => reader.arrayLength(element.bytesMin)
  const writeLength = isFlexible
    ? (writer: Writer, length: number) => writer.unsignedVarint(length + 1)
    : (writer: Writer, length: number) => writer.int32(length)
  return {
    bytesMin: isFlexible ? 1 : 4,
    read(reader) {
      const length = readLength(reader)
      if (length === -1) return nullRead(isNullable)
      return readElements(reader, element, length)
    },
    write(writer, value) {
      if (value === null) return writeLength(writer, nullLength(isNullable))
      const elements = value as readonly unknown[]
      writeLength(writer, elements.length)
      writeElements(writer, element, elements)
    },
  }
}

function readElements(reader: Reader, element: Codec, length: number): unknown[] {
  const elements: unknown[] = []
  try {
    while (elements.length < length) elements.push(element.read(reader))
  } catch (error) {
    throw failedAt(`[${elements.length}]`, error)
  }
  return elements
}

function writeElements(writer: Writer, element: Codec, elements: readonly unknown[]): void {
  let index = 0
  try {
    for (; index < elements.length; index++) element.write(writer, elements[index])
  } catch (error) {
    throw failedAt(`[${index}]`, error)
  }
}

/** A struct that may be null is preceded by one byte: -1 for null, 1 otherwise. */
function nullableCodec(struct: Codec): Codec {
  return {
    bytesMin: 1,
    read: (reader) => (reader.int8() < 0 ? null : struct.read(reader)),
    write(writer, value) {
      writer.int8(value === null ? -1 : 1)
      if (value !== null) struct.write(writer, value)
    },
  }
}

function allowsNull({ nullable }: Field, { version }: WireVersion): boolean {
  return nullable !== undefined && includesVersion(nullable, version)
}
