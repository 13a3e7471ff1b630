import type { FastifyRequest } from 'fastify'
import { limits } from '../../shared/limits.ts'
import type { Registry } from '../registry.ts'
import { registryErrors } from '../registry-error.ts'
import type { RegisteredSchema } from '../context-schemas.ts'
import type { RegisteredVersion } from '../registry-index.ts'
import { ruleLists } from '../rule-set.ts'
import { schemaTypes } from '../schema-content.ts'
import { contextPrefix, DEFAULT_CONTEXT, normalSubject, splitSubject } from '../subject.ts'
import { rawText, schemaAnswer, versionAnswer, type Shown } from './answers.ts'
import { listText, namedSubjects } from './listings.ts'
import { paged, pageOf, pathPart, queryFlag, queryText, queryTexts, schemaIdOf } from './parameters.ts'
import type { Route } from './route.ts'

/** `/schemas`: schemas by id and guid, and all of them. */
export function schemaRoutes(registry: Registry): Route[] {
  const { schemas } = registry
  return [
    { method: 'GET', url: '/schemas', serve: (request) => listSchemas(registry, request) },
    { method: 'GET', url: '/schemas/types', serve: () => JSON.stringify(schemaTypes) },
    {
      method: 'GET',
      url: '/schemas/ids/:id',
      serve: (request) =>
        registry.read(() => {
          const { schema, version } = namedById(registry, request)
          const more = queryFlag(request, 'fetchMaxId') ? { maxId: registry.index.maxId(schema.context) } : {}
          return schemaAnswer(schemas, schema, { shown: shownOf(request), version, more })
        }),
    },
    {
      method: 'GET',
      url: '/schemas/ids/:id/schema',
      serve: (request) => registry.read(() => rawText(schemas, namedById(registry, request).schema, shownOf(request))),
    },
    {
      method: 'GET',
      url: '/schemas/ids/:id/subjects',
      serve: (request) => registry.read(() => JSON.stringify([...new Set(usesOf(registry, request).map(({ subject }) => subject))])),
    },
    {
      method: 'GET',
      url: '/schemas/ids/:id/versions',
      serve: (request) =>
        registry.read(() => JSON.stringify(usesOf(registry, request).map(({ subject, version }) => ({ subject, version })))),
    },
    {
      method: 'GET',
      url: '/schemas/guids/:guid',
      serve: (request) =>
        registry.read(() => {
          const [schema] = namedByGuid(registry, request)
          if (!schema) throw registryErrors.schemaIdNotFound(pathPart(request, 'guid'))
          return schemaAnswer(schemas, schema, { shown: shownOf(request) })
        }),
    },
    {
      method: 'GET',
      url: '/schemas/guids/:guid/ids',
      serve: (request) =>
        registry.read(() => JSON.stringify(namedByGuid(registry, request).map(({ context, schemaId }) => ({ context, id: schemaId })))),
    },
  ]
}

export function shownOf(request: FastifyRequest): Shown {
  return {
    format: queryText(request, 'format'),
    hasQualifiedReferences: queryText(request, 'referenceFormat') === 'qualified',
    tags: queryTexts(request, 'findTags'),
  }
}

/**
 * The schema of an id. `?subject=` says the context: a subject of the default context is looked for in every other, too,
 * when it has no such id. Throws 40403.
 */
function namedById(registry: Registry, request: FastifyRequest): { schema: RegisteredSchema; version: RegisteredVersion | undefined } {
  const schemaId = schemaIdOf(request)
  const found = findById(registry, schemaId, queryText(request, 'subject') ?? '')
  if (!found) throw registryErrors.schemaIdNotFound(schemaId)
  return found
}

function findById(
  registry: Registry,
  schemaId: number,
  asked: string,
): { schema: RegisteredSchema; version: RegisteredVersion | undefined } | undefined {
  const { index } = registry
  const subject = registry.aliased(normalSubject(asked))
  const { context, name } = splitSubject(subject)
  const own = usedSchema(registry, context, schemaId)
  if (name === '' || context !== DEFAULT_CONTEXT) return own && { schema: own, version: useIn(own, subject) }
  for (const other of index.contexts()) {
    const schema = usedSchema(registry, other, schemaId)
    const version = schema?.uses.find((use) => use.subject === contextPrefix(other) + name)
    if (schema && version) return { schema, version }
  }
  return own && { schema: own, version: useIn(own, subject) }
}

