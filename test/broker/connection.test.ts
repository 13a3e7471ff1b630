import { connect, type Socket } from 'node:net'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { decodeResponse, encodeRequest } from '../../src/protocol/exchange.ts'
import { apiVersions } from '../../src/protocol/messages/api-versions.ts'
import { fetch } from '../../src/protocol/messages/fetch.ts'
import { metadata } from '../../src/protocol/messages/metadata.ts'
import { produce } from '../../src/protocol/messages/produce.ts'
import { buildBatch } from '../../src/protocol/records/build-batch.ts'
import { uuidZero } from '../../src/protocol/types.ts'
import { utf8Bytes } from '../../src/shared/bytes.ts'
import { systemClock } from '../../src/shared/clock.ts'
import { produceRequest, readPartition, type WireClient } from '../support/wire-client.ts'
import { breaks, steeredLane, type Steering } from './support/steered-lane.ts'
import { TestListener } from './support/test-listener.ts'

let server: TestListener
let client: WireClient
let steerings: Steering[]

beforeEach(async () => {
  steerings = []
  server = await TestListener.start({ lane: steeredLane(steerings), clock: systemClock })
  await server.broker.topic('orders')
  client = await server.connect()
})

afterEach(() => server.close())

const batch = (value: string): Uint8Array => buildBatch({ records: [{ timestampMs: 5n, value: utf8Bytes(value) }] })
const stored = async (): Promise<string[]> =>
  (await readPartition(server.address, 'orders', 0)).map(({ value }) => Buffer.from(value ?? '').toString())
const askedTopic = { topics: [{ name: 'orders', topicId: uuidZero }] }
const software = { clientSoftwareName: 'test', clientSoftwareVersion: '1' }

/** A judgement that waits until the test lets it go on. */
function gate(): { steering: Steering; open: () => void; reached: Promise<void> } {
  const reached = Promise.withResolvers<void>()
  const opened = Promise.withResolvers<void>()
  const steering: Steering = () => {
    reached.resolve()
    return opened.promise
  }
  return { steering, open: () => opened.resolve(), reached: reached.promise }
}

function noting<T>(order: string[], name: string, answer: Promise<T>): Promise<T> {
  void answer.then(
    () => order.push(name),
    () => order.push(`${name} failed`),
  )
  return answer
}

describe('responses come in the order of the requests', () => {
  test('whichever of them are ready first', async () => {
    const slow = gate()
    steerings.push(slow.steering)
    const order: string[] = []
    const answers = [
      noting(order, 'produce 1', client.call(produce, 9, produceRequest('orders', batch('first')))),
      noting(order, 'produce 2', client.call(produce, 9, produceRequest('orders', batch('second')))),
      noting(order, 'metadata', client.call(metadata, 9, askedTopic)),
      noting(order, 'produce to nobody', client.call(produce, 9, produceRequest('nobody', batch('third')))),
      noting(order, 'versions', client.call(apiVersions, 3, software)),
    ]
    await slow.reached
    await (await server.connect()).call(metadata, 9, askedTopic)
    expect(order, 'and nobody else waits').toEqual([])
    slow.open()
    await Promise.all(answers)
    expect(order).toEqual(['produce 1', 'produce 2', 'metadata', 'produce to nobody', 'versions'])
  })

  test('and batches are stored in it, though a later one is judged first', async () => {
    const slow = gate()
    const second = gate()
    steerings.push(slow.steering, second.steering)
    const produced = ['first', 'second'].map((value) => client.produce('orders', batch(value)))
    await Promise.all([slow.reached, second.reached])
    second.open()
    await (await server.connect()).call(metadata, 9, askedTopic)
    slow.open()
    expect((await Promise.all(produced)).map(({ baseOffset }) => baseOffset)).toEqual([0n, 1n])
    expect(await stored()).toEqual(['first', 'second'])
  })

  test('a request that is not pipelined sees what was stored before it', async () => {
    const slow = gate()
    steerings.push(slow.steering)
    const produced = client.produce('orders', batch('first'))
    const fetched = client.call(fetch, 11, {
      maxWaitMs: 0,
      minBytes: 1,
      maxBytes: 1_000,
      topics: [{ topic: 'orders', topicId: uuidZero, partitions: [{ partition: 0, fetchOffset: 0n, partitionMaxBytes: 1_000 }] }],
      forgottenTopicsData: [],
    })
    await slow.reached
    slow.open()
    await produced
    expect((await fetched).responses[0]?.partitions[0]).toMatchObject({ errorCode: 0, highWatermark: 1n })
  })

  test('acks=0 leaves no gap in it', async () => {
    client.sendRaw(
      ...encodeRequest(produce, 9, { correlationId: 900, clientId: null }, produceRequest('orders', batch('first'), { acks: 0 })),
    )
    expect(await client.produce('orders', batch('second'))).toMatchObject({ errorCode: 0, baseOffset: 1n })
  })

  test('a hundred requests in one chunk, and one request byte by byte, are all answered', async () => {
    const answers = await Promise.all(Array.from({ length: 100 }, () => client.produce('orders', batch('x'))))
    expect(answers.map(({ baseOffset }) => baseOffset)).toEqual(answers.map((_, index) => BigInt(index)))
    const frame = Buffer.concat(encodeRequest(apiVersions, 3, { correlationId: 5, clientId: null }, software))
    const answer = client.nextFrame()
    for (const byte of frame) {
      client.sendRaw(Uint8Array.of(byte))
      await new Promise((resolve) => setImmediate(resolve))
    }
    expect(decodeResponse(apiVersions, 3, 5, await answer).errorCode).toBe(0)
  })
})

