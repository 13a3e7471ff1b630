import type { AddressInfo } from 'node:net'
import type { FastifyInstance } from 'fastify'
import { HeadgateError, messageOf } from '../shared/errors.ts'

/** Resolves with the bound address; throws HeadgateError `invalid-argument` when it cannot be had. */
export async function listenHttp(
  app: FastifyInstance,
  { host, port }: { host: string; port: number },
): Promise<{ host: string; port: number }> {
  try {
    await app.listen({ host, port })
  } catch (error) {
    throw new HeadgateError('invalid-argument', `cannot listen on ${host}:${port}: ${messageOf(error)}`, { cause: error })
  }
  return { host, port: (app.server.address() as AddressInfo).port }
}
