import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { handlers } from '../../src/broker/router.ts'
import { encodeRequest } from '../../src/protocol/exchange.ts'
import { apiVersions } from '../../src/protocol/messages/api-versions.ts'
import { fetch as fetchApi } from '../../src/protocol/messages/fetch.ts'
import { incrementalAlterConfigs } from '../../src/protocol/messages/incremental-alter-configs.ts'
import { batchField, computedCrc } from '../../src/protocol/records/batch.ts'
import { buildBatch } from '../../src/protocol/records/build-batch.ts'
import { compressionTypes } from '../../src/protocol/records/compression.ts'
import { uuidZero } from '../../src/protocol/types.ts'
import { bombs } from '../lanes/bombs.ts'
import { arbitraryMessage } from '../protocol/arbitrary-message.ts'
import { flushTable, registerSchema } from '../support/registry-client.ts'
import { ServerProcess } from '../support/server-process.ts'
import { WireClient } from '../support/wire-client.ts'
import { Neighbour } from './hostile/neighbour.ts'
import { answerTo, framed, inParallel, openSocket } from './hostile/raw-socket.ts'

/**
 * Whatever is sent to it costs its sender a clear error or the connection; the process lives, its memory stays below a
 * bound, and a client that behaves notices nothing: it produces and fetches beside all of this.
 */
const MiB = 1024 * 1024
/** 64 MiB each of requests, answers and rows, one batch of 256 MiB being inflated and walked, and what such a server takes anyway. */
const residentBytesMax = 1280 * MiB
let dataDir: string
let server: ServerProcess
let neighbour: Neighbour

beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'headgate-test-'))
  const flags = ['--request-memory-bytes', String(64 * MiB), '--buffer-memory-bytes', String(64 * MiB), '--lanes', '1']
  server = await ServerProcess.start({ dataDir, flags })
  const schema = JSON.stringify({ type: 'object', properties: { round: { type: 'integer' } }, required: ['round'] })
  await registerSchema(server.http, 'calm-value', { schemaType: 'JSON', schema })
  neighbour = await Neighbour.start(server.kafka, 'calm')
})

beforeEach(() => writeFileSync(`/proc/${server.pid}/clear_refs`, RESET_PEAK))

afterEach(async () => {
  await neighbour.expectUndisturbed()
  expect(peakResidentBytes()).toBeLessThan(residentBytesMax)
})

/** What makes the kernel count the peak from now on. */
const RESET_PEAK = '5'

afterAll(async () => {
  await neighbour.stop()
  await flushTable(server.http, 'calm')
  expect(await server.stop()).toBe(0)
  rmSync(dataDir, { recursive: true, force: true })
})