describe('what fails costs its own connection', () => {
  for (const [what, send] of [
    ['a handler that fails', () => breakOnce()],
    ['a key that is not served', () => client.sendRaw(Uint8Array.of(0, 0, 0, 10, 3, 231, 0, 0, 0, 0, 0, 1, 255, 255))],
    ['a body that cannot be read', () => client.sendRaw(Uint8Array.of(0, 0, 0, 12, 0, 3, 0, 1, 0, 0, 0, 1, 255, 255, 127, 255))],
    ['a length below zero', () => client.sendRaw(Uint8Array.of(255, 255, 255, 255))],
    ['a length beyond all bounds', () => client.sendRaw(Uint8Array.of(127, 255, 255, 255))],
    ['a bad batch with acks=0', () => sendAcks0ToNobody()],
  ] as const)
    test(`${what}: it is closed, and the others go on`, async () => {
      const other = await server.connect()
      const slow = gate()
      const produced = what === 'a handler that fails' ? undefined : other.produce('orders', batch('other'))
      send()
      await client.closed
      slow.open()
      if (produced) expect(await produced).toMatchObject({ errorCode: 0 })
      expect(await other.produce('orders', batch('other'))).toMatchObject({ errorCode: 0 })
      expect(await (await server.connect()).call(metadata, 9, askedTopic)).toMatchObject({ topics: [{ errorCode: 0 }] })
    })

  test('and everything behind it on the connection, whatever that is', async () => {
    steerings.push(breaks)
    const lost = [
      client.produce('orders', batch('first')),
      client.call(metadata, 9, askedTopic),
      client.produce('orders', batch('second')),
      client.produce('orders', batch('third')),
    ]
    for (const outcome of await Promise.allSettled(lost)) expect(outcome.status).toBe('rejected')
    expect(await stored()).toEqual([])
  })

  test('but what came before it is stored, and answered where the answer is still under way', async () => {
    expect(await client.produce('orders', batch('first'))).toMatchObject({ errorCode: 0 })
    const second = client.produce('orders', batch('second')).catch(() => undefined)
    client.sendRaw(Uint8Array.of(255, 255, 255, 255))
    await Promise.all([second, client.closed])
    while ((await stored()).length < 2) await new Promise((resolve) => setImmediate(resolve))
    expect(await stored()).toEqual(['first', 'second'])
  })

  function breakOnce(): void {
    steerings.push(breaks)
    client.produce('orders', batch('broken')).catch(() => undefined)
  }

  function sendAcks0ToNobody(): void {
    client.sendRaw(...encodeRequest(produce, 9, { correlationId: 1, clientId: null }, produceRequest('nobody', batch('x'), { acks: 0 })))
  }
})

describe('a client that has nothing more to say', () => {
  const produceFrame = (acks: number) =>
    Buffer.concat(encodeRequest(produce, 9, { correlationId: 3, clientId: null }, produceRequest('orders', batch('last words'), { acks })))

  async function dial(): Promise<Socket> {
    const [host, port] = server.address.split(':')
    const socket = connect({ host: host ?? '', port: Number(port), allowHalfOpen: true })
    await new Promise<void>((resolve, reject) => socket.once('connect', resolve).once('error', reject))
    return socket
  }

  test('and closes its half of the connection, is answered all the same, and then the rest is closed', async () => {
    const slow = gate()
    steerings.push(slow.steering)
    const socket = await dial()
    const chunks: Buffer[] = []
    socket.on('data', (chunk: Buffer) => chunks.push(chunk))
    const ended = new Promise((resolve) => socket.once('end', resolve))
    socket.end(produceFrame(-1))
    await slow.reached
    await client.call(metadata, 9, askedTopic)
    slow.open()
    await ended
    const answer = decodeResponse(produce, 9, 3, Buffer.concat(chunks).subarray(4))
    expect(answer.responses[0]?.partitionResponses[0]).toMatchObject({ errorCode: 0, baseOffset: 0n })
    expect(await stored()).toEqual(['last words'])
  })

  test('and asked for no answer, has its records stored', async () => {
    const socket = await dial()
    const ended = new Promise((resolve) => socket.once('end', resolve))
    socket.resume()
    socket.end(produceFrame(0))
    await ended
    expect(await stored()).toEqual(['last words'])
  })

  test('and hangs up in the middle of a request leaves nothing behind', async () => {
    const socket = await dial()
    const closed = new Promise((resolve) => socket.once('close', resolve))
    socket.resume()
    socket.end(produceFrame(-1).subarray(0, -1))
    await closed
    expect(await stored()).toEqual([])
    expect(await client.call(metadata, 9, askedTopic)).toMatchObject({ topics: [{ errorCode: 0 }] })
  })

  test('while it waits for data, does not keep its connection waiting', async () => {
    const socket = await dial()
    const closed = new Promise((resolve) => socket.once('close', resolve))
    socket.resume()
    const waiting = {
      maxWaitMs: 30_000,
      minBytes: 1,
      maxBytes: 1_000,
      topics: [{ topic: 'orders', topicId: uuidZero, partitions: [{ partition: 0, fetchOffset: 0n, partitionMaxBytes: 1_000 }] }],
      forgottenTopicsData: [],
    }
    socket.end(Buffer.concat(encodeRequest(fetch, 11, { correlationId: 1, clientId: null }, waiting)))
    await closed
  })
})

test('a listener that drains answers what it has received, and takes nothing more', async () => {
  const slow = gate()
  steerings.push(slow.steering)
  const produced = client.produce('orders', batch('first'))
  await slow.reached
  const drained = server.listener.drain()
  slow.open()
  expect(await produced).toMatchObject({ errorCode: 0, baseOffset: 0n })
  await drained
  await expect(server.connect()).rejects.toThrow()
  await client.closed
})
