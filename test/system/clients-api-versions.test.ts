import { afterAll, beforeAll, expect, test } from 'vitest'
import { decodeResponse, encodeRequest } from '../../src/protocol/exchange.ts'
import { apiVersions } from '../../src/protocol/messages/api-versions.ts'
import { startInProcess, type InProcessServer } from '../support/in-process-server.ts'
import { WireClient } from '../support/wire-client.ts'

/** How a client finds out what is served, and what it is told when it asks in a version from another time. */
let server: InProcessServer
let client: WireClient

beforeAll(async () => {
  server = await startInProcess()
  client = await WireClient.connect(server.kafka)
})

afterAll(async () => {
  client.close()
  await server.close()
})

test('lists what is served, in every version', async () => {
  const ask = (version: number) => client.call(apiVersions, version, { clientSoftwareName: 'test', clientSoftwareVersion: '1.0' })
  const answers = await Promise.all([0, 1, 2, 3, 4].map(ask))
  for (const { errorCode, apiKeys } of answers) {
    expect(errorCode).toBe(0)
    expect(apiKeys).toEqual(answers[0]?.apiKeys)
  }
  const ranges = Object.fromEntries(
    (answers[0]?.apiKeys ?? []).map(({ apiKey, minVersion, maxVersion }) => [apiKey, [minVersion, maxVersion]]),
  )
  expect(ranges).toMatchObject({ 0: [0, 11], 1: [4, 17], 2: [1, 9], 3: [0, 12], 18: [0, 4], 22: [0, 5] })
})

test('an unknown version is answered in v0 with error 35 and the range of ApiVersions', async () => {
  for (const version of [5, 9, 32_767]) {
    const segments = encodeRequest(
      apiVersions,
      4,
      { correlationId: 99, clientId: 'test' },
      { clientSoftwareName: 'a', clientSoftwareVersion: '1' },
    )
    const frame = Buffer.concat(segments)
    frame.writeInt16BE(version, 6)
    const answer = client.nextFrame()
    client.sendRaw(frame)
    expect(decodeResponse(apiVersions, 0, 99, await answer)).toMatchObject({
      errorCode: 35,
      apiKeys: [{ apiKey: 18, minVersion: 0, maxVersion: 4 }],
    })
  }
  expect((await client.topic('still-here')).errorCode).toBe(0)
})

test('a client without a proper name is refused', async () => {
  expect(await client.call(apiVersions, 3, { clientSoftwareName: 'bad name!', clientSoftwareVersion: '1' })).toMatchObject({
    errorCode: 42,
  })
})

test('Produce of the years before 0.11 is told UNSUPPORTED_VERSION', async () => {
  await client.topic('legacy')
  for (const version of [0, 1, 2]) expect(await legacyProduce(version)).toBe(35)
})

/** acks -1, one topic, one partition, no records; and the error code of the answer. */
async function legacyProduce(version: number): Promise<number> {
  const name = Buffer.from('legacy')
  const frame = Buffer.alloc(4 + 10 + 2 + 4 + 4 + 2 + name.length + 4 + 4 + 4)
  let at = frame.writeInt32BE(frame.length - 4, 0)
  at = frame.writeInt16BE(0, at)
  at = frame.writeInt16BE(version, at)
  at = frame.writeInt32BE(5, at)
  at = frame.writeInt16BE(-1, at)
  at = frame.writeInt16BE(-1, at)
  at = frame.writeInt32BE(1000, at)
  at = frame.writeInt32BE(1, at)
  at = frame.writeInt16BE(name.length, at)
  at += name.copy(frame, at)
  at = frame.writeInt32BE(1, at)
  at = frame.writeInt32BE(0, at)
  frame.writeInt32BE(0, at)
  const answer = client.nextFrame()
  client.sendRaw(frame)
  // Behind the correlation id: topics, the name, partitions, the index.
  return Buffer.from(await answer).readInt16BE(4 + 4 + 2 + name.length + 4 + 4)
}
