import { assert } from '../shared/assert.ts'
import { HeadgateError } from '../shared/errors.ts'
import { type Codec, failedAt, nullLength, nullRead, type WireVersion } from './codec.ts'
import type { Reader } from './reader.ts'
import { scalarCodec } from './scalar-codec.ts'
import { type Field, type Fields, includesVersion, type WireType } from './types.ts'
import { Writer } from './writer.ts'

/**
 * Compiles a declared type for one version into a tree of closures. A message is compiled once per version and kept;
 * what depends on the version is decided here and costs nothing per message.
 */
export function compile(type: WireType, isNullable: boolean, wire: WireVersion): Codec {
  switch (type.kind) {
    case 'array':
      return arrayCodec(compile(type.element.type, allowsNull(type.element, wire), wire), isNullable, wire)
    case 'struct':
      return isNullable ? nullableCodec(structCodec(type.fields, wire)) : structCodec(type.fields, wire)
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

interface CompiledField {
  readonly name: string
  readonly field: Field
  readonly codec: Codec
}

function structCodec(fields: Fields, wire: WireVersion): Codec {
  const defaults = Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, field.default]))
  const known = Object.entries(fields).filter(([, field]) => includesVersion(field.versions, wire.version))
  const compiled = known.map(([name, field]) => ({ name, field, codec: compile(field.type, allowsNull(field, wire), wire) }))
  const untagged = compiled.filter(({ field }) => field.tag === undefined)
  const tagged = compiled.filter(({ field }) => field.tag !== undefined).toSorted((a, b) => (a.field.tag ?? 0) - (b.field.tag ?? 0))
  const refused = Object.entries(fields).filter(([, field]) => !includesVersion(field.versions, wire.version) && !field.isIgnorable)
  assert(wire.isFlexible || tagged.length === 0, 'tagged fields need a flexible version')
  return {
    bytesMin: untagged.reduce((sum, { codec }) => sum + codec.bytesMin, wire.isFlexible ? 1 : 0),
    read(reader) {
      // A copy of the defaults has every field, in one shape for all versions, before the first byte is read.
      const value: Record<string, unknown> = { ...defaults }
      readFields(reader, untagged, value)
      if (wire.isFlexible) readTaggedFields(reader, tagged, value)
      return value
    },
    write(writer, value) {
      const struct = value as Record<string, unknown>
      refuseUnknown(refused, struct, wire)
      writeFields(writer, untagged, struct)
      if (wire.isFlexible) writeTaggedFields(writer, tagged, struct)
    },
  }
}

function readFields(reader: Reader, fields: readonly CompiledField[], into: Record<string, unknown>): void {
  let reading = ''
  try {
    for (const { name, codec } of fields) {
      reading = name
      into[name] = codec.read(reader)
    }
  } catch (error) {
    throw failedAt(reading, error)
  }
}

/** Unknown tags are skipped: they are from a newer peer. */
function readTaggedFields(reader: Reader, known: readonly CompiledField[], into: Record<string, unknown>): void {
  for (let left = reader.unsignedVarint(); left > 0; left--) {
    const tag = reader.unsignedVarint()
    const byteLength = reader.unsignedVarint()
    const found = known.find(({ field }) => field.tag === tag)
    if (found) readTaggedField(reader, found, byteLength, into)
    else reader.skip(byteLength)
  }
}

function readTaggedField(reader: Reader, { name, codec }: CompiledField, byteLength: number, into: Record<string, unknown>): void {
  try {
    into[name] = reader.exactly(byteLength, () => codec.read(reader))
  } catch (error) {
    throw failedAt(name, error)
  }
}

function writeFields(writer: Writer, fields: readonly CompiledField[], struct: Record<string, unknown>): void {
  let writing = ''
  try {
    for (const { name, field, codec } of fields) {
      writing = name
      const value = struct[name]
      codec.write(writer, value === undefined ? field.default : value)
    }
  } catch (error) {
    throw failedAt(writing, error)
  }
}

/** In ascending order of tags, as KIP-482 asks. */
function writeTaggedFields(writer: Writer, fields: readonly CompiledField[], struct: Record<string, unknown>): void {
  const sent = fields.length === 0 ? fields : fields.filter(({ name, field }) => !isDefault(field, struct[name]))
  writer.unsignedVarint(sent.length)
  for (const field of sent) writeTaggedField(writer, field, struct)
}

/** The contents are written apart first, because their size goes before them. */
function writeTaggedField(writer: Writer, tagged: CompiledField, struct: Record<string, unknown>): void {
  const contents = new Writer()
  writeFields(contents, [tagged], struct)
  writer.unsignedVarint(tagged.field.tag ?? 0)
  writer.unsignedVarint(contents.byteLength)
  for (const segment of contents.segments()) writer.bytes(segment)
}

/** A value that the other side would never see must not be lost silently (a transactional id, an isolation level). */
function refuseUnknown(refused: readonly (readonly [string, Field])[], struct: Record<string, unknown>, wire: WireVersion): void {
  for (const [name, field] of refused)
    if (!isDefault(field, struct[name]))
      throw failedAt(name, new HeadgateError('unsupported', `version ${wire.version} has no such field, and it is set`))
}

function isDefault(field: Field, value: unknown): boolean {
  if (value === undefined || value === field.default) return true
  if (value === null || field.default === null) return false
  if (field.type.kind === 'struct') return hasOnlyDefaults(field.type.fields, value as Record<string, unknown>)
  if (Array.isArray(value)) return value.length === 0
  return value instanceof Uint8Array && value.byteLength === 0
}

function hasOnlyDefaults(fields: Fields, struct: Record<string, unknown>): boolean {
  return Object.entries(fields).every(([name, field]) => isDefault(field, struct[name]))
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
