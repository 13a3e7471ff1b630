import type { JsonValue } from '../../../shared/json.ts'
import type { LinkedSchema } from '../link/types.ts'
import { messageAt } from '../message-indexes.ts'
import { decodeDynamic } from '../wire/decode-dynamic.ts'
import { encodeDynamic } from '../wire/encode-dynamic.ts'
import { fromJson } from './from-json.ts'
import { toJson } from './to-json.ts'

/**
 * A record as proto3 JSON, for the commands that read and write lines of JSON. Not on the way to a table.
 * Throws RecordError with the path when the value does not fit the message, HeadgateError when there is no such message.
 */
export function encodeProtobuf(schema: LinkedSchema, value: JsonValue, messageIndexes?: readonly number[]): Uint8Array<ArrayBuffer> {
  return encodeDynamic(fromJson(messageAt(schema, messageIndexes), value, schema))
}

export function decodeProtobuf(schema: LinkedSchema, bytes: Uint8Array, messageIndexes?: readonly number[]): JsonValue {
  return toJson(decodeDynamic(messageAt(schema, messageIndexes), bytes), schema)
}
