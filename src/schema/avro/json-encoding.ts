import type { JsonValue } from '../../shared/json.ts'
import type { AvroSchema } from './ast.ts'
import { JsonToAvro } from './json-to-avro.ts'
import { AvroToJson } from './avro-to-json.ts'

/**
 * Avro values as JSON for people: what `produce` reads and `consume` prints. Not the hot path.
 *
 * The form is Avro's JSON encoding with these liberties. A union's value stands plainly, `{"a": 1}`; the
 * specification's `{"a": {"long": 1}}` is read too, and written where the plain form would be read back as another
 * branch. Logical types are text: ISO 8601 dates, times and timestamps, decimals, UUIDs; a duration is
 * `{"months", "days", "millis"}`; the bare number of a date or time is read too. Longs beyond 2^53 are bigint, which
 * shared/json.ts reads and writes as plain numbers. bytes and fixed are text of code points up to 255. NaN and the
 * infinities are text.
 */

/** Throws RecordError with the path where the value does not fit. A missing field takes its default. */
export function encodeAvro(schema: AvroSchema, value: JsonValue): Uint8Array<ArrayBuffer> {
  return new JsonToAvro().encode(schema.root, value)
}

/** Throws RecordError where the bytes are not exactly one value. */
export function decodeAvro(schema: AvroSchema, bytes: Uint8Array): JsonValue {
  return new AvroToJson(bytes).decode(schema.root)
}
