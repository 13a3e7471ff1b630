import { parseJson, type JsonValue } from '../../shared/json.ts'
import { messageOf } from '../../shared/errors.ts'
import { RecordError } from '../language.ts'
import { recordText } from './record-text.ts'

/** One value for people to read, integers of 64 bits included, with no schema asked. Throws RecordError. */
export function decodeJsonValue(bytes: Uint8Array): JsonValue {
  const text = recordText(bytes, 0, bytes.byteLength)
  try {
    return parseJson(text)
  } catch (error) {
    throw new RecordError('$', `not JSON: ${messageOf(error)}`)
  }
}
