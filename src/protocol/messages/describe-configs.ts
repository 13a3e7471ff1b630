import { api } from '../api.ts'
import { array, bool, ignorable, int16, int32, int8, nullable, since, string, struct, withDefault } from '../types.ts'

/**
 * DescribeConfigs (key 32). v1 sources and synonyms (KIP-226), v3 types and documentation (KIP-569), v4 flexible
 * (KIP-482). Null configuration keys ask for all.
 */
export const describeConfigs = api(
  32,
  { name: 'DescribeConfigs', versions: [1, 4], flexible: 4 },
  {
    request: struct({
      resources: array(struct({ resourceType: int8, resourceName: string, configurationKeys: nullable(array(string)) })),
      includeSynonyms: since(1, withDefault(bool, false)),
      includeDocumentation: since(3, withDefault(bool, false)),
    }),
    response: struct({
      throttleTimeMs: withDefault(int32, 0),
      results: array(
        struct({
          errorCode: int16,
          errorMessage: nullable(string),
          resourceType: int8,
          resourceName: string,
          configs: array(
            struct({
              name: string,
              value: nullable(string),
              readOnly: bool,
              configSource: ignorable(since(1, withDefault(int8, -1))),
              isSensitive: bool,
              synonyms: ignorable(since(1, array(struct({ name: string, value: nullable(string), source: int8 })))),
              configType: ignorable(since(3, withDefault(int8, 0))),
              documentation: ignorable(since(3, nullable(string))),
            }),
          ),
        }),
      ),
    }),
  },
)
