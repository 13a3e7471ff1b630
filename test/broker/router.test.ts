import { beforeEach, describe, expect, test } from 'vitest'
import { handlers, route } from '../../src/broker/router.ts'
import { apiVersions } from '../../src/protocol/messages/api-versions.ts'
import { describeCluster } from '../../src/protocol/messages/describe-cluster.ts'
import { findCoordinator } from '../../src/protocol/messages/find-coordinator.ts'
import { initProducerId } from '../../src/protocol/messages/init-producer-id.ts'
import { metadata } from '../../src/protocol/messages/metadata.ts'
import { produce } from '../../src/protocol/messages/produce.ts'
import { kafkaErrorName } from '../../src/protocol/errors.ts'
import { HeadgateError } from '../../src/shared/errors.ts'
import { produceRequest } from '../support/wire-client.ts'
import { TestBroker } from './support/test-broker.ts'

let broker: TestBroker

beforeEach(async () => {
  broker = await TestBroker.start()
})

/** A header of version 1, which is how every other one begins, and a body. */
function frameOf({ apiKey, apiVersion, body = [] }: { apiKey: number; apiVersion: number; body?: readonly number[] }): Uint8Array {
  const header = Buffer.alloc(10)
  header.writeInt16BE(apiKey, 0)
  header.writeInt16BE(apiVersion, 2)
  header.writeInt32BE(4_711, 4)
  header.writeInt16BE(-1, 8)
  return Buffer.concat([header, Buffer.from(body)])
}

describe('a request is routed', () => {
  test('by its key and version, for every one that is advertised and read', () => {
    for (const { api } of handlers)
      for (let apiVersion = api.versions.first; apiVersion <= api.versions.last; apiVersion++) {
        const routed = route(frameOf({ apiKey: api.key, apiVersion, body: [0] }))
        expect(routed).toMatchObject({
          apiName: api.name,
          isPipelined: api.key === produce.key,
          header: { apiVersion, correlationId: 4_711, clientId: null },
        })
      }
  })

  test('to nobody when its key is not served', () => {
    for (const apiKey of [-1, 4, 7, 999, 32_767])
      expect(() => route(frameOf({ apiKey, apiVersion: 0 }))).toThrow(/is not served; ask ApiVersions/)
  })

  test('to nobody when its version is not served, and the message says which are', () => {
    for (const apiVersion of [-1, 13, 32_767])
      expect(() => route(frameOf({ apiKey: metadata.key, apiVersion, body: [0] }))).toThrow(
        `Metadata v${apiVersion} is not served, 0 to 12 are`,
      )
  })

  test('to nobody when its header is cut off, or its client id is', () => {
    const frame = frameOf({ apiKey: 3, apiVersion: 1 })
    for (let length = 0; length < frame.length; length++)
      expect(() => route(frame.subarray(0, length)), `${length} bytes`).toThrow(HeadgateError)
    frame.set([0, 9], 8)
    expect(() => route(frame)).toThrow(HeadgateError)
  })
})

describe('ApiVersions', () => {
  const software = { clientSoftwareName: 'test', clientSoftwareVersion: '1.0' }

  for (const version of [0, 1, 2, 3, 4])
    test(`names what is served, with the versions that are, in v${version}`, async () => {
      const { errorCode, apiKeys } = await broker.call(apiVersions, version, version >= 3 ? software : {})
      expect(errorCode).toBe(0)
      expect(apiKeys).toEqual(
        handlers.map(({ api }) => ({ apiKey: api.key, minVersion: api.advertised.first, maxVersion: api.advertised.last })),
      )
      expect(
        apiKeys.find(({ apiKey }) => apiKey === produce.key),
        'old clients look for the single version',
      ).toMatchObject({ minVersion: 0 })
    })

  for (const apiVersion of [5, 99, 32_767, -1])
    test(`of v${apiVersion} is answered in v0, with the versions to ask it in`, async () => {
      const segments = await route(frameOf({ apiKey: 18, apiVersion, body: [0, 1, 2, 3] })).serve(broker.callOf(apiVersion))
      // Length, correlation id, UNSUPPORTED_VERSION, one key: 18, from 0 to 4; no tagged fields and no throttle time.
      expect(Buffer.concat(segments ?? []).toString('hex')).toBe(`00000010${(4_711).toString(16).padStart(8, '0')}002300000001001200000004`)
    })

  for (const clientSoftwareName of ['', '-kafka', 'kafka.', 'a b', 'ä'])
    test(`refuses the client software "${clientSoftwareName}"`, async () => {
      const { errorCode } = await broker.call(apiVersions, 3, { ...software, clientSoftwareName })
      expect(kafkaErrorName(errorCode)).toBe('INVALID_REQUEST')
    })
})

