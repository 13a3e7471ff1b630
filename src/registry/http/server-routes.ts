import { limits } from '../../shared/limits.ts'
import { version } from '../../version.ts'
import type { Registry } from '../registry.ts'
import { normalContext } from '../subject.ts'
import { paged, pageOf, pathPart, queryText } from './parameters.ts'
import type { Route } from './route.ts'

/** The root, contexts, and what the server says about itself. */
export function serverRoutes(registry: Registry, { clusterId }: { clusterId: string }): Route[] {
  const empty = (): string => '{}'
  return [
    { method: 'GET', url: '/', serve: empty },
    { method: 'POST', url: '/', serve: empty },
    {
      method: 'GET',
      url: '/contexts',
      serve(request) {
        const prefix = queryText(request, 'contextPrefix') ?? ''
        const contexts = registry.index.contexts().filter((context) => context.startsWith(prefix))
        return JSON.stringify([...paged(contexts, pageOf(request, limits.registryPageMax))])
      },
    },
    {
      method: 'DELETE',
      url: '/contexts/:context',
      async serve(request) {
        await registry.deleteContext(normalContext(pathPart(request, 'context')))
        return undefined
      },
    },
    {
      method: 'GET',
      url: '/v1/metadata/id',
      serve: () =>
        JSON.stringify({
          scope: { path: [], clusters: { 'kafka-cluster': clusterId, 'schema-registry-cluster': 'schema-registry' } },
          id: '',
        }),
    },
    { method: 'GET', url: '/v1/metadata/version', serve: () => JSON.stringify({ version, commitId: '' }) },
    { method: 'GET', url: '/v1/metadata/deployment', serve: empty },
  ]
}
