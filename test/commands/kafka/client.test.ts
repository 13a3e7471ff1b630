import { createServer, type AddressInfo, type Server } from 'node:net'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { startForCommands, type CommandServer } from '../command-server.ts'
import { startLossyProxy, type LossyProxy } from './lossy-proxy.ts'

const PRODUCE = 0
const FETCH = 1
const INIT_PRODUCER_ID = 22

let server: CommandServer
let proxy: LossyProxy
beforeAll(async () => {
  server = await startForCommands()
})
afterAll(() => server.close())
beforeEach(async () => {
  proxy = await startLossyProxy(server.kafka)
})
afterEach(() => proxy.close())

describe('when the answer to a request is lost', () => {
  test('produce sends the batch again, and it is stored once', async () => {
    await server.succeed(['topic', 'create', 'once'])
    proxy.loseAnswerTo(PRODUCE)
    const report = await server.succeed(['produce', 'once', '--kafka', proxy.address], { stdin: 'a\nb\nc\n' })
    expect(report).toBe('3 records stored in once, offsets 0 to 2\n')
    expect(proxy.connectionCount).toBe(2)
    expect(await server.succeed(['consume', 'once'])).toBe('a\nb\nc\n')
  })

  test('produce gets a producer id on a new connection', async () => {
    await server.succeed(['topic', 'create', 'id'])
    proxy.loseAnswerTo(INIT_PRODUCER_ID)
    expect(await server.succeed(['produce', 'id', '--kafka', proxy.address], { stdin: 'a\n' })).toBe(
      '1 record stored in id, offsets 0 to 0\n',
    )
  })

  test('produce with acks=1 does not send again, says so and ends with exit code 6', async () => {
    await server.succeed(['topic', 'create', 'unsure'])
    proxy.loseAnswerTo(PRODUCE)
    const { code, stderr } = await server.run(['produce', 'unsure', '--acks', '1', '--kafka', proxy.address], { stdin: 'a\n' })
    expect({ code, stderr }).toEqual({ code: 6, stderr: `headgate: the connection to ${proxy.address} was lost: closed by the server\n` })
  })

  test('consume goes on where it was', async () => {
    await server.succeed(['produce', 'read-on'], { stdin: 'a\nb\n' })
    proxy.loseAnswerTo(FETCH)
    expect(await server.succeed(['consume', 'read-on', '--kafka', proxy.address])).toBe('a\nb\n')
    expect(proxy.connectionCount).toBe(2)
  })
})

describe('what answers on the Kafka port but is no Kafka server', () => {
  let other: Server
  afterEach(() => {
    other.close()
  })

  const listen = async (answer: string | Uint8Array): Promise<string> => {
    other = createServer((socket) => {
      socket.on('error', () => undefined)
      socket.once('data', () => socket.end(answer))
    })
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
    return `127.0.0.1:${(other.address() as AddressInfo).port}`
  }

  for (const [name, answer, code, reason] of [
    ['HTTP', 'HTTP/1.1 400 Bad Request\r\n\r\n', 6, 'was lost'],
    ['nothing', '', 6, 'was lost'],
    ['a frame of two gigabytes', Buffer.from('7fffffff00000001', 'hex'), 6, 'was lost: a frame of 2147483647 bytes'],
    ['an empty frame', Buffer.from('00000000', 'hex'), 6, 'was lost'],
    ['an error', Buffer.from('0000000a00000001002300000000', 'hex'), 2, 'does not say which versions it speaks'],
    ['no APIs', Buffer.from('0000000a00000001000000000000', 'hex'), 2, 'does not speak a version of Metadata'],
  ] as const)
    test(name, async () => {
      const address = await listen(answer)
      const run = await server.run(['consume', 'topic', '--kafka', address])
      expect({ code: run.code, stdout: run.stdout }).toEqual({ code, stdout: '' })
      expect(run.stderr).toMatch(/^headgate: .+\n$/)
      expect(run.stderr).toContain(reason)
    })
})

describe('what answers on the HTTP port but is no Headgate server', () => {
  for (const [status, body, code, reason] of [
    ['200 OK', 'hello', 2, 'what answers at URL does not speak as a Headgate server'],
    ['404 Not Found', '<html>', 3, 'URL answers with HTTP status 404'],
    ['401 Unauthorized', '{"message": "who are you?"}', 2, 'URL answers with HTTP status 401'],
    ['500 Internal Server Error', '', 1, 'URL answers with HTTP status 500'],
    ['502 Bad Gateway', 'upstream', 6, 'URL answers with HTTP status 502'],
    ['409 Conflict', '{"title": "Conflict", "kind": "fenced", "detail": "another owns this"}', 1, 'another owns this'],
    ['422 Unprocessable', '{"error_code": 42201, "message": "no schema"}', 5, 'no schema'],
    ['500 Internal Server Error', '{"error_code": 50001, "message": "disk"}', 1, 'disk'],
  ] as const)
    test(`${status} ${body}`, async () => {
      const other = createServer((socket) => {
        socket.on('error', () => undefined)
        socket.once('data', () => socket.end(`HTTP/1.1 ${status}\r\ncontent-length: ${body.length}\r\n\r\n${body}`))
      })
      await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
      const url = `http://127.0.0.1:${(other.address() as AddressInfo).port}`
      const { code: exitCode, stderr } = await server.run(['topic', 'list', '--http', url])
      other.close()
      expect({ code: exitCode, stderr }).toEqual({ code, stderr: `headgate: ${reason.replace('URL', url)}\n` })
    })
})
