import { expect, test } from 'vitest'
import { encodeRequest } from '../../src/protocol/exchange.ts'
import { apiVersions } from '../../src/protocol/messages/api-versions.ts'
import { fetch as fetchApi } from '../../src/protocol/messages/fetch.ts'
import { buildBatch } from '../../src/protocol/records/build-batch.ts'
import { uuidZero } from '../../src/protocol/types.ts'
import { WireClient } from '../support/wire-client.ts'
import { allowLargeBatches, hostileServer, MiB } from './hostile/hostile-server.ts'
import { openSocket } from './hostile/raw-socket.ts'

/** Many connections, and those that take their time. */
const server = hostileServer()

const noSoftware = { clientSoftwareName: '', clientSoftwareVersion: '' }

test('a thousand idle ones', async () => {
  const sockets = await Promise.all(Array.from({ length: 1000 }, () => openSocket(server.kafka)))
  await server.neighbour.expectUndisturbed()
  for (const socket of sockets) socket.destroy()
})

test('two hundred that send a frame byte by byte', async () => {
  const frame = Buffer.concat(encodeRequest(apiVersions, 0, { correlationId: 7, clientId: 'slow' }, noSoftware))
  const sockets = await Promise.all(Array.from({ length: 200 }, () => openSocket(server.kafka)))
  const answers = sockets.map((socket) => new Promise<Buffer>((resolve) => socket.once('data', resolve)))
  for (const byte of frame) {
    for (const socket of sockets) socket.write(Buffer.of(byte))
    await server.neighbour.expectUndisturbed()
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
  await server.neighbour.expectUndisturbed()
  await server.neighbour.expectUndisturbed()
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
  await server.neighbour.expectUndisturbed()
  await server.neighbour.expectUndisturbed()
  for (const socket of sockets) socket.destroy()
})
