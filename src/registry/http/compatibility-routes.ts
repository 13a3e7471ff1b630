import type { FastifyRequest } from 'fastify'
import type { Registry } from '../registry.ts'
import type { CompatibilityAnswer } from '../compatibility-query.ts'
import { queryFlag, subjectOf, versionOf } from './parameters.ts'
import type { Route } from './route.ts'
import { submittedSchema } from './schema-body.ts'

/** `/compatibility`: whether a schema could be registered, and with `?table=true` what that would do to the topic's table. */
export function compatibilityRoutes(registry: Registry): Route[] {
  const ask = async (request: FastifyRequest, against: 'level' | ReturnType<typeof versionOf>): Promise<string> => {
    const answer = await registry.compatibility(registry.aliased(subjectOf(request)), submittedSchema(request.body), {
      against,
      isNormalized: queryFlag(request, 'normalize'),
      isVerbose: queryFlag(request, 'verbose'),
      withTable: queryFlag(request, 'table'),
    })
    return answerText(answer)
  }
  return [
    { method: 'POST', url: '/compatibility/subjects/:subject/versions', serve: (request) => ask(request, 'level') },
    { method: 'POST', url: '/compatibility/subjects/:subject/versions/:version', serve: (request) => ask(request, versionOf(request)) },
  ]
}

function answerText({ isCompatible, messages, table }: CompatibilityAnswer): string {
  return JSON.stringify({ is_compatible: isCompatible, ...(messages.length > 0 ? { messages } : {}), ...(table ? { table } : {}) })
}
