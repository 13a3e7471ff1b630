import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { rawRequest } from './raw-request.ts'
import { startRegistry, type RegistryServer } from './registry-server.ts'

/** What the golden tables do not hold: headers, and answers without a body. */
let server: RegistryServer

beforeAll(async () => {
  server = await startRegistry()
  await rawRequest(server.url, { request: 'POST /subjects/a/versions', body: { schema: '"int"' } })
})

afterAll(() => server.close())

test('HEAD is GET without the body', async () => {
  const [get, head] = await Promise.all(
    ['GET', 'HEAD'].map((method) => rawRequest(server.url, { request: `${method} /subjects/a/versions/1` })),
  )
  expect(head).toMatchObject({ status: 200, text: '' })
  expect(head?.headers['content-length']).toBe(get?.headers['content-length'])
  expect(head?.headers['content-type']).toBe(get?.headers['content-type'])
  expect((await rawRequest(server.url, { request: 'HEAD /subjects/none/versions/1' })).status).toBe(404)
})

describe('a request keeps its id', () => {
  for (const [request, status] of [
    ['GET /subjects', 200],
    ['GET /subjects/none/versions', 404],
    ['GET /nothing', 404],
    ['PATCH /subjects', 405],
    ['DELETE /contexts/.none', 204],
  ] as const)
    test(`${request} is ${status}`, async () => {
      const { headers, ...answer } = await rawRequest(server.url, { request, headers: { 'x-request-id': 'my-request.1' } })
      expect(answer.status).toBe(status)
      expect(headers['x-request-id']).toBe('my-request.1')
    })

  test('unless it could not be one', async () => {
    for (const id of ['', 'two words', 'x'.repeat(200)]) {
      const { headers } = await rawRequest(server.url, { request: 'GET /subjects', headers: { 'x-request-id': id } })
      expect(headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/)
    }
  })
})

test('an answer is of the type that the client asks for', async () => {
  for (const type of ['application/json', 'application/vnd.schemaregistry+json', 'application/vnd.schemaregistry.v1+json'])
    for (const path of ['/subjects', '/subjects/none/versions']) {
      const { headers } = await rawRequest(server.url, { request: `GET ${path}`, headers: { accept: type } })
      expect(headers['content-type']).toBe(type)
    }
})

test('a verb that is not there is told which are', async () => {
  const { headers } = await rawRequest(server.url, { request: 'PATCH /subjects/a' })
  expect(headers['allow']).toBe('POST,DELETE')
})

test('an answer of many subjects comes whole', async () => {
  await Promise.all(
    Array.from({ length: 500 }, (_, nth) =>
      rawRequest(server.url, { request: `POST /subjects/many-${nth}/versions`, body: { schema: '"long"' } }),
    ),
  )
  const { text } = await rawRequest(server.url, { request: 'GET /subjects?subjectPrefix=many-' })
  expect(JSON.parse(text)).toHaveLength(500)
  const uses = await rawRequest(server.url, { request: 'GET /schemas/ids/2/subjects' })
  expect(JSON.parse(uses.text)).toHaveLength(500)
})
