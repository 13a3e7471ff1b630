import { api } from '../api.ts'
import { array, bool, ignorable, int16, int32, int64, since, string, struct, tagged, withDefault } from '../types.ts'

/**
 * ApiVersions (key 18). v3 flexible, with the client's software and features (KIP-511, KIP-584); v4 allows features
 * from version 0. An unknown version is answered with a v0 body, error 35 and this key's own range (KIP-511).
 */
export const apiVersions = api(
  18,
  { name: 'ApiVersions', versions: [0, 4], flexible: 3 },
  {
    request: struct({
      clientSoftwareName: ignorable(since(3, string)),
      clientSoftwareVersion: ignorable(since(3, string)),
    }),
    response: struct({
      errorCode: int16,
      apiKeys: array(struct({ apiKey: int16, minVersion: int16, maxVersion: int16 })),
      throttleTimeMs: ignorable(since(1, withDefault(int32, 0))),
      supportedFeatures: ignorable(since(3, tagged(0, array(struct({ name: string, minVersion: int16, maxVersion: int16 }))))),
      finalizedFeaturesEpoch: ignorable(since(3, tagged(1, withDefault(int64, -1n)))),
      finalizedFeatures: ignorable(since(3, tagged(2, array(struct({ name: string, maxVersionLevel: int16, minVersionLevel: int16 }))))),
      zkMigrationReady: ignorable(since(3, tagged(3, bool))),
    }),
  },
)
