import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text as textOf } from 'node:stream/consumers'
import { afterEach, describe, expect, test } from 'vitest'
import { HttpConnection, readAnswer } from '../../../src/commands/bench/load/http-connection.ts'
import { getRequest, HttpLoad, postRequest } from '../../../src/commands/bench/load/http-load.ts'

const never = new AbortController().signal

let server: Server | undefined
afterEach(() => server?.close().closeAllConnections())

/** Answers `METHOD path body`, with status 409 where the path says so. Keeps what was asked. */
async function echo(): Promise<{ address: { host: string; port: number }; asked: string[]; connectionCount: () => number }> {
  const asked: string[] = []
  let connections = 0
  const respond = (request: IncomingMessage, response: ServerResponse, body: string): void => {
    const text = `${request.method} ${request.url} ${body}`
    asked.push(text)
    response.statusCode = request.url === '/refused' ? 409 : 200
    response.setHeader('content-length', Buffer.byteLength(text)).end(text)
  }
  server = createServer((request, response) => void textOf(request).then((body) => respond(request, response, body)))
  server.on('connection', () => connections++)
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return { address: { host: '127.0.0.1', port }, asked, connectionCount: () => connections }
}

describe('an answer ends where its head says, however it arrives', () => {
  const whole = Buffer.from('HTTP/1.1 404 Not Found\r\nX-Id: content-length\r\nContent-Length: 3\r\n\r\nnöHTTP/1.1 200 OK\r\n')

  test('every prefix that is too short waits for more', () => {
    const end = whole.indexOf('HTTP/1.1 200')
    for (let length = 0; length < end; length++) expect(readAnswer(whole.subarray(0, length)), `${length} bytes`).toBeUndefined()
    const answer = readAnswer(whole)
    expect({ ...answer, body: answer?.body.toString() }).toEqual({ status: 404, body: 'nö', byteLength: end })
  })

  test('one without a length is refused', () => {
    expect(() => readAnswer(Buffer.from('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n'))).toThrow(/without a length/)
  })
})

test('requests go out in turn until all are answered, over connections that are kept', async () => {
  const { address, asked, connectionCount } = await echo()
  const load = await HttpLoad.connect(address, never)
  await load.send([getRequest('/a'), postRequest('/b', '{"ü":1}')], 101)
  load.close()
  expect(asked.filter((text) => text === 'GET /a ')).toHaveLength(51)
  expect(asked.filter((text) => text === 'POST /b {"ü":1}')).toHaveLength(50)
  expect(connectionCount()).toBe(16)
})

test('an answer that is no success ends the run and says what the server said', async () => {
  const { address } = await echo()
  const load = await HttpLoad.connect(address, never)
  await expect(load.send([getRequest('/a'), getRequest('/refused')], 10)).rejects.toThrow('the server answers 409: GET /refused')
  load.close()
})

test('a server that goes away fails what waits for it', async () => {
  const { address } = await echo()
  const connection = await HttpConnection.open(address, never)
  server?.removeAllListeners('request').on('request', ({ socket }) => socket.destroy())
  await expect(connection.ask(getRequest('/a'))).rejects.toThrow(/is lost: closed by the server/)
  await expect(connection.ask(getRequest('/a'))).rejects.toThrow(/is lost/)
})
