import { describe, expect, expectTypeOf, test } from 'vitest'
import { decodeRequest, decodeResponse, encodeResponse } from '../../src/protocol/exchange.ts'
import { decodeRequestHeader, requestHeaderVersion, responseHeaderVersion } from '../../src/protocol/headers.ts'
import { apiOf, apis } from '../../src/protocol/messages/all.ts'
import { apiVersions } from '../../src/protocol/messages/api-versions.ts'
import type { DeleteTopicsRequest } from '../../src/protocol/messages/delete-topics.ts'
import { initProducerId } from '../../src/protocol/messages/init-producer-id.ts'
import { metadata } from '../../src/protocol/messages/metadata.ts'
import type { ProduceResponse } from '../../src/protocol/messages/produce.ts'
import { Reader } from '../../src/protocol/reader.ts'
import { isErrorOfKind } from '../../src/shared/errors.ts'
import { errorOf, fromHex, hexOf } from './wire.ts'

const answer = { errorCode: 0, producerId: 5n, producerEpoch: 1 }

describe('a response that its client reads', () => {
  for (const version of [0, 1, 2, 5])
    test(`v${version}`, () => {
      const frame = Buffer.concat(encodeResponse(initProducerId, version, 9, answer)).subarray(4)
      expect(decodeResponse(initProducerId, version, 9, frame)).toEqual({ throttleTimeMs: 0, ...answer })
    })

  test('of another request is refused', () => {
    const frame = Buffer.concat(encodeResponse(initProducerId, 2, 9, answer)).subarray(4)
    const error = errorOf(() => decodeResponse(initProducerId, 2, 8, frame))
    expect(isErrorOfKind(error, 'malformed')).toBe(true)
    expect(String(error)).toContain('InitProducerId response answers request 9 instead of 8')
  })

  test('with bytes left over is refused', () => {
    const frame = Buffer.concat([...encodeResponse(initProducerId, 2, 9, answer), Buffer.alloc(1)]).subarray(4)
    expect(() => decodeResponse(initProducerId, 2, 9, frame)).toThrow('InitProducerId response v2: 1 bytes too many')
  })
})

test('a request with bytes left over is served: librdkafka asks for all topics with four bytes where one says it', () => {
  const frame = fromHex('0003 000c 00000004 0007 72646b61666b61 00 00000000 00 00 00'.replaceAll(' ', ''))
  const reader = new Reader(frame)
  expect(decodeRequestHeader(reader)).toMatchObject({ apiKey: 3, apiVersion: 12, correlationId: 4 })
  expect(decodeRequest(metadata, 12, reader)).toEqual({
    topics: null,
    allowAutoTopicCreation: false,
    includeClusterAuthorizedOperations: false,
    includeTopicAuthorizedOperations: false,
  })
})

describe('headers follow the versions of their API', () => {
  test('flexible ones begin with the flexible versions', () => {
    for (const api of apis)
      for (let version = api.versions.first; version <= api.versions.last; version++) {
        const isFlexible = version >= api.flexibleFirst
        expect(requestHeaderVersion(api, version)).toBe(isFlexible ? 2 : 1)
        expect(responseHeaderVersion(api, version)).toBe(isFlexible && api !== apiVersions ? 1 : 0)
      }
  })

  test('an ApiVersions response has the same header in every version, so that any client can read it', () => {
    const response = { errorCode: 0, apiKeys: [] }
    expect(hexOf(Buffer.concat(encodeResponse(apiVersions, 3, 7, response)))).toBe(
      '0000000c 00000007 0000 01 00000000 00'.replaceAll(' ', ''),
    )
  })

  for (const [what, hex, header, bytesLeft] of [
    ['an unknown API', '03e7 0000 00000005 0001 61 aabb', { apiKey: 999, apiVersion: 0, correlationId: 5, clientId: 'a' }, 2],
    [
      'a version of ApiVersions from the future',
      '0012 0063 00000005 0001 61 00 aabb',
      { apiKey: 18, apiVersion: 99, correlationId: 5, clientId: 'a' },
      2,
    ],
    [
      'a version of Produce from the past',
      '0000 0002 00000005 ffff aabb',
      { apiKey: 0, apiVersion: 2, correlationId: 5, clientId: null },
      2,
    ],
    [
      'a tagged field in the header',
      '0012 0003 00000005 0001 61 01 05 02 ffff aa',
      { apiKey: 18, apiVersion: 3, correlationId: 5, clientId: 'a' },
      1,
    ],
  ] as const)
    test(`${what} has a header that can be read`, () => {
      const reader = new Reader(fromHex(hex))
      expect(decodeRequestHeader(reader)).toEqual(header)
      expect(reader.bytesLeft).toBe(bytesLeft)
    })

  test('every truncated header is malformed', () => {
    const whole = fromHex('0012 0003 00000005 0001 61 01 05 02 ffff')
    for (let length = 0; length < whole.byteLength; length++) {
      const error = errorOf(() => decodeRequestHeader(new Reader(whole.subarray(0, length))))
      expect(isErrorOfKind(error, 'malformed'), String(length)).toBe(true)
    }
  })
})

test('an API is found by its key, and what is not declared is not found', () => {
  for (const api of apis) expect(apiOf(api.key)).toBe(api)
  expect(apiOf(7)).toBeUndefined()
  expect(apiOf(-1)).toBeUndefined()
})

test('types follow the declarations', () => {
  expectTypeOf<DeleteTopicsRequest['topics']>().toEqualTypeOf<readonly { readonly name: string | null; readonly topicId: string }[]>()
  type Partition = ProduceResponse['responses'][number]['partitionResponses'][number]
  expectTypeOf<{ index: number; errorCode: number; baseOffset: bigint; recordErrors: [] }>().toExtend<Partition>()
  // A base offset has no default: whoever answers must say it.
  expectTypeOf<{ index: number; errorCode: number; recordErrors: [] }>().not.toExtend<Partition>()
})