function peakResidentBytes(): number {
  const [, kibibytes] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${server.pid}/status`, 'utf8')) ?? []
  return Number(kibibytes) * 1024
}

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
    await neighbour.expectUndisturbed()
    for (const socket of sockets) socket.destroy()
  })

  test('that are sent almost whole and never ended, by many, are not all kept', async () => {
    const almost = Buffer.alloc(60 * MiB)
    almost.writeInt32BE(almost.byteLength)
    const sockets = await Promise.all(Array.from({ length: 20 }, () => openSocket(server.kafka)))
    const ended = sockets.map((socket) => new Promise<void>((resolve) => socket.once('close', () => resolve())))
    for (const socket of sockets) socket.write(almost)
    await neighbour.expectUndisturbed()
    // Nobody has room for them all: some are told to go while others wait.
    await Promise.any(ended)
    await neighbour.expectUndisturbed()
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

describe('zip bombs', () => {
  for (const [codec, bomb] of Object.entries(bombs))
    test(`in ${codec}, again and again, are refused`, async () => {
      const client = await WireClient.connect(server.kafka)
      await client.topic('bombs')
      const batch = batchWithRecords(bomb(), compressionTypes.indexOf(codec as 'gzip'))
      const answers = await Promise.all(Array.from({ length: 8 }, () => client.produce('bombs', batch)))
      for (const { errorCode, errorMessage } of answers) {
        expect([2, 10, 87]).toContain(errorCode)
        expect(errorMessage).toMatch(/\w/)
      }
      client.close()
    })
})

/** A batch whose header is right and whose records are these bytes. */
function batchWithRecords(records: Uint8Array, codec: number): Buffer {
  const header = buildBatch({ records: [{ timestampMs: 5n, value: Buffer.from('v') }] }).subarray(0, 61)
  const batch = Buffer.concat([header, records])
  batch.writeInt32BE(batch.byteLength - 12, batchField.batchLength)
  batch.writeInt16BE(codec, batchField.attributes)
  batch.writeUInt32BE(computedCrc(batch), batchField.crc)
  return batch
}

describe('values', () => {
  let client: WireClient

  beforeAll(async () => {
    client = await WireClient.connect(server.kafka)
  })

  afterAll(() => client.close())

  const avro = {
    type: 'record',
    name: 'R',
    fields: [
      { name: 'items', type: { type: 'array', items: 'long' } },
      { name: 'nothings', type: { type: 'array', items: 'null' } },
    ],
  }
  const zigzag = (value: bigint): number[] => {
    const bytes = []
    let rest = value * 2n
    for (; rest > 127n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128)
    return [...bytes, Number(rest)]
  }

  async function refusal(topic: string, value: Uint8Array): Promise<string | null | undefined> {
    const { errorCode, errorMessage, recordErrors } = await client.produce(topic, buildBatch({ records: [{ timestampMs: 5n, value }] }))
    expect([errorCode, recordErrors.length], errorMessage ?? '').toEqual([87, 1])
    return recordErrors[0]?.batchIndexErrorMessage
  }

  for (const [what, payload] of [
    ['longs', [...zigzag(2n ** 40n), 2, 2]],
    ['nulls, which take no bytes', [0, ...zigzag(2n ** 40n), 0]],
  ] as const)
    test(`an Avro array that declares 2^40 ${what} is refused`, async () => {
      const schemaId = await registerSchema(server.http, 'arrays-value', { schema: JSON.stringify(avro) })
      await client.topic('arrays')
      const prefix = Buffer.alloc(5)
      prefix.writeInt32BE(schemaId, 1)
      expect(await refusal('arrays', Buffer.concat([prefix, Buffer.from(payload)]))).toMatch(/^record 0: \$\./)
    })

  for (const [what, text] of [
    ['arrays', '['.repeat(1_000_000)],
    ['closed arrays', `${'['.repeat(1_000_000)}${']'.repeat(1_000_000)}`],
    ['objects', '{"a":'.repeat(1_000_000)],
  ] as const)
    test(`JSON of ${what} nested a million deep is refused`, async () => {
      await registerSchema(server.http, 'deep-value', { schemaType: 'JSON', schema: '{"type":"object","properties":{"a":{}}}' })
      await client.topic('deep')
      await allowLargeBatches(client, 'deep')
      expect(await refusal('deep', Buffer.from(text))).toMatch(/^record 0: /)
      expect(await refusal('deep', Buffer.from(`{"a":${text}}`))).toMatch(/^record 0: /)
    })

  test('a pattern that backtracks for ever elsewhere is judged in no time', async () => {
    const schema = {
      type: 'object',
      properties: { a: { type: 'string', pattern: '^(a+)+$' }, b: { type: 'string', pattern: '^([a-zA-Z]+)*$' } },
    }
    await registerSchema(server.http, 'patterns-value', { schemaType: 'JSON', schema: JSON.stringify(schema) })
    await client.topic('patterns')
    for (const member of ['a', 'b'])
      expect(await refusal('patterns', Buffer.from(JSON.stringify({ [member]: `${'a'.repeat(100_000)}!` })))).toContain(
        'does not match the pattern',
      )
  })
})

describe('HTTP', () => {
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
    await neighbour.expectUndisturbed()
    for (const socket of sockets) socket.destroy()
  })

  test('nonsense is answered with 400 or closed', async () => {
    for (const bytes of ['\0\0\0\0\r\n\r\n', 'GET\r\n\r\n', `GET /${'a'.repeat(100_000)} HTTP/1.1\r\n\r\n`, 'GET / HTTP/9.9\r\n\r\n']) {
      const answer = await answerTo(server.http, Buffer.from(bytes))
      expect(answer === 'closed' || /^HTTP\/1\.1 4\d\d /.test(answer.toString())).toBe(true)
    }
  })
})

describe('many connections', () => {
  const noSoftware = { clientSoftwareName: '', clientSoftwareVersion: '' }

  test('a thousand idle ones', async () => {
    const sockets = await Promise.all(Array.from({ length: 1000 }, () => openSocket(server.kafka)))
    await neighbour.expectUndisturbed()
    for (const socket of sockets) socket.destroy()
  })

  test('two hundred that send a frame byte by byte', async () => {
    const frame = Buffer.concat(encodeRequest(apiVersions, 0, { correlationId: 7, clientId: 'slow' }, noSoftware))
    const sockets = await Promise.all(Array.from({ length: 200 }, () => openSocket(server.kafka)))
    const answers = sockets.map((socket) => new Promise<Buffer>((resolve) => socket.once('data', resolve)))
    for (const byte of frame) {
      for (const socket of sockets) socket.write(Buffer.of(byte))
      await neighbour.expectUndisturbed()
    }
    // Slow is not wrong: each gets its answer.
    for (const answer of await Promise.all(answers)) expect(answer.readInt32BE(4)).toBe(7)
    for (const socket of sockets) socket.destroy()
  })

  test('a million tiny requests in a row from one that reads no answer', async () => {
    const socket = await openSocket(server.kafka)
    socket.pause()
    const frame = Buffer.concat(encodeRequest(apiVersions, 0, { correlationId: 7, clientId: null }, noSoftware))
    const thousand = Buffer.concat(Array.from({ length: 1000 }, () => frame))
    for (let sent = 0; sent < 1000; sent++) socket.write(thousand)
    await neighbour.expectUndisturbed()
    await neighbour.expectUndisturbed()
    socket.destroy()
  })

  test('that ask for much and read none of it', async () => {
    const client = await WireClient.connect(server.kafka)
    await client.topic('much')
    await allowLargeBatches(client, 'much')
    const value = Buffer.alloc(16 * MiB, 'x')
    for (let count = 0; count < 3; count++)
      expect((await client.produce('much', buildBatch({ records: [{ timestampMs: 5n, value }] }))).errorCode).toBe(0)
    client.close()
    const asked = { topic: 'much', topicId: uuidZero, partitions: [{ partition: 0, fetchOffset: 0n, partitionMaxBytes: 64 * MiB }] }
    const request = { maxWaitMs: 0, minBytes: 1, maxBytes: 64 * MiB, topics: [asked], forgottenTopicsData: [] }
    const frame = Buffer.concat(encodeRequest(fetchApi, 11, { correlationId: 7, clientId: null }, request))
    const sockets = await Promise.all(Array.from({ length: 40 }, () => openSocket(server.kafka)))
    for (const socket of sockets) {
      socket.pause()
      socket.write(frame)
    }
    await neighbour.expectUndisturbed()
    await neighbour.expectUndisturbed()
    for (const socket of sockets) socket.destroy()
  })
})

async function allowLargeBatches(client: WireClient, topic: string): Promise<void> {
  const configs = [{ name: 'max.message.bytes', configOperation: 0, value: String(32 * MiB) }]
  await client.call(incrementalAlterConfigs, 1, { resources: [{ resourceType: 2, resourceName: topic, configs }], validateOnly: false })
}
