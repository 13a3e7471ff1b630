import { api } from '../api.ts'
import { array, bool, int16, int32, int8, nullable, string, struct, withDefault } from '../types.ts'

/** IncrementalAlterConfigs (key 44, KIP-339). v1 flexible (KIP-482). */
export const incrementalAlterConfigs = api(
  44,
  { name: 'IncrementalAlterConfigs', versions: [0, 1], flexible: 1 },
  {
    request: struct({
      resources: array(
        struct({
          resourceType: int8,
          resourceName: string,
          /** Operation: 0 set, 1 delete, 2 append to a list, 3 subtract from a list. */
          configs: array(struct({ name: string, configOperation: int8, value: nullable(string) })),
        }),
      ),
      validateOnly: bool,
    }),
    response: struct({
      throttleTimeMs: withDefault(int32, 0),
      responses: array(struct({ errorCode: int16, errorMessage: nullable(string), resourceType: int8, resourceName: string })),
    }),
  },
)
