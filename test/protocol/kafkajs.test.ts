import { createRequire } from 'node:module'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Api } from '../../src/protocol/api.ts'
import { decodeRequest, encodeRequest, encodeResponse } from '../../src/protocol/exchange.ts'
import { decodeRequestHeader } from '../../src/protocol/headers.ts'
import { apiVersions } from '../../src/protocol/messages/api-versions.ts'
import { createTopics } from '../../src/protocol/messages/create-topics.ts'
import { deleteTopics } from '../../src/protocol/messages/delete-topics.ts'
import { describeConfigs } from '../../src/protocol/messages/describe-configs.ts'
import { fetch } from '../../src/protocol/messages/fetch.ts'
import { findCoordinator } from '../../src/protocol/messages/find-coordinator.ts'
import { initProducerId } from '../../src/protocol/messages/init-producer-id.ts'
import { listOffsets } from '../../src/protocol/messages/list-offsets.ts'
import { metadata } from '../../src/protocol/messages/metadata.ts'
import { produce } from '../../src/protocol/messages/produce.ts'
import { Reader } from '../../src/protocol/reader.ts'
import { type Field, includesVersion, uuidZero } from '../../src/protocol/types.ts'
import { arbitraryMessage } from './arbitrary-message.ts'

/**
 * kafkajs speaks the classic versions only. Its encoders write requests that we must understand as they were meant, and
 * write with the same bytes; its decoders must find in our responses the values that we put there. They have names of their own for fields, so
 * that values are compared, not names.
 */
interface Conversation {
  readonly api: Api
  /** The folder of the client's module. */
  readonly module: string
  readonly versions: readonly [first: number, last: number]
  readonly args: object
  /** What the arguments must be in our words. */
  readonly request: (version: number) => object
}

const conversations: readonly Conversation[] = [
  {
    api: produce,
    module: 'produce',
    versions: [3, 7],
    args: {
      acks: -1,
      timeout: 1500,
      transactionalId: 'tx-1',
      topicData: [{ topic: 'orders', partitions: [{ partition: 2, firstSequence: 0, messages: [{ key: 'k', value: 'v', headers: {} }] }] }],
    },
    request: () => ({
      transactionalId: 'tx-1',
      acks: -1,
      timeoutMs: 1500,
      topicData: [{ name: 'orders', partitionData: [{ index: 2, records: expect.any(Uint8Array) }] }],
    }),
  },
  {
    api: fetch,
    module: 'fetch',
    versions: [4, 11],
    args: {
      replicaId: -1,
      maxWaitTime: 500,
      minBytes: 1,
      maxBytes: 1024,
      isolationLevel: 1,
      sessionId: 3,
      sessionEpoch: 4,
      topics: [{ topic: 'orders', partitions: [{ partition: 1, currentLeaderEpoch: 7, fetchOffset: '1099511627776', maxBytes: 9 }] }],
      forgottenTopics: [{ topic: 'clicks', partitions: [1, 2] }],
      rackId: 'rack-a',
    },
    request: (version) => ({
      maxWaitMs: 500,
      isolationLevel: 1,
      sessionId: version >= 7 ? 3 : 0,
      sessionEpoch: version >= 7 ? 4 : -1,
      topics: [
        {
          topic: 'orders',
          partitions: [
            { partition: 1, currentLeaderEpoch: version >= 9 ? 7 : -1, fetchOffset: 2n ** 40n, logStartOffset: -1n, partitionMaxBytes: 9 },
          ],
        },
      ],
      forgottenTopicsData: version >= 7 ? [{ topic: 'clicks', topicId: uuidZero, partitions: [1, 2] }] : [],
      rackId: version >= 11 ? 'rack-a' : '',
    }),
  },
  {
    api: listOffsets,
    module: 'listOffsets',
    versions: [1, 3],
    args: { replicaId: -1, isolationLevel: 1, topics: [{ topic: 'orders', partitions: [{ partition: 1, timestamp: -2 }] }] },
    request: (version) => ({
      replicaId: -1,
      isolationLevel: version >= 2 ? 1 : 0,
      topics: [{ name: 'orders', partitions: [{ partitionIndex: 1, timestamp: -2n }] }],
    }),
  },
  {
    api: metadata,
    module: 'metadata',
    versions: [0, 6],
    args: { topics: ['orders', 'größe'], allowAutoTopicCreation: false },
    request: (version) => ({ topics: [{ name: 'orders' }, { name: 'größe' }], allowAutoTopicCreation: version < 4 }),
  },
  {
    api: findCoordinator,
    module: 'findCoordinator',
    versions: [0, 2],
    args: { groupId: 'group-1', coordinatorType: 1 },
    request: (version) => ({ key: 'group-1', keyType: version >= 1 ? 1 : 0, coordinatorKeys: [] }),
  },
  { api: apiVersions, module: 'apiVersions', versions: [0, 2], args: {}, request: () => ({}) },
  {
    api: createTopics,
    module: 'createTopics',
    versions: [2, 3],
    args: {
      topics: [
        {
          topic: 'orders',
          numPartitions: 3,
          replicaAssignment: [{ partition: 0, replicas: [1, 2] }],
          configEntries: [{ name: 'a', value: 'b' }],
        },
      ],
      timeout: 1234,
      validateOnly: true,
    },
    request: () => ({
      topics: [
        {
          name: 'orders',
          numPartitions: 3,
          replicationFactor: -1,
          assignments: [{ partitionIndex: 0, brokerIds: [1, 2] }],
          configs: [{ name: 'a', value: 'b' }],
        },
      ],
      timeoutMs: 1234,
      validateOnly: true,
    }),
  },
  {
    api: deleteTopics,
    module: 'deleteTopics',
    versions: [1, 1],
    args: { topics: ['orders', 'clicks'], timeout: 1234 },
    request: () => ({ topicNames: ['orders', 'clicks'], timeoutMs: 1234 }),
  },
  {
    api: initProducerId,
    module: 'initProducerId',
    versions: [0, 1],
    args: { transactionalId: null, transactionTimeout: 1234 },
    request: () => ({ transactionalId: null, transactionTimeoutMs: 1234, producerId: -1n, producerEpoch: -1 }),
  },
  {
    api: describeConfigs,
    module: 'describeConfigs',
    versions: [1, 2],
    args: { resources: [{ type: 2, name: 'orders', configNames: ['a'] }], includeSynonyms: true },
    request: () => ({ resources: [{ resourceType: 2, resourceName: 'orders', configurationKeys: ['a'] }], includeSynonyms: true }),
  },
]

