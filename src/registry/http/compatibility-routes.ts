import type { FastifyRequest } from 'fastify'
import type { Registry } from '../registry.ts'
import type { CompatibilityAnswer, RegistrationAnswer } from '../compatibility-query.ts'
import { queryFlag, subjectOf, versionOf } from './parameters.ts'
import type { Route } from './route.ts'
import { submittedSchema } from './schema-body.ts'

/**
 * `/compatibility`: whether a schema may follow the versions of a subject, and with `?table=true` what a registration would
 * be answered and what it would do to the topic's table.
 */
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

function answerText({ isCompatible, messages, table, registration }: CompatibilityAnswer): string {
  return JSON.stringify({
    is_compatible: isCompatible,
    ...(messages.length > 0 ? { messages } : {}),
    ...(table ? { table } : {}),
    ...(registration ? { registration: registrationMembers(registration) } : {}),
  })
}

/** Errors are written as everywhere in the registry. */
function registrationMembers(registration: RegistrationAnswer): object {
  if (registration.kind !== 'refused') return { outcome: registration.kind, version: registration.version }
  return { outcome: registration.kind, error_code: registration.errorCode, message: registration.message }
}
