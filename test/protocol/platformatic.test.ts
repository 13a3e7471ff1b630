import { createServer, type Server, type Socket } from 'node:net'
import * as platformatic from '@platformatic/kafka'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Api } from '../../src/protocol/api.ts'
import { decodeRequest, encodeRequest, encodeResponse } from '../../src/protocol/exchange.ts'
import { FrameSplitter } from '../../src/protocol/frame.ts'
import { decodeRequestHeader, type RequestHeader } from '../../src/protocol/headers.ts'
import { apiVersions } from '../../src/protocol/messages/api-versions.ts'
import { createTopics } from '../../src/protocol/messages/create-topics.ts'
import { deleteTopics } from '../../src/protocol/messages/delete-topics.ts'
import { describeCluster } from '../../src/protocol/messages/describe-cluster.ts'
import { describeConfigs } from '../../src/protocol/messages/describe-configs.ts'
import { fetch } from '../../src/protocol/messages/fetch.ts'
import { findCoordinator } from '../../src/protocol/messages/find-coordinator.ts'
import { incrementalAlterConfigs } from '../../src/protocol/messages/incremental-alter-configs.ts'
import { initProducerId } from '../../src/protocol/messages/init-producer-id.ts'
import { listOffsets } from '../../src/protocol/messages/list-offsets.ts'
import { metadata } from '../../src/protocol/messages/metadata.ts'
import { produce } from '../../src/protocol/messages/produce.ts'
import { Reader } from '../../src/protocol/reader.ts'
import { type Field, type Fields, includesVersion, uuidZero } from '../../src/protocol/types.ts'
import { limits } from '../../src/shared/limits.ts'
import { arbitraryMessage } from './arbitrary-message.ts'
import { versionsOf } from './wire.ts'

/**
 * A connection of @platformatic/kafka speaks over TCP to a server made of our splitter, headers and codecs: its
 * requests must be understood as they were meant, and written again with the same bytes; what we answer must be read by
 * its parsers as we meant it.
 */
interface Conversation {
  readonly api: Api
  /** The name of the client's module, without the version. */
  readonly module: string
  /** What the client's function is called with. */
  readonly args: (version: number) => unknown[]
  /** What that must be in our words. */
  readonly request: (version: number) => object
}

const topicId = '6f1f3c1e-8c5b-4b1d-9d7e-0123456789ab'
const byName = (version: number): string => (version <= 12 ? 'orders' : topicId)

