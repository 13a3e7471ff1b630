import type { FastifyInstance, FastifyRequest } from 'fastify'
import { MemoryLease, type MemoryBudget } from '../broker/memory-budget.ts'

/**
 * Bodies are read when there is memory for all of one: what many clients send at once, or begin to send and never end, is
 * bounded together. While others wait, a body that takes too long to arrive costs its sender the connection.
 */
export function boundBodies(app: FastifyInstance, budget: MemoryBudget): void {
  app.addHook('preParsing', async (request, reply, body) => {
    const bodyBytes = bodyBytesOf(request)
    if (bodyBytes === 0) return body
    const lease = new MemoryLease(budget)
    reply.raw.once('close', () => lease.close())
    if (!lease.tryTake(bodyBytes)) await lease.take(bodyBytes)
    lease.watch(() => request.raw.destroy())
    // From here on it is for the handler to be quick.
    request.raw.once('end', () => lease.unwatch())
    return body
  })
}

/** As announced; what comes in chunks may be as long as the route allows. What is too long is refused before it is read. */
function bodyBytesOf({ headers, routeOptions }: FastifyRequest): number {
  const { bodyLimit } = routeOptions
  const announced = headers['content-length']
  if (announced === undefined) return headers['transfer-encoding'] === undefined ? 0 : bodyLimit
  const bytes = Number(announced)
  return bytes <= bodyLimit ? bytes : 0
}
