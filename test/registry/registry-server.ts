import type { FastifyPluginAsync } from 'fastify'
import { createApp } from '../../src/http/app.ts'
import { listenHttp } from '../../src/http/listen.ts'
import type { Registry, RegistryContext } from '../../src/registry/registry.ts'
import { registryRoutes } from '../../src/registry/routes.ts'
import { silentLogger } from '../../src/shared/log.ts'
import { openRegistry } from './registry-under-test.ts'

/** The registry behind a real HTTP server, with nothing else on it. */
export interface RegistryServer {
  readonly url: string
  readonly registry: Registry
  close(): Promise<void>
}

export async function startRegistry(context: Partial<RegistryContext> = {}): Promise<RegistryServer> {
  const registry = await openRegistry(context)
  const nothing: FastifyPluginAsync = async () => undefined
  const routes = registryRoutes(registry, { clusterId: 'cluster-of-the-test' })
  const app = await createApp({ registry: routes, admin: nothing, health: nothing, metrics: nothing, logger: silentLogger })
  const { host, port } = await listenHttp(app, { host: '127.0.0.1', port: 0 })
  return { url: `http://${host}:${port}`, registry, close: () => app.close() }
}