const conversations: readonly Conversation[] = [
  {
    api: produce,
    module: 'produce',
    args: () => [
      -1,
      1500,
      [
        { topic: 'orders', partition: 2, value: Buffer.from('v') },
        { topic: 'größe', value: Buffer.from('w') },
      ],
      {},
    ],
    request: () => ({
      transactionalId: null,
      acks: -1,
      timeoutMs: 1500,
      topicData: [
        { name: 'orders', partitionData: [{ index: 2, records: expect.toSatisfy(isRecordBatch) }] },
        { name: 'größe', partitionData: [{ index: 0, records: expect.toSatisfy(isRecordBatch) }] },
      ],
    }),
  },
  {
    api: fetch,
    module: 'fetch',
    args: (version) => [
      500,
      1,
      2 ** 20,
      1,
      7,
      8,
      [
        {
          topicId: byName(version),
          partitions: [{ partition: 3, currentLeaderEpoch: 4, fetchOffset: 2n ** 40n, lastFetchedEpoch: 5, partitionMaxBytes: 6 }],
        },
      ],
      [{ topicId: byName(version), partitions: [1, 2] }],
      'rack-a',
    ],
    request: (version) => ({
      replicaId: -1,
      maxWaitMs: 500,
      minBytes: 1,
      maxBytes: 2 ** 20,
      isolationLevel: 1,
      sessionId: version >= 7 ? 7 : 0,
      sessionEpoch: version >= 7 ? 8 : -1,
      topics: [
        {
          topic: version <= 12 ? 'orders' : '',
          topicId: version <= 12 ? uuidZero : topicId,
          partitions: [
            {
              partition: 3,
              currentLeaderEpoch: version >= 9 ? 4 : -1,
              fetchOffset: 2n ** 40n,
              lastFetchedEpoch: version >= 12 ? 5 : -1,
              logStartOffset: -1n,
              partitionMaxBytes: 6,
            },
          ],
        },
      ],
      forgottenTopicsData: version >= 7 ? [expect.objectContaining({ partitions: [1, 2] })] : [],
      rackId: version >= 11 ? 'rack-a' : '',
    }),
  },
  {
    api: listOffsets,
    module: 'listOffsets',
    args: () => [-1, 1, [{ name: 'orders', partitions: [{ partitionIndex: 1, currentLeaderEpoch: 2, timestamp: -2n }] }], 0],
    request: (version) => ({
      replicaId: -1,
      isolationLevel: version >= 2 ? 1 : 0,
      topics: [{ name: 'orders', partitions: [{ partitionIndex: 1, currentLeaderEpoch: version >= 4 ? 2 : -1, timestamp: -2n }] }],
    }),
  },
  {
    api: metadata,
    module: 'metadata',
    args: () => [['orders', 'clicks'], false, true],
    request: (version) => ({
      topics: ['orders', 'clicks'].map((name) => ({ topicId: uuidZero, name })),
      allowAutoTopicCreation: version < 4,
      includeTopicAuthorizedOperations: version >= 8,
    }),
  },
  {
    api: findCoordinator,
    module: 'findCoordinator',
    args: () => [1, ['tx-1']],
    request: (version) => ({
      key: version <= 3 ? 'tx-1' : '',
      keyType: version >= 1 ? 1 : 0,
      coordinatorKeys: version >= 4 ? ['tx-1'] : [],
    }),
  },
  {
    api: apiVersions,
    module: 'apiVersions',
    args: () => ['client', '1.2.3'],
    request: (version) => ({ clientSoftwareName: version >= 3 ? 'client' : '', clientSoftwareVersion: version >= 3 ? '1.2.3' : '' }),
  },
  {
    api: createTopics,
    module: 'createTopics',
    args: () => [[topicToCreate], 1234, true],
    request: () => ({ topics: [topicToCreate], timeoutMs: 1234, validateOnly: true }),
  },
  {
    api: deleteTopics,
    module: 'deleteTopics',
    args: () => [[{ name: 'orders' }], 1234],
    request: (version) => ({
      topics: version >= 6 ? [{ name: 'orders', topicId: uuidZero }] : [],
      topicNames: version <= 5 ? ['orders'] : [],
      timeoutMs: 1234,
    }),
  },
  {
    api: initProducerId,
    module: 'initProducerId',
    args: () => ['tx-1', 60_000, 17n, 3],
    request: (version) => ({
      transactionalId: 'tx-1',
      transactionTimeoutMs: 60_000,
      producerId: version >= 3 ? 17n : -1n,
      producerEpoch: version >= 3 ? 3 : -1,
    }),
  },
  {
    api: describeConfigs,
    module: 'describeConfigs',
    args: () => [[{ resourceType: 2, resourceName: 'orders', configurationKeys: ['retention.ms'] }], true, true],
    request: (version) => ({
      resources: [{ resourceType: 2, resourceName: 'orders', configurationKeys: ['retention.ms'] }],
      includeSynonyms: true,
      includeDocumentation: version >= 3,
    }),
  },
  {
    api: incrementalAlterConfigs,
    module: 'incrementalAlterConfigs',
    args: () => [[{ resourceType: 2, resourceName: 'orders', configs: [configToSet, configToDelete] }], true],
    request: () => ({
      resources: [{ resourceType: 2, resourceName: 'orders', configs: [configToSet, configToDelete] }],
      validateOnly: true,
    }),
  },
  {
    api: describeCluster,
    module: 'describeCluster',
    args: () => [true, 2],
    request: (version) => ({ includeClusterAuthorizedOperations: true, endpointType: version >= 1 ? 2 : 1 }),
  },
]

const configToSet = { name: 'retention.ms', configOperation: 0, value: '5' }
const configToDelete = { name: 'retention.bytes', configOperation: 1, value: null }
const topicToCreate = {
  name: 'orders',
  numPartitions: -1,
  replicationFactor: -1,
  assignments: [{ partitionIndex: 0, brokerIds: [1, 2] }],
  configs: [{ name: 'retention.ms', value: '5' }],
}

