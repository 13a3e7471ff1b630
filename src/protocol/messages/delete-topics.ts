import { api } from '../api.ts'
import type { Infer } from '../message.ts'
import { array, ignorable, int16, int32, nullable, since, string, struct, until, uuid, withDefault } from '../types.ts'

/**
 * DeleteTopics (key 20). v4 flexible (KIP-482), v5 error messages and throttling errors (KIP-599), v6 by name or topic
 * id (KIP-516), in a list of its own: `topicNames` ends with v5.
 */
export const deleteTopics = api(
  20,
  { name: 'DeleteTopics', versions: [1, 6], flexible: 4 },
  {
    request: struct({
      topics: since(6, withDefault(array(struct({ name: withDefault(nullable(string), null), topicId: uuid })), [])),
      topicNames: until(5, array(string)),
      timeoutMs: int32,
    }),
    response: struct({
      throttleTimeMs: ignorable(since(1, withDefault(int32, 0))),
      responses: array(
        struct({
          name: nullable(string, { since: 6 }),
          topicId: ignorable(since(6, uuid)),
          errorCode: int16,
          errorMessage: ignorable(since(5, withDefault(nullable(string), null))),
        }),
      ),
    }),
  },
)

export type DeleteTopicsRequest = Infer<typeof deleteTopics.request>
