import type { FastifyInstance, FastifyRequest, HTTPMethods } from 'fastify'
import { limits } from '../../shared/limits.ts'
import { registryErrors } from '../registry-error.ts'
import { answer } from './answer.ts'

/** One verb on one path; `serve` gives the JSON text that is answered, or undefined for an answer without a body (204). */
export interface Route {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  readonly url: string
  readonly serve: (request: FastifyRequest) => string | undefined | Promise<string | undefined>
}

/** Mounts the routes; the other verbs of their paths are answered 405 in the registry's shape. */
export function mountRoutes(app: FastifyInstance, routes: readonly Route[]): void {
  const methodsByUrl = new Map<string, Set<HTTPMethods>>()
  for (const { method, url, serve } of routes) {
    // HEAD comes with GET.
    methodsByUrl.set(url, (methodsByUrl.get(url) ?? new Set<HTTPMethods>()).add(method))
    app.route({
      method,
      url,
      bodyLimit: limits.registryBodyBytesMax,
      handler: async (request, reply) => answer(request, reply, await serve(request)),
    })
  }
  for (const [url, methods] of methodsByUrl) mountRefusals(app, url, methods)
}

const everyMethod: readonly HTTPMethods[] = ['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS']

function mountRefusals(app: FastifyInstance, url: string, methods: ReadonlySet<HTTPMethods>): void {
  const allowed = everyMethod.filter((method) => methods.has(method === 'HEAD' ? 'GET' : method))
  const others = everyMethod.filter((method) => !allowed.includes(method))
  app.route({
    method: others,
    url,
    handler: async (_request, reply) => {
      reply.header('allow', allowed.join(','))
      throw registryErrors.methodNotAllowed()
    },
  })
}
