import { api } from '../api.ts'
import { array, between, ignorable, int16, int32, int8, nullable, since, string, struct, until, withDefault } from '../types.ts'

/**
 * FindCoordinator (key 10). v1 transactional ids beside groups (KIP-98), v3 flexible (KIP-482), v4 several keys at once
 * (KIP-699): the fields for one key end with v3. v5 adds an error code (KIP-890).
 */
export const findCoordinator = api(
  10,
  { name: 'FindCoordinator', versions: [0, 5], flexible: 3 },
  {
    request: struct({
      key: until(3, string),
      /** 0 group, 1 transactional id. */
      keyType: since(1, withDefault(int8, 0)),
      coordinatorKeys: since(4, withDefault(array(string), [])),
    }),
    response: struct({
      throttleTimeMs: ignorable(since(1, withDefault(int32, 0))),
      errorCode: ignorable(until(3, int16)),
      errorMessage: ignorable(between(1, 3, nullable(string))),
      nodeId: ignorable(until(3, int32)),
      host: ignorable(until(3, string)),
      port: ignorable(until(3, int32)),
      coordinators: since(
        4,
        withDefault(
          array(struct({ key: string, nodeId: int32, host: string, port: int32, errorCode: int16, errorMessage: nullable(string) })),
          [],
        ),
      ),
    }),
  },
)