describe('Produce before v3', () => {
  for (const version of [0, 1, 2])
    test(`is told in v${version} that its record format is not taken, in words that it can read`, async () => {
      const body = Buffer.from([0xff, 0xff, 0, 0, 0x75, 0x30, 0, 0, 0, 1, 0, 1, 0x74, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0])
      const segments = await route(frameOf({ apiKey: 0, apiVersion: version, body: [...body] })).serve(broker.callOf(version))
      const answer = Buffer.concat(segments ?? [])
      // Behind the length and the correlation id: one topic `t`, its one partition 0, and UNSUPPORTED_VERSION.
      expect(answer.subarray(8, 25).toString('hex')).toBe('0000000100017400000001000000000023')
    })
})

describe('what is not offered is said to be so', () => {
  for (const [keyType, version] of [
    [0, 0],
    [0, 2],
    [1, 2],
    [0, 3],
    [1, 4],
    [0, 5],
  ] as const)
    test(`coordinators of type ${keyType}, in v${version}`, async () => {
      const asked = version >= 4 ? { coordinatorKeys: ['a', 'b'] } : { key: 'a' }
      const answer = await broker.call(findCoordinator, version, { ...asked, ...(version >= 1 && { keyType }) } as never)
      const answers = version >= 4 ? answer.coordinators : [answer]
      expect(answers).toHaveLength(version >= 4 ? 2 : 1)
      for (const { errorCode, nodeId } of answers) expect([kafkaErrorName(errorCode), nodeId]).toEqual(['INVALID_REQUEST', -1])
    })

  test('transactional ids', async () => {
    for (const [transactionalId, error] of [
      ['mine', 'TRANSACTIONAL_ID_AUTHORIZATION_FAILED'],
      ['', 'INVALID_REQUEST'],
    ] as const) {
      const answer = await broker.call(initProducerId, 4, { transactionalId, transactionTimeoutMs: 1_000 })
      expect([kafkaErrorName(answer.errorCode), answer.producerId, answer.producerEpoch]).toEqual([error, -1n, -1])
    }
  })

  test('endpoints of controllers', async () => {
    const answer = await broker.call(describeCluster, 1, { includeClusterAuthorizedOperations: false, endpointType: 2 })
    expect(kafkaErrorName(answer.errorCode)).toBe('UNSUPPORTED_ENDPOINT_TYPE')
  })
})

describe('an idempotent producer', () => {
  test('gets an id that nobody had, never 0, whatever it says of an earlier one', async () => {
    const ids = new Set<bigint>()
    for (const earlier of [
      {},
      { producerId: 0n, producerEpoch: 0 },
      { producerId: 5n, producerEpoch: 3 },
      { producerId: -1n, producerEpoch: -1 },
    ]) {
      const answer = await broker.call(initProducerId, 4, { transactionalId: null, transactionTimeoutMs: 1_000, ...earlier })
      expect(answer).toMatchObject({ errorCode: 0, producerEpoch: 0 })
      ids.add(answer.producerId)
    }
    expect(ids.size).toBe(4)
    expect(ids.has(0n)).toBe(false)
  })

  test('is told to come again while the store is away', async () => {
    broker = await TestBroker.start({
      wrapState: (state) => ({
        ...state,
        allocateProducerId: () => Promise.reject(new HeadgateError('store-unavailable', 'away on purpose')),
      }),
    })
    const answer = await broker.call(initProducerId, 4, { transactionalId: null, transactionTimeoutMs: 1_000 })
    expect(kafkaErrorName(answer.errorCode)).toBe('COORDINATOR_NOT_AVAILABLE')
  })
})

test('DescribeCluster names the one node, where the client reached it', async () => {
  for (const version of [0, 1])
    expect(await broker.call(describeCluster, version, { includeClusterAuthorizedOperations: false })).toMatchObject({
      errorCode: 0,
      clusterId: broker.context.clusterId,
      controllerId: 1,
      brokers: [{ brokerId: 1, host: 'broker.test', port: 9092 }],
    })
})

test('a body that cannot be read fails its request, whichever it is', async () => {
  const frame = Buffer.concat([frameOf({ apiKey: produce.key, apiVersion: 3 }), Buffer.from([0xff, 0xff, 0x7f, 0xff])])
  await expect(Promise.resolve().then(() => route(frame).serve(broker.callOf(3)))).rejects.toBeInstanceOf(HeadgateError)
  expect(await broker.call(produce, 9, produceRequest('nobody', null))).toBeDefined()
})
