import type { FastifyRequest } from 'fastify'
import { ROOT_SCOPE } from '../config.ts'
import { defaultMode, modeAt, modeInScope, modes, type Mode } from '../mode.ts'
import type { Registry } from '../registry.ts'
import { registryErrors } from '../registry-error.ts'
import { jsonBody } from './json-body.ts'
import { queryFlag, subjectOf } from './parameters.ts'
import type { Route } from './route.ts'

/** `/mode`: who may write, of the whole registry, a context or a subject. */
export function modeRoutes(registry: Registry): Route[] {
  const { index } = registry
  const ofRoot = (): string => ROOT_SCOPE
  const set = (scopeOf: (request: FastifyRequest) => string) => async (request: FastifyRequest) =>
    modeAnswer(await registry.setMode(scopeOf(request), { mode: modeOf(request.body), isForced: queryFlag(request, 'force') }))
  const remove = (scopeOf: (request: FastifyRequest) => string) => async (request: FastifyRequest) =>
    modeAnswer(await registry.removeMode(scopeOf(request), { isRecursive: queryFlag(request, 'recursive') }))
  return [
    { method: 'GET', url: '/mode', serve: () => modeAnswer(modeAt(index, ROOT_SCOPE) ?? defaultMode) },
    { method: 'PUT', url: '/mode', serve: set(ofRoot) },
    { method: 'DELETE', url: '/mode', serve: remove(ofRoot) },
    {
      method: 'GET',
      url: '/mode/:subject',
      serve: (request) =>
        registry.read(() => {
          const subject = subjectOf(request)
          const mode = queryFlag(request, 'defaultToGlobal') ? modeInScope(index, subject) : modeAt(index, subject)
          if (mode === undefined) throw registryErrors.subjectModeNotSet(subject)
          return modeAnswer(mode)
        }),
    },
    { method: 'PUT', url: '/mode/:subject', serve: set(subjectOf) },
    { method: 'DELETE', url: '/mode/:subject', serve: remove(subjectOf) },
  ]
}

function modeOf(body: unknown): Mode {
  const { mode: text } = jsonBody(body)
  const mode = modes.find((known) => typeof text === 'string' && known === text.toUpperCase())
  if (!mode) throw registryErrors.invalidMode()
  return mode
}

function modeAnswer(mode: Mode): string {
  return JSON.stringify({ mode })
}
