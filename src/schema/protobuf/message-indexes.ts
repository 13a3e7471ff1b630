import { HeadgateError } from '../../shared/errors.ts'
import type { HasMessage } from '../wire-framing.ts'
import type { LinkedSchema, MessageType } from './link/types.ts'

/**
 * The message that the indexes in front of a record name: `[1, 0]` is the first message inside the second one of the
 * file. No indexes mean the first message.
 */
export function messageAt(schema: LinkedSchema, messageIndexes: readonly number[] = [0]): MessageType {
  let messages: readonly MessageType[] = schema.main.messages
  let found: MessageType | undefined
  for (const index of messageIndexes) {
    found = messages[index]
    if (!found) break
    messages = found.messages
  }
  if (found) return found
  throw new HeadgateError('not-found', `the schema has no message at indexes [${messageIndexes.join(', ')}]`)
}

/** Asked once a record: it allocates nothing. */
export function hasMessageAt(schema: LinkedSchema): HasMessage {
  return (indexes, count) => {
    let messages: readonly MessageType[] = schema.main.messages
    for (let level = 0; level < count; level++) {
      const found = messages[indexes[level] as number]
      if (!found) return false
      messages = found.messages
    }
    return count > 0
  }
}
