import type { FastifyPluginAsync } from 'fastify'

/** `/healthz`: the process answers. `/readyz`: it takes records; while starting and draining it does not. */
export function healthRoutes(isReady: () => boolean): FastifyPluginAsync {
  return async (app) => {
    app.get('/healthz', async () => ({ status: 'ok' }))
    app.get('/readyz', async (_request, reply) => reply.code(isReady() ? 200 : 503).send({ status: isReady() ? 'ready' : 'not ready' }))
  }
}