/** Fields that the client does not read, or hands on under a name or in a form of its own. */
function unread({ name }: Api, version: number): readonly string[] {
  if (name === 'Fetch') return ['topic', 'topicId', 'records']
  if (name === 'FindCoordinator') return ['errorCode', 'errorMessage', 'nodeId', 'host', 'port']
  return name === 'CreateTopics' && version < 7 ? ['topicConfigErrorCode'] : []
}

describe('@platformatic/kafka and we understand each other', () => {
  for (const { api, module, args, request } of conversations)
    describe(api.name, () => {
      for (const version of versionsOf(api.request))
        test(`version ${version}`, async () => {
          const responses = arbitraryMessage(api.response, version, api === apiVersions ? successful : readable)
          for (const response of fc.sample(responses, { numRuns: 5, seed: version })) {
            answer = { api, response }
            const read = await clientReads(module, version, args(version))
            expect(received.header).toMatchObject({ apiKey: api.key, apiVersion: version, clientId: 'somebody else' })
            expect(received.request).toMatchObject(request(version))
            expect(Buffer.concat(encodeRequest(api, version, received.header, received.request as never)).subarray(4)).toEqual(
              received.frame,
            )
            expectSame(fieldsOf(api.response.struct), version, unread(api, version), response, read)
          }
        })
    })
})

// The client throws at error codes that it does not know, and unpacks record batches.
const readable = { records: fc.constantFrom(null, new Uint8Array(0)), errorCode: fc.integer({ min: 0, max: 120 }) }
// It takes an ApiVersions response with an error for one of version 0, and reads no further.
const successful = { errorCode: fc.constant(0) }

let answer: { api: Api; response: unknown }
let received: { frame: Buffer; header: RequestHeader; request: unknown }
let server: Server
const connection = new platformatic.Connection('somebody else')

beforeAll(async () => {
  server = createServer({ noDelay: true }, serve)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (typeof address !== 'object' || address === null) throw new Error('no port')
  await connection.connect('127.0.0.1', address.port)
})

afterAll(async () => {
  await connection.close()
  await new Promise((resolve) => server.close(resolve))
})

function serve(socket: Socket): void {
  const splitter = new FrameSplitter(limits.frameBytesMax)
  socket.on('data', (chunk: Buffer) => {
    splitter.push(chunk, (frame) => {
      const reader = new Reader(frame)
      const header = decodeRequestHeader(reader)
      received = { frame: Buffer.from(frame), header, request: decodeRequest(answer.api, header.apiVersion, reader) }
      reader.expectEnd()
      for (const segment of encodeResponse(answer.api, header.apiVersion, header.correlationId, answer.response as never))
        socket.write(segment)
    })
  })
}

type ClientApi = { readonly api: { async(on: platformatic.Connection, ...args: unknown[]): Promise<unknown> } }

/** What the client makes of a response; it throws what has an error code, with what it read inside. */
async function clientReads(module: string, version: number, args: unknown[]): Promise<unknown> {
  const { api } = (platformatic as unknown as { [name: string]: ClientApi })[`${module}V${version}`] as ClientApi
  try {
    return await api.async(connection, ...args)
  } catch (error) {
    if (error instanceof platformatic.ResponseError) return error['response']
    throw error
  }
}

/** Every field that the version has is what the other side read, however deep. */
function expectSame(fields: Fields, version: number, skipped: readonly string[], ours: unknown, theirs: unknown): void {
  for (const [name, field] of Object.entries(fields)) {
    if (!includesVersion(field.versions, version) || skipped.includes(name)) continue
    const sent = (ours as { [name: string]: unknown })[name]
    const read = (theirs as { [name: string]: unknown })[name]
    if (field.type.kind === 'array' && isStruct(field.type.element) && Array.isArray(sent)) {
      expect(read, name).toHaveLength(sent.length)
      for (const [index, element] of sent.entries())
        expectSame(fieldsOf(field.type.element), version, skipped, element, (read as unknown[])[index])
    } else expect(read, name).toEqual(sent)
  }
}

function isStruct({ type }: Field): boolean {
  return type.kind === 'struct'
}

function fieldsOf({ type }: Field): Fields {
  return type.kind === 'struct' ? type.fields : {}
}

/** The length and the magic byte of a record batch, both where they belong. */
function isRecordBatch(records: Uint8Array): boolean {
  return new DataView(records.buffer, records.byteOffset).getInt32(8) === records.byteLength - 12 && records[16] === 2
}