/** A schema of which every version was deleted for good is gone for clients; only stored records still know it. */
function usedSchema({ index }: Registry, context: string, schemaId: number): RegisteredSchema | undefined {
  const schema = index.schema(context, schemaId)
  return schema && schema.uses.length > 0 ? schema : undefined
}

function useIn({ uses }: RegisteredSchema, subject: string): RegisteredVersion | undefined {
  return uses.find((use) => use.subject === subject) ?? uses.find(({ isDeleted }) => !isDeleted) ?? uses[0]
}

/** `?subject=` says the context and filters nothing. Throws 40403, which names no id here. */
function usesOf(registry: Registry, request: FastifyRequest): RegisteredVersion[] {
  const found = findById(registry, schemaIdOf(request), queryText(request, 'subject') ?? '')
  if (!found) throw registryErrors.schemaNotFound()
  const includeDeleted = queryFlag(request, 'deleted')
  const uses = found.schema.uses.filter(({ isDeleted }) => includeDeleted || !isDeleted)
  return [...paged(uses.toSorted(bySubjectAndVersion), pageOf(request, limits.registryPageMax))]
}

function bySubjectAndVersion(a: RegisteredVersion, b: RegisteredVersion): number {
  if (a.subject === b.subject) return a.version - b.version
  return a.subject < b.subject ? -1 : 1
}

/** The default context's first. */
function namedByGuid({ index }: Registry, request: FastifyRequest): RegisteredSchema[] {
  const guid = pathPart(request, 'guid').toLowerCase()
  return index.contexts().flatMap((context) => index.schemasByGuid(context, guid).filter(({ uses }) => uses.length > 0))
}

function listSchemas(registry: Registry, request: FastifyRequest): string {
  const aliasesBySubject = queryFlag(request, 'aliases') ? allAliases(registry) : new Map<string, string[]>()
  const shown = shownOf(request)
  return listText(answers())

  function* answers(): Generator<string> {
    for (const version of paged(listedVersions(registry, request), pageOf(request, limits.registrySchemasPageMax))) {
      const aliases = aliasesBySubject.get(version.subject)
      yield versionAnswer(registry.schemas, version, shown, aliases ? { aliases } : {})
    }
  }
}

function* listedVersions(registry: Registry, request: FastifyRequest): Generator<RegisteredVersion> {
  const includeDeleted = queryFlag(request, 'deleted')
  const isLatestOnly = queryFlag(request, 'latestOnly')
  const ruleType = queryText(request, 'ruleType')
  for (const subject of namedSubjects(registry.index, queryText(request, 'subjectPrefix'))) {
    const versions = includeDeleted ? registry.index.versions(subject) : registry.index.liveVersions(subject)
    for (const version of isLatestOnly ? versions.slice(-1) : versions) if (hasRuleOfType(registry, version, ruleType)) yield version
  }
}

function hasRuleOfType({ schemas }: Registry, { schema }: RegisteredVersion, ruleType: string | undefined): boolean {
  if (ruleType === undefined || ruleType === '') return true
  const { ruleSet } = schemas.content(schema)
  return ruleLists.some(({ name }) => ruleSet?.[name]?.some(({ type }) => type === ruleType))
}

/** By subject, the names that a config makes stand for it. */
function allAliases(registry: Registry): ReadonlyMap<string, string[]> {
  const aliases = new Map<string, string[]>()
  for (const key of registry.index.documentKeys('config/')) {
    const name = key.slice('config/'.length)
    const subject = registry.aliased(name)
    if (name === '' || subject === name) continue
    const ofSubject = aliases.get(subject)
    if (ofSubject) ofSubject.push(name)
    else aliases.set(subject, [name])
  }
  return aliases
}
