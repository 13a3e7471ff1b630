import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { handlers } from '../../src/broker/router.ts'
import { encodeRequest } from '../../src/protocol/exchange.ts'
import { arbitraryMessage } from '../protocol/arbitrary-message.ts'
import { hostileServer, MiB } from './hostile/hostile-server.ts'
import { answerTo, framed, inParallel, openSocket } from './hostile/raw-socket.ts'

/** Bytes on the port of Kafka that are no request, or not a whole one. */
const server = hostileServer()

describe('frames', () => {
  for (const { api } of handlers)
    test(`every truncated prefix of ${api.name} closes the connection`, async () => {
      const versions = new Set([api.versions.first, Math.min(api.flexibleFirst, api.versions.last), api.versions.last])
      for (const version of versions) {
        const [body] = fc.sample(arbitraryMessage(api.request as never, version, smallRecords), { numRuns: 1, seed: version })
        const whole = Buffer.concat(encodeRequest(api as never, version, { correlationId: 1, clientId: 'x' }, body as never)).subarray(4)
        const lengths = Array.from({ length: Math.min(whole.byteLength, 400) }, (_, length) => length)
        await inParallel(lengths, 20, async (length) => {
          const what = `${length} of ${whole.byteLength} bytes of v${version}`
          expect(await answerTo(server.kafka, framed(whole.subarray(0, length))), what).toBe('closed')
        })
        // A sender that stops in the middle of a frame and goes.
        await inParallel(lengths.slice(0, 40), 20, async (length) => {
          expect(await answerTo(server.kafka, framed(whole).subarray(0, 4 + length), { isEnded: true })).toBe('closed')
        })
      }
    })

  test('of random bytes behind a proper header are answered or close the connection', async () => {
    const noise = fc.tuple(fc.constantFrom(...handlers), fc.nat(), fc.uint8Array({ maxLength: 300 }))
    await inParallel(fc.sample(noise, { numRuns: 1500, seed: 1 }), 20, async ([{ api }, pick, bytes]) => {
      const header = Buffer.alloc(10)
      header.writeInt16BE(api.key)
      header.writeInt16BE(api.versions.first + (pick % (1 + api.versions.last - api.versions.first)), 2)
      header.writeInt16BE(-1, 8)
      await answerTo(server.kafka, framed(Buffer.concat([header, bytes])))
    })
  })

  test('of random bytes altogether, too', async () => {
    await inParallel(fc.sample(fc.uint8Array({ minLength: 1, maxLength: 300 }), { numRuns: 500, seed: 2 }), 20, async (bytes) => {
      await answerTo(server.kafka, framed(bytes))
    })
  })

  for (const length of [0x7fff_ffff, -1, -0x8000_0000, 100 * MiB + 1])
    test(`of ${length} bytes close the connection before anything is kept for them`, async () => {
      const bytes = Buffer.alloc(16)
      bytes.writeInt32BE(length)
      expect(await answerTo(server.kafka, bytes)).toBe('closed')
    })

  test('of as many bytes as are allowed, announced by many who send little, take no memory', async () => {
    const announcement = Buffer.alloc(100)
    announcement.writeInt32BE(100 * MiB)
    const sockets = await Promise.all(Array.from({ length: 100 }, () => openSocket(server.kafka)))
    for (const socket of sockets) socket.write(announcement)
    await server.neighbour.expectUndisturbed()
    for (const socket of sockets) socket.destroy()
  })

  test('that are sent almost whole and never ended, by many, are not all kept', async () => {
    const almost = Buffer.alloc(60 * MiB)
    almost.writeInt32BE(almost.byteLength)
    const sockets = await Promise.all(Array.from({ length: 20 }, () => openSocket(server.kafka)))
    const ended = sockets.map((socket) => new Promise<void>((resolve) => socket.once('close', () => resolve())))
    for (const socket of sockets) socket.write(almost)
    await server.neighbour.expectUndisturbed()
    // Nobody has room for them all: some are told to go while others wait.
    await Promise.any(ended)
    await server.neighbour.expectUndisturbed()
    for (const socket of sockets) socket.destroy()
  })
})

const smallRecords = { records: fc.constant(new Uint8Array(8)), maxWaitMs: fc.constant(0) }

describe('other protocols on the port of Kafka', () => {
  test('HTTP closes the connection, and the log says what it was', async () => {
    expect(await answerTo(server.kafka, Buffer.from('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n'))).toBe('closed')
    await logged('these bytes begin an HTTP request')
  })

  test('TLS closes the connection, and the log says what it was', async () => {
    const hello = Buffer.concat([Buffer.from('1603010200010001fc0303', 'hex'), Buffer.alloc(500)])
    expect(await answerTo(server.kafka, hello)).toBe('closed')
    await logged('these bytes begin a TLS handshake')
  })
})

/** Its lines come through a pipe of their own. */
async function logged(text: string): Promise<void> {
  while (!server.errorText.includes(text)) await new Promise((resolve) => setTimeout(resolve, 1))
}
