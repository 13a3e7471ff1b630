import { fastify, type FastifyError, type FastifyInstance, type FastifyPluginAsync, type FastifyReply } from 'fastify'
import type { MemoryBudget } from '../broker/memory-budget.ts'
import { withoutContextPath } from '../registry/http/context-path.ts'
import { answerError } from '../registry/http/answer.ts'
import { RegistryError, registryErrors } from '../registry/registry-error.ts'
import { AssertionError } from '../shared/assert.ts'
import { HeadgateError } from '../shared/errors.ts'
import { limits } from '../shared/limits.ts'
import type { Logger } from '../shared/log.ts'
import { boundBodies } from './body-memory.ts'
import { httpStatusOf, problemOf } from './http-errors.ts'

export interface HttpPlugins {
  /** The schema registry at the root, with its own error shape. */
  readonly registry: FastifyPluginAsync
  readonly admin: FastifyPluginAsync
  readonly health: FastifyPluginAsync
  readonly metrics: FastifyPluginAsync
  readonly logger: Logger
  /** For request bodies, all together. */
  readonly bodyMemory?: MemoryBudget
}

/**
 * The HTTP surface: each room brings its routes as a plugin. What is set here is what Confluent's clients need of any
 * server: long percent-encoded parameters, empty bodies with a JSON media type, trailing and doubled slashes.
 */
export async function createApp({ registry, admin, health, metrics, logger, bodyMemory }: HttpPlugins): Promise<FastifyInstance> {
  const app = fastify({
    logger: false,
    bodyLimit: limits.httpBodyBytesMax,
    forceCloseConnections: true,
    schemaController: { compilersFactory: noSchemas },
    // A URL that cannot be decoded reaches no route.
    frameworkErrors: (error, request, reply) => void answerError(error, request, reply),
    rewriteUrl: ({ url = '/' }) => withoutContextPath(url),
    routerOptions: { maxParamLength: limits.httpParameterLengthMax, ignoreTrailingSlash: true, ignoreDuplicateSlashes: true },
  })
  if (bodyMemory) boundBodies(app, bodyMemory)
  app.addHook('onError', async (request, _reply, error) => {
    if (isBug(error)) logger.error({ url: request.url, error: error.stack ?? error.message }, 'a request failed unexpectedly')
  })
  app.setErrorHandler((error: FastifyError, _request, reply) => answerProblem(error, reply))
  app.setNotFoundHandler((request, reply) => {
    // What is not below a path of ours is the registry's, which has the root.
    if (!/^\/v1(?:[/?]|$)/.test(request.url)) return answerError(registryErrors.notFound(), request, reply)
    const problem = problemOf(404, { detail: `nothing is at ${request.url}` })
    return reply.code(404).type('application/problem+json').send(problem)
  })
  for (const plugin of [health, metrics, admin, registry]) await app.register(plugin)
  return app
}

/** No route declares a schema; without this Fastify loads two compilers at start that nothing uses. */
const noSchemas = {
  buildValidator: () => unusedCompiler,
  buildSerializer: () => unusedCompiler,
}

function unusedCompiler(): never {
  throw new AssertionError('a route with a schema: give the app its compilers')
}

function answerProblem(error: FastifyError | HeadgateError, reply: FastifyReply): FastifyReply {
  const status = error instanceof HeadgateError ? httpStatusOf(error) : (error.statusCode ?? 500)
  const detail = isBug(error) ? 'an unexpected failure; the log says more' : error.message
  const kind = error instanceof HeadgateError ? { kind: error.kind } : {}
  return reply
    .code(status)
    .type('application/problem+json')
    .send(problemOf(status, { detail, ...kind }))
}

/** Neither an answer of ours nor one of Fastify's. */
function isBug(error: FastifyError | HeadgateError | RegistryError): boolean {
  if (error instanceof HeadgateError || error instanceof RegistryError) return false
  return (error.statusCode ?? 500) >= 500
}
