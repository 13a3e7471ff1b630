/** The OpenAPI 3.1 document of `/v1`. A test compares its paths with the routes that are mounted. */
const problem = {
  description: 'Problem details (RFC 9457).',
  content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
}
const answer = (description: string) => ({ '200': { description, content: { 'application/json': {} } }, default: problem })
const tableParameters = ['namespace', 'table'].map((name) => ({ name, in: 'path', required: true, schema: { type: 'string' } }))
const topicParameter = [{ name: 'name', in: 'path', required: true, schema: { type: 'string' } }]

export const openApiDocument = {
  openapi: '3.1.0',
  info: { title: 'Headgate admin API', version: '1', license: { name: 'Apache-2.0', identifier: 'Apache-2.0' } },
  paths: {
    '/v1/openapi.json': { get: { summary: 'This document.', responses: answer('The document.') } },
    '/v1/topics': {
      get: { summary: 'All topics.', responses: answer('Topics by name.') },
      post: {
        summary: 'Create a topic.',
        requestBody: {
          required: true,
          content: {
            'application/json': {
              schema: {
                type: 'object',
                required: ['name'],
                properties: {
                  name: { type: 'string' },
                  partitions: { type: 'integer', minimum: 1 },
                  configs: { type: 'object', additionalProperties: { type: 'string' } },
                },
                additionalProperties: false,
              },
            },
          },
        },
        responses: { '201': { description: 'The topic.', content: { 'application/json': {} } }, default: problem },
      },
    },
    '/v1/topics/{name}': {
      get: { summary: 'A topic with its configs, offsets and lag.', parameters: topicParameter, responses: answer('The topic.') },
      delete: {
        summary: 'Delete a topic; its table stays.',
        parameters: topicParameter,
        responses: { '204': { description: 'Deleted.' }, default: problem },
      },
    },
    '/v1/tables': { get: { summary: 'All tables.', responses: answer('Tables by name.') } },
    '/v1/tables/{namespace}/{table}': {
      get: { summary: 'A table: columns, partitioning, versions, sizes.', parameters: tableParameters, responses: answer('The table.') },
    },
    '/v1/tables/{namespace}/{table}/files': {
      get: { summary: 'The live data files.', parameters: tableParameters, responses: answer('Files.') },
    },
    '/v1/tables/{namespace}/{table}/snapshots': {
      get: { summary: 'Iceberg snapshots and Delta versions, newest first.', parameters: tableParameters, responses: answer('Snapshots.') },
    },
    '/v1/tables/{namespace}/{table}/flush': {
      post: {
        summary: 'Answers when everything acknowledged before the call is visible.',
        parameters: tableParameters,
        responses: answer('The Iceberg snapshot id and the Delta version that hold it.'),
      },
    },
  },
  components: {
    schemas: {
      Problem: {
        type: 'object',
        required: ['type', 'title', 'status', 'detail'],
        properties: {
          type: { type: 'string' },
          title: { type: 'string', description: 'The phrase of the status.' },
          status: { type: 'integer' },
          detail: { type: 'string' },
          kind: { type: 'string', description: 'What kind of failure it is, such as not-found or invalid-argument.' },
        },
      },
    },
  },
} as const
