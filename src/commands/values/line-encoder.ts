import type { RecordToWrite } from '../../protocol/records/build-batch.ts'
import { RecordError } from '../../schema/language.ts'
import { VALUE_SCHEMA_ID_HEADER, writeHeader, writePrefixed } from '../../schema/wire-framing.ts'
import { utf8Bytes } from '../../shared/bytes.ts'
import { isObject, stringifyJson } from '../../shared/json.ts'
import { isBlankLine, valueOfLine } from './json-line.ts'
import type { ValueCodec } from './value-codec.ts'

export interface LineEncoderOptions {
  /** Undefined for a topic without a schema: its values are the lines. */
  readonly schema: { readonly schemaId: number; readonly codec: ValueCodec } | undefined
  /** The topic's `schema.framing`. */
  readonly framing: string
  /** The field of the value whose text becomes the key. */
  readonly keyField: string | undefined
}

export type EncodedLine =
  | { readonly kind: 'record'; readonly record: Omit<RecordToWrite, 'timestampMs'> & { readonly value: Uint8Array } }
  /** Between documents it means nothing. */
  | { readonly kind: 'blank' }
  | { readonly kind: 'refused'; readonly reason: string }

/** Makes a line of JSON a record, as the topic's newest schema and its framing ask. */
export function encodeLine(line: Uint8Array, options: LineEncoderOptions): EncodedLine {
  const { schema, keyField } = options
  if (schema !== undefined && isBlankLine(line)) return { kind: 'blank' }
  try {
    const key = keyField === undefined ? {} : { key: keyOf(line, keyField) }
    if (schema === undefined) return { kind: 'record', record: { ...key, value: line } }
    return { kind: 'record', record: { ...key, ...framed(schema.codec.encode(line), schema, options.framing) } }
  } catch (error) {
    if (error instanceof RecordError) return { kind: 'refused', reason: error.message }
    if (error instanceof SyntaxError) return { kind: 'refused', reason: `not JSON: ${error.message}` }
    throw error
  }
}

function framed(
  payload: Uint8Array,
  { schemaId, codec }: { schemaId: number; codec: ValueCodec },
  framing: string,
): { value: Uint8Array; headers?: RecordToWrite['headers'] } {
  // Of a .proto file with several messages the first one is the value.
  const messageIndexes = codec.schemaType === 'PROTOBUF' ? [0] : undefined
  if (framing === 'raw') return { value: payload }
  if (framing !== 'header') return { value: writePrefixed(schemaId, payload, messageIndexes) }
  return { value: payload, headers: [{ key: VALUE_SCHEMA_ID_HEADER, value: writeHeader({ schemaId }, messageIndexes) }] }
}

function keyOf(line: Uint8Array, keyField: string): Uint8Array {
  const value = valueOfLine(line)
  const field = isObject(value) && Object.hasOwn(value, keyField) ? value[keyField] : undefined
  if (field === undefined || field === null) throw new RecordError(`$.${keyField}`, 'expected a value for the key, got none')
  return utf8Bytes(typeof field === 'string' ? field : stringifyJson(field))
}
