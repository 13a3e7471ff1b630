import { isUtf8 } from '../../../columns/utf8.ts'
import { limits } from '../../../shared/limits.ts'
import { RecordError } from '../../language.ts'
import { isPackable, wireTypeOf, WireType, type FieldType, type FieldValueType, type MessageType } from '../link/types.ts'
import { readGroup, readSpan, readTag, scratch, skipValue, tagOf, WireError, wireErrors } from './wire.ts'

/**
 * Walks over a message by its schema and builds nothing: it finds what is malformed and where. A decoder that met bad
 * bytes asks it for the path. Throws RecordError.
 */
export function checkMessage(type: MessageType, bytes: Uint8Array, start: number, end: number): void {
  const walker = new Walker(bytes)
  try {
    walker.message(type, start, end)
  } catch (error) {
    if (error instanceof WireError) throw new RecordError(walker.path(), error.message)
    throw error
  }
}

/** The same for a part whose path is not known here, such as a value that a later one overrides. Throws WireError. */
export function checkPart(type: MessageType, bytes: Uint8Array, start: number, end: number): void {
  new Walker(bytes).message(type, start, end)
}

class Walker {
  readonly #bytes: Uint8Array
  readonly #path: string[] = ['$']

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  path(): string {
    return this.#path.join('')
  }

  message(type: MessageType, start: number, end: number): void {
    if (this.#path.length > DEPTH_MAX) throw wireErrors.depth
    const counts = new Map<FieldType, number>()
    for (let position = start; position < end;) {
      position = readTag(this.#bytes, position, end)
      const tag = tagOf()
      const field = type.fieldByNumber.get(tag >>> 3)
      if (!field) {
        position = skipValue(this.#bytes, position, end, tag)
        continue
      }
      this.#path.push(this.#step(field, counts))
      position = this.#field(field, tag, position, end)
      this.#path.pop()
    }
  }

  /** `.name`, with its index when the field is repeated. */
  #step(field: FieldType, counts: Map<FieldType, number>): string {
    if (field.repetition === 'singular') return `.${field.name}`
    const index = counts.get(field) ?? 0
    counts.set(field, index + 1)
    return `.${field.name}[${index}]`
  }

  #field({ type, repetition }: FieldType, tag: number, position: number, end: number): number {
    const wireType = tag & 7
    if (wireType === wireTypeOf(type)) return this.#value(type, tag, position, end)
    if (wireType === WireType.delimited && repetition === 'repeated' && isPackable(type)) return this.#packed(type, position, end)
    throw new WireError(`expected ${typeName(type)}, got ${WIRE_TYPE_NAMES[wireType] ?? 'a wire type that does not exist'}`)
  }

  #value(type: FieldValueType, tag: number, position: number, end: number): number {
    const isGroup = (tag & 7) === WireType.groupStart
    const next = isGroup ? readGroup(this.#bytes, position, end, tag) : skipValue(this.#bytes, position, end, tag)
    if (type.kind === 'message') {
      if (!isGroup) readSpan(this.#bytes, position, end)
      this.message(type.message, scratch[0] as number, isGroup ? (scratch[1] as number) : next)
    } else if (type.kind === 'scalar' && type.scalar === 'string') {
      readSpan(this.#bytes, position, end)
      if (!isUtf8(this.#bytes, scratch[0] as number, next)) throw wireErrors.utf8
    }
    return next
  }

  #packed(type: FieldValueType, position: number, end: number): number {
    const spanEnd = readSpan(this.#bytes, position, end)
    for (let item = scratch[0] as number; item < spanEnd;) item = skipValue(this.#bytes, item, spanEnd, wireTypeOf(type))
    return spanEnd
  }
}

/** Looser than what decoders allow, so that it never refuses what they took. */
const DEPTH_MAX = 4 * limits.nestingMax

const WIRE_TYPE_NAMES = ['a varint', '8 bytes', 'a length and bytes', 'a group', 'the end of a group', '4 bytes'] as const

function typeName(type: FieldValueType): string {
  if (type.kind === 'scalar') return type.scalar
  return type.kind === 'enum' ? `enum ${type.fullName}` : type.message.fullName
}
