import { expect, test } from 'vitest'
import { hostileServer, MiB } from './hostile/hostile-server.ts'
import { answerTo, openSocket } from './hostile/raw-socket.ts'

/** Requests over HTTP that are too large, too slow or none. */
const server = hostileServer()

const post = (path: string, body: string | Buffer<ArrayBuffer>): Promise<Response> =>
  fetch(`${server.http}${path}`, { method: 'POST', headers: { 'content-type': 'application/json' }, body })

for (const path of ['/subjects/large-value/versions', '/v1/topics'])
  test(`bodies that are too large are refused at ${path}, before they are all there`, async () => {
    const headers = `POST ${path} HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n`
    for (const announced of [
      `Content-Length: ${17 * MiB + 1}\r\n\r\n`,
      `Transfer-Encoding: chunked\r\n\r\n${(17 * MiB + 1).toString(16)}\r\n`,
    ]) {
      const body = announced.startsWith('Content') ? Buffer.alloc(0) : Buffer.alloc(17 * MiB + 1, 32)
      const answer = await answerTo(server.http, Buffer.concat([Buffer.from(headers + announced), body]))
      expect(answer.toString()).toMatch(/^HTTP\/1\.1 4(13|22) [^]*too large/i)
    }
  })

test('large bodies are read and refused for what they are, several at once', async () => {
  const texts = [`{"schema":"${'x'.repeat(7 * MiB)}"}`, '['.repeat(7 * MiB), JSON.stringify({ schema: '['.repeat(7 * MiB) })]
  const statuses = await Promise.all(texts.map(async (text) => (await post('/subjects/large-value/versions', text)).status))
  expect(statuses).toEqual([422, 400, 422])
})

test('bodies that are sent almost whole and never ended, by many, are not all kept', async () => {
  const sockets = await Promise.all(Array.from({ length: 150 }, () => openSocket(server.http)))
  const ended = sockets.map((socket) => new Promise<void>((resolve) => socket.once('close', () => resolve())))
  const almost = Buffer.concat([
    Buffer.from(`POST /v1/topics HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: ${8 * MiB}\r\n\r\n`),
    Buffer.alloc(7 * MiB, 32),
  ])
  for (const socket of sockets) socket.write(almost)
  expect((await fetch(`${server.http}/healthz`)).status).toBe(200)
  await Promise.any(ended)
  // Who behaves gets his turn.
  expect((await post('/v1/topics', '{"name":"among-others"}')).status).toBe(201)
  for (const socket of sockets) socket.destroy()
})

test('requests that trickle in hold up nobody', async () => {
  const sockets = await Promise.all(Array.from({ length: 200 }, () => openSocket(server.http)))
  for (const [index, socket] of sockets.entries())
    socket.write(
      index % 2 === 0 ? 'POST /subjects/a/versions HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\n{' : 'GET / HTTP/1.1\r\nX: ',
    )
  expect((await fetch(`${server.http}/healthz`)).status).toBe(200)
  await server.neighbour.expectUndisturbed()
  for (const socket of sockets) socket.destroy()
})

test('nonsense is answered with 400 or closed', async () => {
  for (const bytes of ['\0\0\0\0\r\n\r\n', 'GET\r\n\r\n', `GET /${'a'.repeat(100_000)} HTTP/1.1\r\n\r\n`, 'GET / HTTP/9.9\r\n\r\n']) {
    const answer = await answerTo(server.http, Buffer.from(bytes))
    expect(answer === 'closed' || /^HTTP\/1\.1 4\d\d /.test(answer.toString())).toBe(true)
  }
})
