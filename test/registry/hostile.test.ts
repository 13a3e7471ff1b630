import { connect } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { limits } from '../../src/shared/limits.ts'
import { rawRequest } from './raw-request.ts'
import { startRegistry, type RegistryServer } from './registry-server.ts'

/** Input that is made to hurt: each is answered, in bounded time and memory, and the next client notices nothing. */
let server: RegistryServer

beforeAll(async () => {
  server = await startRegistry()
})

afterAll(() => server.close())

interface Refusal {
  readonly error_code?: number
  readonly message?: string
}

const tooLarge = (bytesMax: number): Refusal & { status: number } => ({
  status: 422,
  error_code: 42_209,
  message: `Schema is too large; at most ${bytesMax} bytes are taken`,
})

async function post(subject: string, body: unknown): Promise<Refusal & { status: number; id?: number }> {
  const { status, text } = await rawRequest(server.url, { request: `POST /subjects/${subject}/versions`, body })
  return { status, ...(JSON.parse(text) as Refusal) }
}

const nested = (open: string, inner: string, close: string, depth: number): string => open.repeat(depth) + inner + close.repeat(depth)

const records = (count: number): string =>
  JSON.stringify(Array.from({ length: count }, (_, nth) => ({ type: 'record', name: `R${nth}`, fields: [] })))

const oneofs = (count: number): string =>
  `syntax = "proto3"; message M { ${Array.from({ length: count }, (_, nth) => `oneof o${nth} { int32 f${nth} = ${nth < 18_999 ? nth + 1 : nth + 1001}; }`).join(' ')} }`

describe('schemas', () => {
  for (const [what, schemaType, schema, errorCode] of [
    ['Avro nested 10,000 deep', 'AVRO', nested('{"type":"array","items":', '"int"', '}', 10_000), 42_201],
    ['JSON nested 10,000 deep', 'JSON', nested('{"items":', '{}', '}', 10_000), 42_201],
    ['JSON arrays nested 100,000 deep', 'JSON', nested('[', '', ']', 100_000), 42_201],
    ['Protobuf messages nested 10,000 deep', 'PROTOBUF', `syntax="proto3"; ${nested('message M {', '', '}', 10_000)}`, 42_201],
    ['a union of 10,000 records', 'AVRO', records(10_000), undefined],
    ['1 MB of oneof', 'PROTOBUF', oneofs(20_000), undefined],
    ['a pattern that backtracks', 'JSON', '{"pattern":"^(a+)+$"}', undefined],
    ['a $ref to itself', 'JSON', '{"$ref":"#"}', undefined],
    ['half a character', 'JSON', '{"title":"\\ud800"}', undefined],
    ['a name of a megabyte', 'AVRO', `{"type":"fixed","size":1,"name":"${'n'.repeat(1 << 20)}"}`, undefined],
  ] as const)
    test(what, async () => {
      const answer = await post(`s${errorCode ?? ''}`, { schemaType, schema })
      if (errorCode === undefined) expect([200, 409, 422]).toContain(answer.status)
      else expect(answer).toMatchObject({ status: 422, error_code: errorCode })
      expect((await post('after', { schema: '"int"' })).status).toBe(200)
    })

  test('one after the other in a subject are compared within bounds', async () => {
    for (const count of [3_000, 3_001]) expect([200, 409, 422]).toContain((await post('compared', { schema: records(count) })).status)
  })
})

describe('bodies', () => {
  test('of 16 MB are too large, and so are those just above the bound', async () => {
    const expected = tooLarge(limits.registryBodyBytesMax)
    expect(await post('large', { schema: 'x'.repeat(16_000_000) })).toEqual(expected)
    expect(await post('large', { schema: 'x'.repeat(limits.registryBodyBytesMax) })).toEqual(expected)
  })

  test('with a schema that would take long to read are too large, also when only its canonical text is', async () => {
    const expected = tooLarge(limits.schemaTextBytesMax)
    expect(await post('large', { schema: `"int"${' '.repeat(limits.schemaTextBytesMax)}` })).toEqual(expected)
    const fields = Array.from({ length: 18_000 }, (_, nth) => `M f${nth}=${nth + 1};`).join('')
    const indented = `syntax="proto3";${nested('message M{', fields, '}', 60)}`
    expect(await post('large', { schemaType: 'PROTOBUF', schema: indented })).toEqual(expected)
  })

  for (const [what, body, status] of [
    ['nested 100,000 deep where nobody looks', `{"schema":"\\"int\\"","x":${nested('[', '', ']', 100_000)}}`, 200],
    ['with members of objects', '{"schema":"\\"int\\"","__proto__":{"schemaType":"JSON"},"constructor":1}', 200],
    ['with such properties', '{"schema":"\\"int\\"","metadata":{"properties":{"__proto__":"a","constructor":"b"}}}', 200],
    ['of one quote', '"', 400],
    ['of zero bytes', '\0\0\0\0', 400],
    ['of a number', '1e999', 400],
    [
      'with 10,000 references to one thing',
      JSON.stringify({ schema: '"int"', references: Array.from({ length: 10_000 }, () => ({ name: 'n', subject: 'after', version: 1 })) }),
      422,
    ],
    [
      'with 10,000 rules that are none',
      JSON.stringify({ schema: '"int"', ruleSet: { domainRules: Array.from({ length: 10_000 }, () => ({})) } }),
      422,
    ],
  ] as const)
    test(what, async () => expect((await post('bodies', body)).status).toBe(status))

  test('metadata keep names that objects have by themselves', async () => {
    const { text } = await rawRequest(server.url, { request: 'GET /subjects/bodies/versions/latest' })
    expect(text).toContain('"metadata":{"properties":{"__proto__":"a","constructor":"b"}}')
  })
})

describe('paths', () => {
  for (const [path, status] of [
    [`/subjects/${'x'.repeat(limits.httpParameterLengthMax + 1)}/versions`, 414],
    ['/subjects/%00/versions', 404],
    ['/subjects/..%2f..%2fetc/versions', 404],
    ['/subjects/%F0%28%8C%28/versions', 400],
    ['/subjects?limit=1&limit=2&offset[]=x', 200],
    ['/subjects?limit=99999999999', 404],
    ['/schemas/ids/0', 404],
    ['/schemas/ids/-1', 404],
    ['/schemas/ids/1e3', 404],
    ['/contexts/..%2f/subjects', 200],
  ] as const)
    test(path.slice(0, 60), async () => {
      const answer = await rawRequest(server.url, { request: `GET ${path}` })
      expect(answer.status).toBe(status)
      if (status !== 200) expect(JSON.parse(answer.text)).toMatchObject({ message: expect.any(String) })
    })
})

test('a client that says more than it sends costs nobody else anything', async () => {
  const { hostname, port } = new URL(server.url)
  const socket = connect(Number(port), hostname)
  socket.on('error', () => undefined)
  socket.write(
    'POST /subjects/slow/versions HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{"schema":',
  )
  expect((await post('after', { schema: '"int"' })).status).toBe(200)
  socket.destroy()
  const { text } = await rawRequest(server.url, { request: 'GET /subjects?subjectPrefix=slow' })
  expect(text).toBe('[]')
})
