import type { BytesColumn } from '../../../../columns/bytes-column.ts'
import { assert } from '../../../../shared/assert.ts'
import { concatBytes, utf8Text } from '../../../../shared/bytes.ts'
import { limits } from '../../../../shared/limits.ts'
import { RecordError } from '../../../language.ts'
import type { FieldType, MessageType } from '../../link/types.ts'
import { wellKnownType } from '../../well-known/well-known-types.ts'
import { checkPart } from '../../wire/check-message.ts'
import { doubleAt, readSpan, readTag, readVarint, scratch, skipValue, tagOf, wireErrors } from '../../wire/wire.ts'
import type { JsonRoot } from '../leaf-plan.ts'

/**
 * google.protobuf.Struct, Value and ListValue as the JSON text that they stand for, straight from their bytes. A field that
 * comes twice follows the format: the last scalar counts, messages are merged, and of two entries of one key the last counts.
 */
export function appendJson(root: JsonRoot, column: BytesColumn, bytes: Uint8Array, start: number, end: number, path: string): void {
  column.appendText(new JsonWriter(bytes, { path, valueCount: 0 }).text(root, { start, end }))
}

/** What all levels of one column value share. */
interface JsonContext {
  readonly path: string
  valueCount: number
}

interface Span {
  readonly start: number
  readonly end: number
}

/** The tags of google/protobuf/struct.proto. */
const tags = {
  structFields: 0x0a,
  listValues: 0x0a,
  entryKey: 0x0a,
  entryValue: 0x12,
  nullValue: 0x08,
  numberValue: 0x11,
  stringValue: 0x1a,
  boolValue: 0x20,
  structValue: 0x2a,
  listValue: 0x32,
}

const KIND_NUMBER_MAX = 6
const KIND_TAGS: ReadonlySet<number> = new Set([
  tags.nullValue,
  tags.numberValue,
  tags.stringValue,
  tags.boolValue,
  tags.structValue,
  tags.listValue,
])

function isMessageTag(tag: number): boolean {
  return tag === tags.structValue || tag === tags.listValue
}

function structEntryType(): MessageType {
  const { type } = wellKnownType('google.protobuf.Struct').fields[0] as FieldType
  assert(type.kind === 'message', 'the fields of a Struct are a map')
  return type.message
}

class JsonWriter {
  readonly #bytes: Uint8Array
  readonly #context: JsonContext
  readonly #depth: number

  constructor(bytes: Uint8Array, context: JsonContext, depth = 0) {
    if (depth > limits.nestingMax) throw wireErrors.depth
    this.#bytes = bytes
    this.#context = context
    this.#depth = depth
  }

  text(root: JsonRoot, span: Span): string {
    const writer = new JsonWriter(this.#bytes, this.#context, this.#depth + 1)
    if (root === 'struct') return writer.#struct(span)
    return root === 'list' ? writer.#list(span) : writer.#value(span)
  }

  #struct(span: Span): string {
    const members = new Map<string, string>()
    for (const entry of this.#spansOf(tags.structFields, span)) {
      const keys = this.#spansOf(tags.entryKey, entry, 2)
      const values = this.#spansOf(tags.entryValue, entry, 2)
      if (keys.length > 1 || values.length > 1) checkPart(structEntryType(), this.#bytes, entry.start, entry.end)
      const key = keys.at(-1)
      members.set(key ? this.#string(key) : '', this.#merged('value', values))
    }
    return `{${Array.from(members, ([key, text]) => `${JSON.stringify(key)}:${text}`).join(',')}}`
  }

  #list(span: Span): string {
    const items = this.#spansOf(tags.listValues, span).map((item) => this.text('value', item))
    return `[${items.join(',')}]`
  }

  /** Of the members of its oneof the last counts; a message that follows its like directly is merged with it. */
  #value(span: Span): string {
    let lastTag = 0
    let spans: Span[] = []
    let isOverridden = false
    for (let position = span.start; position < span.end;) {
      position = readTag(this.#bytes, position, span.end)
      const tag = tagOf()
      const number = tag >>> 3
      const start = position
      position = skipValue(this.#bytes, start, span.end, tag)
      if (number > KIND_NUMBER_MAX) continue
      if (!KIND_TAGS.has(tag)) throw wireErrors.mismatch
      isOverridden ||= lastTag !== 0
      if (tag !== lastTag || !isMessageTag(tag)) spans = []
      spans.push({ start, end: position })
      this.#count()
      lastTag = tag
    }
    // What is not rendered below is still held to the rules of its type.
    if (isOverridden) checkPart(wellKnownType('google.protobuf.Value'), this.#bytes, span.start, span.end)
    return isMessageTag(lastTag) ? this.#message(lastTag, spans) : this.#scalar(lastTag, spans.at(-1))
  }

  #message(tag: number, spans: readonly Span[]): string {
    const contents = spans.map(({ start, end }) => {
      readSpan(this.#bytes, start, end)
      return { start: scratch[0] as number, end }
    })
    return this.#merged(tag === tags.structValue ? 'struct' : 'list', contents)
  }

  #scalar(tag: number, span: Span | undefined): string {
    if (!span || tag === tags.nullValue) return 'null'
    if (tag === tags.numberValue) return this.#number(span.start)
    if (tag === tags.boolValue) {
      readVarint(this.#bytes, span.start, span.end)
      return scratch[0] !== 0 || scratch[1] !== 0 ? 'true' : 'false'
    }
    readSpan(this.#bytes, span.start, span.end)
    return JSON.stringify(this.#string({ start: scratch[0] as number, end: span.end }))
  }

  #number(position: number): string {
    const number = doubleAt(this.#bytes, position)
    if (!Number.isFinite(number)) throw new RecordError(this.#context.path, 'a Value that is not a finite number has no JSON form')
    return JSON.stringify(number)
  }

  #string({ start, end }: Span): string {
    try {
      return utf8Text(this.#bytes.subarray(start, end))
    } catch {
      throw wireErrors.utf8
    }
  }

  /** Messages side by side are the message of their bytes side by side; whoever has several has checked each. */
  #merged(root: JsonRoot, spans: readonly Span[]): string {
    const [first, second] = spans
    if (!first) return this.text(root, { start: 0, end: 0 })
    if (!second) return this.text(root, first)
    const bytes = concatBytes(spans.map(({ start, end }) => this.#bytes.subarray(start, end)))
    return new JsonWriter(bytes, this.#context, this.#depth).text(root, { start: 0, end: bytes.length })
  }

  /** A few bytes of a value become a much larger object for a while. */
  #count(): void {
    if (++this.#context.valueCount > limits.protobufJsonValuesMax)
      throw new RecordError(this.#context.path, `more than ${limits.protobufJsonValuesMax} values in one JSON text`)
  }

  /** Every occurrence of a field that stands behind a length; numbers up to `numberMax` must have that tag. */
  #spansOf(wanted: number, { start, end }: Span, numberMax = 1): Span[] {
    const spans: Span[] = []
    for (let position = start; position < end;) {
      position = readTag(this.#bytes, position, end)
      const tag = tagOf()
      if (tag >>> 3 <= numberMax && (tag & 7) !== 2) throw wireErrors.mismatch
      if (tag === wanted) {
        position = readSpan(this.#bytes, position, end)
        spans.push({ start: scratch[0] as number, end: position })
        this.#count()
      } else position = skipValue(this.#bytes, position, end, tag)
    }
    return spans
  }
}
