import { assert } from '../shared/assert.ts'
import { HeadgateError } from '../shared/errors.ts'
import { type Codec, failedAt, type WireVersion } from './codec.ts'
import type { Reader } from './reader.ts'
import { type Field, type Fields, includesVersion } from './types.ts'
import { Writer } from './writer.ts'

export interface CompiledField {
  readonly name: string
  readonly field: Field
  readonly codec: Codec
}

/**
 * A struct in one version: the fields that the version has, in their order, then in flexible versions the tagged ones.
 * `compiled` are the fields of this version among all `fields`.
 */
export function structCodec(fields: Fields, compiled: readonly CompiledField[], wire: WireVersion): Codec {
  const untagged = compiled.filter(({ field }) => field.tag === undefined)
  const tagged = inOrderOfTags(compiled)
  const refused = Object.entries(fields).filter(([, field]) => !includesVersion(field.versions, wire.version) && !field.isIgnorable)
  const defaults = Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, field.default]))
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

/** KIP-482 asks senders for ascending tags. */
function inOrderOfTags(fields: readonly CompiledField[]): readonly CompiledField[] {
  const tagOf = ({ field }: CompiledField): number => field.tag ?? -1
  return fields.filter((field) => tagOf(field) >= 0).toSorted((a, b) => tagOf(a) - tagOf(b))
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

/** Only those that say something else than their default. */
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
