import type { FastifyError, FastifyPluginAsync } from 'fastify'
import { registryErrors } from './registry-error.ts'
import type { Registry } from './registry.ts'
import { answerError } from './http/answer.ts'
import { compatibilityRoutes } from './http/compatibility-routes.ts'
import { configRoutes } from './http/config-routes.ts'
import { bodyTypes } from './http/media-types.ts'
import { modeRoutes } from './http/mode-routes.ts'
import { mountRoutes } from './http/route.ts'
import { schemaRoutes } from './http/schema-routes.ts'
import { serverRoutes } from './http/server-routes.ts'
import { subjectRoutes } from './http/subject-routes.ts'

/**
 * Confluent's registry paths at the root, with its media types and its shape of errors. Paths below `/contexts/` are
 * rewritten before they come here (http/context-path.ts).
 */
export function registryRoutes(registry: Registry, { clusterId }: { clusterId: string }): FastifyPluginAsync {
  return async (app) => {
    app.removeAllContentTypeParsers()
    app.addContentTypeParser([...bodyTypes], { parseAs: 'string' }, (_request, body, done) => done(null, body))
    // Without a type a body is taken as plain bytes; any other type is refused.
    app.addContentTypeParser('*', { parseAs: 'string' }, (request, body, done) =>
      (request.headers['content-type'] ?? '') === '' ? done(null, body) : done(registryErrors.unsupportedMediaType()),
    )
    app.setErrorHandler((error: FastifyError, request, reply) => answerError(error, request, reply))
    mountRoutes(app, [
      ...serverRoutes(registry, { clusterId }),
      ...schemaRoutes(registry),
      ...subjectRoutes(registry),
      ...compatibilityRoutes(registry),
      ...configRoutes(registry),
      ...modeRoutes(registry),
    ])
  }
}
