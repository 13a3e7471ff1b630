import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import { HeadgateError } from '../shared/errors.ts'
import { stringifyJson, type JsonValue } from '../shared/json.ts'
import type { Admin, TableName } from './admin.ts'
import { openApiDocument } from './openapi.ts'

/** `/v1`: topics, tables, flush. The OpenAPI document at `/v1/openapi.json` describes exactly these routes. */
export function adminRoutes(admin: Admin): FastifyPluginAsync {
  return async (app) => {
    app.get('/v1/openapi.json', async () => openApiDocument)
    app.get('/v1/topics', async (_request, reply) => send(reply, await admin.listTopics()))
    app.post('/v1/topics', async (request, reply) => send(reply.code(201), await admin.createTopic(topicBody(request.body))))
    app.get('/v1/topics/:name', async (request, reply) => send(reply, await admin.describeTopic(nameOf(request))))
    app.delete('/v1/topics/:name', async (request, reply) => {
      await admin.deleteTopic(nameOf(request))
      return reply.code(204).send()
    })
    app.get('/v1/tables', async (_request, reply) => send(reply, await admin.listTables()))
    app.get('/v1/tables/:namespace/:table', async (request, reply) => send(reply, await admin.describeTable(tableOf(request))))
    app.get('/v1/tables/:namespace/:table/files', async (request, reply) => send(reply, await admin.listFiles(tableOf(request))))
    app.get('/v1/tables/:namespace/:table/snapshots', async (request, reply) => send(reply, await admin.listSnapshots(tableOf(request))))
    app.post('/v1/tables/:namespace/:table/flush', async (request, reply) =>
      send(reply, await admin.flushTable(tableOf(request), goneSignal(reply))),
    )
  }
}

/** bigint becomes a JSON number, which the standard serialiser cannot do. */
function send(reply: FastifyReply, body: unknown): FastifyReply {
  return reply.type('application/json').send(stringifyJson(body as JsonValue))
}

function nameOf(request: FastifyRequest): string {
  return (request.params as { name: string }).name
}

function tableOf(request: FastifyRequest): TableName {
  return request.params as TableName
}

/** Fires when the client stops waiting. */
function goneSignal(reply: FastifyReply): AbortSignal {
  const gone = new AbortController()
  reply.raw.once('close', () => gone.abort(new HeadgateError('shutting-down', 'the client is gone')))
  return gone.signal
}

function topicBody(body: unknown): Parameters<Admin['createTopic']>[0] {
  const { name, partitions, configs, ...unknown } = (body ?? {}) as { [key: string]: unknown }
  const [unknownKey] = Object.keys(unknown)
  if (unknownKey !== undefined)
    throw new HeadgateError('invalid-argument', `unknown member ${unknownKey}; known are name, partitions, configs`)
  if (typeof name !== 'string') throw new HeadgateError('invalid-argument', 'name: expected a string')
  if (partitions !== undefined && typeof partitions !== 'number')
    throw new HeadgateError('invalid-argument', 'partitions: expected a number')
  if (configs !== undefined && !isStringRecord(configs))
    throw new HeadgateError('invalid-argument', 'configs: expected an object of strings')
  return { name, ...(partitions === undefined ? {} : { partitions }), ...(configs === undefined ? {} : { configs }) }
}

function isStringRecord(value: unknown): value is { [key: string]: string } {
  return typeof value === 'object' && value !== null && Object.values(value).every((member) => typeof member === 'string')
}
