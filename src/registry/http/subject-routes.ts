import type { FastifyRequest } from 'fastify'
import { limits } from '../../shared/limits.ts'
import type { Registry } from '../registry.ts'
import { registryErrors } from '../registry-error.ts'
import type { RegisteredVersion } from '../registry-index.ts'
import { wantedVersionAnywhere } from '../versions.ts'
import { rawText, versionAnswer } from './answers.ts'
import { namedSubjects } from './listings.ts'
import { paged, pageOf, queryFlag, queryText, queryTexts, subjectOf, versionOf } from './parameters.ts'
import type { Route } from './route.ts'
import { submittedSchema, taggingOf } from './schema-body.ts'
import { shownOf } from './schema-routes.ts'

/** `/subjects`: what is registered under which name. An alias in the path stands for its subject. */
export function subjectRoutes(registry: Registry): Route[] {
  const { index, schemas } = registry
  const aliased = (request: FastifyRequest): string => registry.aliased(subjectOf(request))
  const versionAsked = (request: FastifyRequest): RegisteredVersion =>
    wantedVersionAnywhere(index, aliased(request), versionOf(request), { includeDeleted: queryFlag(request, 'deleted') })
  return [
    {
      method: 'GET',
      url: '/subjects',
      serve: (request) => JSON.stringify([...paged(listedSubjects(registry, request), pageOf(request, limits.registryPageMax))]),
    },
    {
      method: 'POST',
      url: '/subjects/:subject',
      async serve(request) {
        const options = { isNormalized: queryFlag(request, 'normalize'), includeDeleted: queryFlag(request, 'deleted') }
        return versionAnswer(schemas, await registry.lookUp(aliased(request), submittedSchema(request.body), options), shownOf(request))
      },
    },
    {
      method: 'DELETE',
      url: '/subjects/:subject',
      serve: async (request) =>
        JSON.stringify(await registry.deleteSubject(aliased(request), { isPermanent: queryFlag(request, 'permanent') })),
    },
    {
      method: 'GET',
      url: '/subjects/:subject/metadata',
      serve: (request) =>
        registry.read(() => versionAnswer(schemas, withProperties(registry, aliased(request), request), shownOf(request))),
    },
    {
      method: 'GET',
      url: '/subjects/:subject/versions',
      serve: (request) => registry.read(() => JSON.stringify(listedVersions(registry, aliased(request), request))),
    },
    {
      method: 'POST',
      url: '/subjects/:subject/versions',
      async serve(request) {
        const options = { isNormalized: queryFlag(request, 'normalize') }
        return versionAnswer(schemas, await registry.register(aliased(request), submittedSchema(request.body), options), shownOf(request))
      },
    },
    {
      method: 'GET',
      url: '/subjects/:subject/versions/:version',
      serve: (request) => registry.read(() => versionAnswer(schemas, versionAsked(request), shownOf(request))),
    },
    {
      method: 'DELETE',
      url: '/subjects/:subject/versions/:version',
      async serve(request) {
        const options = { wanted: versionOf(request), isPermanent: queryFlag(request, 'permanent') }
        return JSON.stringify(await registry.deleteVersion(aliased(request), options))
      },
    },
    {
      method: 'GET',
      url: '/subjects/:subject/versions/:version/schema',
      serve: (request) => registry.read(() => rawText(schemas, versionAsked(request).schema, shownOf(request))),
    },
    {
      method: 'POST',
      url: '/subjects/:subject/versions/:version/tags',
      async serve(request) {
        const tagged = await registry.tag(aliased(request), versionOf(request), taggingOf(request.body))
        return versionAnswer(schemas, tagged, shownOf(request))
      },
    },
    {
      method: 'GET',
      url: '/subjects/:subject/versions/:version/referencedby',
      serve: (request) =>
        registry.read(() => {
          const { subject, version } = wantedVersionAnywhere(index, aliased(request), versionOf(request), { includeDeleted: true })
          const ids = index.referrers(subject, version).map(({ schemaId }) => schemaId)
          return JSON.stringify([
            ...paged(
              ids.sort((a, b) => a - b),
              pageOf(request, limits.registryPageMax),
            ),
          ])
        }),
    },
  ]
}

function* listedSubjects({ index }: Registry, request: FastifyRequest): Generator<string> {
  const isDeletedOnly = queryFlag(request, 'deletedOnly')
  const includeDeleted = queryFlag(request, 'deleted')
  for (const subject of namedSubjects(index, queryText(request, 'subjectPrefix'))) {
    const isLive = index.hasVersions(subject, { includeDeleted: false })
    if (isDeletedOnly ? !isLive : isLive || includeDeleted) yield subject
  }
}

function listedVersions({ index }: Registry, subject: string, request: FastifyRequest): number[] {
  const isDeletedOnly = queryFlag(request, 'deletedOnly')
  const isNegative = queryFlag(request, 'deletedAsNegative')
  const includeDeleted = queryFlag(request, 'deleted') || isDeletedOnly || isNegative
  if (!index.hasVersions(subject, { includeDeleted })) throw registryErrors.subjectNotFound(subject)
  const versions = index
    .versions(subject)
    .filter(({ isDeleted }) => (isDeletedOnly ? isDeleted : includeDeleted || !isDeleted))
    .map(({ version, isDeleted }) => (isDeleted && isNegative ? -version : version))
  return [...paged(versions, pageOf(request, limits.registryPageMax))]
}

/** The newest version whose metadata has every property that is asked for. Throws 40401 or 40403. */
function withProperties({ index, schemas }: Registry, subject: string, request: FastifyRequest): RegisteredVersion {
  const includeDeleted = queryFlag(request, 'deleted')
  if (!index.hasVersions(subject, { includeDeleted })) throw registryErrors.subjectNotFound(subject)
  const names = queryTexts(request, 'key')
  const values = queryTexts(request, 'value')
  const found = index.versions(subject).findLast(({ isDeleted, schema }) => {
    if (isDeleted && !includeDeleted) return false
    const { metadata } = schemas.content(schema)
    return metadata?.properties !== undefined && names.every((name, nth) => metadata.properties?.[name] === values[nth])
  })
  if (!found) throw registryErrors.schemaNotFound()
  return found
}
