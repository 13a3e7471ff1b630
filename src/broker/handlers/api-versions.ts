import { apiVersions } from '../../protocol/messages/api-versions.ts'
import type { Api } from '../../protocol/api.ts'
import { kafkaErrors } from '../../protocol/errors.ts'
import { handler, type Handler } from '../handler.ts'

/** ApiVersions (key 18): what is served, from the handlers themselves, so that nothing else can be advertised. */
export function apiVersionsHandler(served: () => readonly Handler[]): Handler {
  return handler(apiVersions, async ({ clientSoftwareName, clientSoftwareVersion }, { apiVersion, broker, clientId }) => {
    if (apiVersion >= 3 && !(SOFTWARE.test(clientSoftwareName) && SOFTWARE.test(clientSoftwareVersion))) {
      return { errorCode: kafkaErrors.INVALID_REQUEST.code, apiKeys: [] }
    }
    broker.logger.debug({ clientId: clientId ?? undefined, software: clientSoftwareName, softwareVersion: clientSoftwareVersion }, 'client')
    return { errorCode: kafkaErrors.NONE.code, apiKeys: served().map(({ api }) => advertisedVersions(api)) }
  })
}

/** KIP-511: letters and digits at both ends, dots and hyphens between. */
const SOFTWARE = /^[a-zA-Z0-9](?:[a-zA-Z0-9\-.]*[a-zA-Z0-9])?$/

export function advertisedVersions({ key, advertised }: Api): { apiKey: number; minVersion: number; maxVersion: number } {
  return { apiKey: key, minVersion: advertised.first, maxVersion: advertised.last }
}
