import type { FastifyRequest } from 'fastify'
import {
  compatibilityLevels,
  compatibilityPolicies,
  configAt,
  configInScope,
  defaultConfig,
  ROOT_SCOPE,
  type ConfigUpdate,
  type RegistryConfig,
} from '../config.ts'
import type { Registry } from '../registry.ts'
import { registryErrors } from '../registry-error.ts'
import { checkRuleSet, type RuleSet } from '../rule-set.ts'
import { metadataOf, ruleSetOf } from './contract-body.ts'
import { jsonBody, optionalFlag, optionalText, type JsonObjectBody } from './json-body.ts'
import { queryFlag, subjectOf } from './parameters.ts'
import type { Route } from './route.ts'

/** `/config`: compatibility and what is added to every schema, of the whole registry, a context or a subject. */
export function configRoutes(registry: Registry): Route[] {
  const { index } = registry
  const ofRoot = (): string => ROOT_SCOPE
  const update = (scopeOf: (request: FastifyRequest) => string) => async (request: FastifyRequest) => {
    const changed = configUpdate(jsonBody(request.body))
    await registry.updateConfig(scopeOf(request), changed)
    return updateAnswer(changed)
  }
  return [
    { method: 'GET', url: '/config', serve: () => configAnswer({ ...defaultConfig, ...configAt(index, ROOT_SCOPE) }) },
    { method: 'PUT', url: '/config', serve: update(ofRoot) },
    { method: 'DELETE', url: '/config', serve: async () => configAnswer(await registry.removeConfig(ROOT_SCOPE)) },
    {
      method: 'GET',
      url: '/config/:subject',
      serve: (request) =>
        registry.read(() => {
          const subject = subjectOf(request)
          const config = queryFlag(request, 'defaultToGlobal') ? configInScope(index, subject) : configAt(index, subject)
          if (!config) throw registryErrors.subjectCompatibilityNotSet(subject)
          return configAnswer(config)
        }),
    },
    { method: 'PUT', url: '/config/:subject', serve: update(subjectOf) },
    { method: 'DELETE', url: '/config/:subject', serve: async (request) => configAnswer(await registry.removeConfig(subjectOf(request))) },
  ]
}

/** Members that are absent stay as they are; null clears. Throws RegistryError 400, 42203 or 42210. */
function configUpdate(body: JsonObjectBody): ConfigUpdate {
  const update: { [field: string]: unknown } = {}
  for (const [member, field, read] of readers) {
    const value = body[member]
    if (value !== undefined) update[field] = value === null ? null : (read(value, member) ?? null)
  }
  return update
}

type Reader = (value: unknown, path: string) => unknown

/** The body's member, the config's field, and how the one becomes the other. Later ones win: some members have two names. */
const readers: readonly (readonly [member: string, field: keyof RegistryConfig, read: Reader])[] = [
  ['compatibilityLevel', 'compatibilityLevel', levelOf],
  ['compatibility', 'compatibilityLevel', levelOf],
  ['compatibilityPolicy', 'compatibilityPolicy', policyOf],
  ['compatibilityGroup', 'compatibilityGroup', optionalText],
  ['normalize', 'normalize', optionalFlag],
  ['alias', 'alias', optionalText],
  ['validateFields', 'validateFields', optionalFlag],
  ['validateNewSchemas', 'validateNewSchemas', optionalFlag],
  ['validateRules', 'validateRules', optionalFlag],
  ['defaultMetadata', 'defaultMetadata', metadataOf],
  ['overrideMetadata', 'overrideMetadata', metadataOf],
  ['defaultRuleSet', 'defaultRuleSet', checkedRuleSet],
  ['overrideRuleSet', 'overrideRuleSet', checkedRuleSet],
]

function levelOf(value: unknown): string {
  const level = compatibilityLevels.find((known) => known === String(value).toUpperCase())
  if (!level) throw registryErrors.invalidCompatibilityLevel()
  return level
}

function policyOf(value: unknown): string {
  const policy = compatibilityPolicies.find((known) => known === String(value).toUpperCase())
  if (!policy) throw registryErrors.invalidCompatibilityPolicy()
  return policy
}

function checkedRuleSet(value: unknown, path: string): RuleSet | undefined {
  const ruleSet = ruleSetOf(value, path)
  if (ruleSet) checkRuleSet(ruleSet)
  return ruleSet
}

/** What is read says `compatibilityLevel`... */
function configAnswer(config: RegistryConfig): string {
  return JSON.stringify(config)
}

/** ...and what was written says `compatibility`. */
function updateAnswer({ compatibilityLevel, ...update }: ConfigUpdate): string {
  const members = { ...(compatibilityLevel ? { compatibility: compatibilityLevel } : {}), ...update }
  return JSON.stringify(Object.fromEntries(Object.entries(members).filter(([, value]) => value !== null)))
}
