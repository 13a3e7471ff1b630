import { RecordError } from '../../../language.ts'
import type { MessageType } from '../../link/types.ts'
import { decodeDynamic } from '../../wire/decode-dynamic.ts'
import type { DynamicMessage } from '../../wire/dynamic-message.ts'
import { wellKnownType } from '../../well-known/well-known-types.ts'

/** A small well-known message as a value, for the rarer types; errors name the path of the column. */
export function readLeaf(fullName: string, bytes: Uint8Array, start: number, end: number, path: string): DynamicMessage {
  const type: MessageType = wellKnownType(fullName)
  try {
    return decodeDynamic(type, bytes.subarray(start, end))
  } catch (error) {
    if (error instanceof RecordError) throw new RecordError(path + error.path.slice(1), error.reason)
    throw error
  }
}