describe('kafkajs and we understand each other', () => {
  for (const { api, module, versions, args, request } of conversations)
    for (let version = versions[0]; version <= versions[1]; version++)
      describe(`${api.name} v${version}`, () => {
        const { protocol } = load(`requests/${module}/index.js`) as KafkajsApi
        const theirs = protocol({ version })(args)

        test('request', async () => {
          const { buffer } = await kafkajsFrame({ correlationId: 77, clientId: 'somebody else', request: theirs.request })
          expect(buffer.readInt32BE(0)).toBe(buffer.byteLength - 4)
          const reader = new Reader(buffer.subarray(4))
          const header = { apiKey: api.key, apiVersion: version, correlationId: 77, clientId: 'somebody else' }
          expect(decodeRequestHeader(reader)).toEqual(header)
          const decoded = decodeRequest(api, version, reader)
          expect(decoded).toMatchObject(request(version))
          expect(Buffer.concat(encodeRequest(api, version, header, decoded as never)).equals(buffer)).toBe(true)
        })

        test('response', async () => {
          for (const response of fc.sample(arbitraryMessage(api.response, version, readable), { numRuns: 20, seed: version })) {
            const frame = Buffer.concat(encodeResponse(api, version, 77, response as never))
            expect([frame.readInt32BE(0), frame.readInt32BE(4)]).toEqual([frame.byteLength - 4, 77])
            const read = await theirs.response.decode(frame.subarray(8))
            expect(valuesIn(read).toSorted()).toEqual(valuesOnTheWire(api.response.struct, version, response).toSorted())
          }
        })
      })
})

interface KafkajsApi {
  protocol(
    this: void,
    options: { version: number },
  ): (args: object) => { request: unknown; response: { decode(payload: Buffer): Promise<unknown> } }
}

const load = (
  (require) => (path: string) =>
    require(`kafkajs/src/protocol/${path}`) as unknown
)(createRequire(import.meta.url))

const kafkajsFrame = load('request.js') as (options: object) => Promise<{ buffer: Buffer }>

// It unpacks record batches, gives an empty array for a null one, and throws at code 35 before it reads any further.
const readable = { records: fc.constant(null), errorCode: fc.integer({ min: 0, max: 34 }) }

function valuesOnTheWire(field: Field, version: number, value: unknown): string[] {
  const { type } = field
  if (type.kind === 'records') return []
  if (type.kind === 'array') return ((value ?? []) as unknown[]).flatMap((element) => valuesOnTheWire(type.element, version, element))
  if (type.kind !== 'struct') return [String(value)]
  return Object.entries(type.fields)
    .filter(([, { versions }]) => includesVersion(versions, version))
    .flatMap(([name, inner]) => valuesOnTheWire(inner, version, (value as { [name: string]: unknown })[name]))
}

function valuesIn(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(valuesIn)
  if (typeof value !== 'object' || value === null) return [String(value)]
  const invented = 'clientSideThrottleTime' in value ? ['throttleTime', 'isDefault'] : ['isDefault']
  return Object.entries(value)
    .filter(([name]) => !invented.includes(name))
    .flatMap(([, inner]) => valuesIn(inner))
}
