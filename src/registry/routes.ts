import type { FastifyError, FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import type { SchemaType } from '../schema/language.ts'
import { HeadgateError } from '../shared/errors.ts'
import type { Registry, SubmittedSchema } from './registry.ts'
import { RegistryError, registryErrors } from './registry-error.ts'
import type { RegisteredSchema, RegisteredVersion } from './registry-index.ts'
import type { SchemaReference } from './schema-content.ts'
import { formattedText } from './schema-format.ts'

/**
 * Confluent's registry paths at the root (reference section 1.2): subjects, versions, ids and compatibility levels.
 * Media types and error bodies are the registry's own.
 */
export function registryRoutes(registry: Registry): FastifyPluginAsync {
  return async (app) => {
    app.removeAllContentTypeParsers()
    app.addContentTypeParser(MEDIA_TYPES, { parseAs: 'string' }, (_request, body, done) => done(null, body))
    app.setErrorHandler((error: FastifyError, _request, reply) => answerError(error, reply))
    app.addHook('onSend', async (_request, reply) => {
      reply.type(MEDIA_TYPE)
    })

    app.get('/', async () => ({}))
    app.get('/schemas/types', async () => ['JSON', 'PROTOBUF', 'AVRO'])
    app.get('/schemas/ids/:id', async (request) => schemaBody(await asAsked(registry, registry.schema(idOf(request)), request)))
    app.get('/schemas/ids/:id/schema', async (request, reply) => {
      const { content } = await asAsked(registry, registry.schema(idOf(request)), request)
      return reply.send(content.schema)
    })
    app.get('/schemas/ids/:id/versions', async (request) => usesOf(registry, request).map(({ subject, version }) => ({ subject, version })))
    app.get('/schemas/ids/:id/subjects', async (request) => [...new Set(usesOf(registry, request).map(({ subject }) => subject))])
    app.get('/schemas/guids/:guid', async (request) => schemaBody(await asAsked(registry, schemaByGuid(registry, request), request)))

    app.get('/subjects', async () => registry.index.subjects())
    app.post('/subjects/:subject', async (request) => {
      const { schema, version } = await registry.lookUp(subjectOf(request), submittedSchema(request.body))
      return versionBody(await asAsked(registry, schema, request), version)
    })
    app.get('/subjects/:subject/versions', async (request) => liveVersions(registry, subjectOf(request)))
    app.post('/subjects/:subject/versions', async (request) => {
      const { schema, version } = await registry.register(subjectOf(request), submittedSchema(request.body))
      return { id: schema.schemaId, version: version.version, guid: schema.guid, ...schemaBody(schema) }
    })
    app.get('/subjects/:subject/versions/:version', async (request) => {
      const { schema, version } = registry.version(subjectOf(request), versionOf(request))
      return versionBody(await asAsked(registry, schema, request), version)
    })
    app.get('/subjects/:subject/versions/:version/schema', async (request, reply) => {
      const { content } = await asAsked(registry, registry.version(subjectOf(request), versionOf(request)).schema, request)
      return reply.send(content.schema)
    })

    app.get('/config', async () => ({ compatibilityLevel: registry.compatibility(undefined) ?? 'BACKWARD' }))
    app.put('/config', async (request) => ({ compatibility: await registry.setCompatibility(undefined, levelOf(request.body)) }))
    app.get('/config/:subject', async (request) => ({ compatibilityLevel: subjectLevel(registry, request) }))
    app.put('/config/:subject', async (request) => ({
      compatibility: await registry.setCompatibility(subjectOf(request), levelOf(request.body)),
    }))
    app.delete('/config/:subject', async (request) => ({ compatibilityLevel: await registry.removeCompatibility(subjectOf(request)) }))
    app.get('/mode', async () => ({ mode: 'READWRITE' }))
  }
}

const MEDIA_TYPE = 'application/vnd.schemaregistry.v1+json'
const MEDIA_TYPES = [MEDIA_TYPE, 'application/vnd.schemaregistry+json', 'application/json', 'application/octet-stream']

function answerError(error: FastifyError | RegistryError | HeadgateError, reply: FastifyReply): FastifyReply {
  const known = error instanceof HeadgateError ? registryErrors.storeFailed(error.message) : error
  if (known instanceof RegistryError) return reply.code(known.httpStatus).send({ error_code: known.errorCode, message: known.message })
  const status = known.statusCode ?? 500
  return reply.code(status).send({ error_code: status, message: `HTTP ${status} ${known.message}` })
}

/** With its text in the form that `?format=` asks for. */
async function asAsked(registry: Registry, schema: RegisteredSchema, request: FastifyRequest): Promise<RegisteredSchema> {
  const { format } = request.query as { format?: string }
  const text = await formattedText(schema, format, () => registry.parsed(schema.schemaId))
  return { ...schema, content: { ...schema.content, schema: text } }
}

function schemaBody({ schemaId, guid, content }: RegisteredSchema): { [member: string]: unknown } {
  const { schemaType, schema, references } = content
  return { id: schemaId, guid, schemaType, schema, ...(references.length > 0 ? { references } : {}) }
}

function versionBody(schema: RegisteredSchema, { subject, version }: RegisteredVersion): { [member: string]: unknown } {
  return { subject, version, ...schemaBody(schema) }
}

function subjectOf(request: FastifyRequest): string {
  return (request.params as { subject: string }).subject
}

function versionOf(request: FastifyRequest): string {
  return (request.params as { version: string }).version
}

function idOf(request: FastifyRequest): number {
  const { id } = request.params as { id: string }
  if (!/^\d{1,10}$/.test(id)) throw registryErrors.schemaIdNotFound(id)
  return Number(id)
}

function schemaByGuid(registry: Registry, request: FastifyRequest): RegisteredSchema {
  const { guid } = request.params as { guid: string }
  const schema = registry.index.schemaByGuid(guid.toLowerCase())
  if (!schema) throw registryErrors.schemaIdNotFound(guid)
  return schema
}

function usesOf(registry: Registry, request: FastifyRequest): RegisteredVersion[] {
  const schemaId = idOf(request)
  if (!registry.index.schema(schemaId)) throw registryErrors.schemaNotFound()
  return registry.index.versionsOf(schemaId)
}

function liveVersions(registry: Registry, subject: string): number[] {
  const versions = registry.index.liveVersions(subject).map(({ version }) => version)
  if (versions.length === 0) throw registryErrors.subjectNotFound(subject)
  return versions
}

function subjectLevel(registry: Registry, request: FastifyRequest): string {
  const subject = subjectOf(request)
  const level = registry.compatibility(subject)
  if (level) return level
  if ((request.query as { defaultToGlobal?: string }).defaultToGlobal === 'true') return registry.compatibility(undefined) ?? 'BACKWARD'
  throw registryErrors.subjectCompatibilityNotSet(subject)
}

function levelOf(body: unknown): string {
  const { compatibility } = jsonObject(body)
  if (typeof compatibility !== 'string') throw registryErrors.invalidCompatibilityLevel()
  return compatibility
}

function submittedSchema(body: unknown): SubmittedSchema {
  const { schema, schemaType = 'AVRO', references = [] } = jsonObject(body)
  if (typeof schema !== 'string') throw registryErrors.invalidSchema('Empty schema')
  if (!isSchemaType(schemaType)) throw registryErrors.invalidSchema(`Invalid schema, details: Invalid schema type ${String(schemaType)}`)
  if (!Array.isArray(references)) throw registryErrors.invalidSchema('Invalid schema, details: references: expected a list')
  return { schema, schemaType, references: references.map(referenceOf) }
}

function isSchemaType(value: unknown): value is SchemaType {
  return value === 'AVRO' || value === 'JSON' || value === 'PROTOBUF'
}

function referenceOf(value: unknown): SchemaReference {
  const { name, subject, version } = (value ?? {}) as { [member: string]: unknown }
  if (typeof name === 'string' && typeof subject === 'string' && typeof version === 'number') return { name, subject, version }
  throw registryErrors.invalidSchema('Invalid schema, details: references: expected name, subject and version')
}

/** Bodies come as text: an empty one, which some clients send with a JSON media type, is an empty object. */
function jsonObject(body: unknown): { [member: string]: unknown } {
  if (typeof body !== 'string' || body.trim() === '') return {}
  try {
    const parsed: unknown = JSON.parse(body)
    if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)) return parsed as { [member: string]: unknown }
  } catch {
    // What is no JSON is answered like any other wrong body.
  }
  throw registryErrors.invalidSchema('Unrecognized token: the request body is no JSON object')
}
