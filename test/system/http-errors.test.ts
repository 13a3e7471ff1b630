import { STATUS_CODES } from 'node:http'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { askJson, type JsonAnswer } from '../support/http-client.ts'
import { startInProcess, type InProcessServer } from '../support/in-process-server.ts'
import { registerSchema } from '../support/registry-client.ts'
import { WireClient } from '../support/wire-client.ts'

/** Errors over HTTP: problem details below /v1, the registry's own shape everywhere else. */
let server: InProcessServer

beforeAll(async () => {
  server = await startInProcess()
  await registerSchema(server.http, 'orders-value', {
    schemaType: 'JSON',
    schema: '{"type":"object","properties":{"id":{"type":"integer"}}}',
  })
  const client = await WireClient.connect(server.kafka)
  await client.topic('orders')
  client.close()
})

afterAll(() => server.close())

const ask = (path: string, request?: Parameters<typeof askJson>[1]): Promise<JsonAnswer> => askJson(`${server.http}${path}`, request)

const KINDS: { readonly [status: number]: string } = { 400: 'invalid-argument', 404: 'not-found', 409: 'already-exists' }

describe('errors', () => {
  for (const [method, path, body, status, detail] of [
    ['GET', '/v1/topics/nowhere', undefined, 404, 'topic nowhere does not exist'],
    ['DELETE', '/v1/topics/nowhere', undefined, 404, 'topic nowhere does not exist'],
    ['GET', '/v1/tables/default/nowhere', undefined, 404, 'table default.nowhere does not exist'],
    ['GET', '/v1/tables/default/nowhere/files', undefined, 404, 'table default.nowhere does not exist'],
    ['POST', '/v1/tables/default/nowhere/flush', undefined, 404, 'table default.nowhere does not exist'],
    ['POST', '/v1/topics', { name: 'orders' }, 409, 'topic orders exists already'],
    ['POST', '/v1/topics', { name: 'no spaces' }, 400, 'topic name "no spaces"'],
    ['POST', '/v1/topics', { name: 'x', partitions: 0 }, 400, 'expected 1 to 10000 partitions'],
    ['POST', '/v1/topics', { name: 'x', partitions: 'many' }, 400, 'partitions: expected a number'],
    ['POST', '/v1/topics', { name: 'x', configs: { 'no.such': '1' } }, 400, 'unknown topic config no.such; known are'],
    ['POST', '/v1/topics', { name: 'x', configs: { 'lake.formats': 'hudi' } }, 400, 'expected one of iceberg'],
    ['POST', '/v1/topics', { name: 'x', replicas: 3 }, 400, 'unknown member replicas'],
    ['POST', '/v1/topics', {}, 400, 'name: expected a string'],
    ['POST', '/v1/topics', [], 400, 'name: expected a string'],
    ['GET', '/v1/nothing', undefined, 404, 'nothing is at /v1/nothing'],
    ['GET', '/v1', undefined, 404, 'nothing is at /v1'],
    ['GET', '/v1?a=/', undefined, 404, 'nothing is at /v1?a=/'],
    ['POST', '/v1/topics', '{', 400, 'JSON'],
  ] as const)
    test(`${method} ${path} ${JSON.stringify(body) ?? ''} is a problem`, async () => {
      const answer = await ask(path, { method, body })
      expect(answer).toMatchObject({ status, type: expect.stringContaining('application/problem+json') })
      expect(answer.body).toEqual({
        type: 'about:blank',
        title: STATUS_CODES[status],
        status,
        detail: expect.stringContaining(detail),
        // Neither a path that is not there nor a body that is no JSON is a failure of ours.
        ...(/^nothing is|^JSON$/.test(detail) ? {} : { kind: KINDS[status] }),
      })
    })

  for (const [method, path, body, status, errorCode] of [
    ['GET', '/subjects/nowhere/versions', undefined, 404, 40_401],
    ['GET', '/subjects/orders-value/versions/9', undefined, 404, 40_402],
    ['GET', '/subjects/orders-value/versions/zero', undefined, 422, 42_202],
    ['GET', '/schemas/ids/424242', undefined, 404, 40_403],
    ['POST', '/subjects/a-value/versions', { schema: '{' }, 422, 42_201],
    ['POST', '/subjects/orders-value', { schema: '"string"' }, 404, 40_403],
    ['PUT', '/config', { compatibility: 'SOMETIMES' }, 422, 42_203],
    ['GET', '/nothing', undefined, 404, 404],
  ] as const)
    test(`${method} ${path} is an error of the registry`, async () => {
      const answer = await ask(path, { method, body })
      expect(answer.status).toBe(status)
      expect(answer.body).toEqual({ error_code: errorCode, message: expect.any(String) })
    })
})

describe('the registry', () => {
  test('registers, looks up and lists', async () => {
    const schema = JSON.stringify({ type: 'record', name: 'R', fields: [{ name: 'a', type: 'long' }] })
    const id = await registerSchema(server.http, 'listed-value', { schema })
    expect(await registerSchema(server.http, 'listed-value', { schema }), 'the same schema has the same id').toBe(id)
    expect((await ask('/subjects')).body).toContain('listed-value')
    expect((await ask('/subjects/listed-value/versions')).body).toEqual([1])
    expect((await ask('/subjects/listed-value/versions/latest')).body).toMatchObject({ subject: 'listed-value', version: 1, id })
    expect((await ask(`/schemas/ids/${id}`)).body).toMatchObject({ schema: expect.stringContaining('"long"') })
    expect((await ask('/subjects/listed-value', { method: 'POST', body: { schema } })).body).toMatchObject({
      subject: 'listed-value',
      version: 1,
      id,
    })
  })

  test('keeps levels of compatibility', async () => {
    expect((await ask('/config')).body).toMatchObject({ compatibilityLevel: 'BACKWARD' })
    expect((await ask('/config/orders-value', { method: 'PUT', body: { compatibility: 'FULL' } })).body).toMatchObject({
      compatibility: 'FULL',
    })
    expect((await ask('/config/orders-value')).body).toMatchObject({ compatibilityLevel: 'FULL' })
    expect((await ask('/config')).body).toMatchObject({ compatibilityLevel: 'BACKWARD' })
  })
})
