import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { requestHeader } from '../../src/protocol/headers.ts'
import { createTopics } from '../../src/protocol/messages/create-topics.ts'
import { deleteTopics } from '../../src/protocol/messages/delete-topics.ts'
import { metadata } from '../../src/protocol/messages/metadata.ts'
import { produce } from '../../src/protocol/messages/produce.ts'
import { Reader } from '../../src/protocol/reader.ts'
import { limits } from '../../src/shared/limits.ts'
import { arbitraryMessage } from './arbitrary-message.ts'
import { type AnyMessage, decodeWhole, encode, errorOf, expectMalformed, fromHex, messages, versionsOf } from './wire.ts'

const runOfBytes = fc
  .tuple(fc.constantFrom(0x00, 0x7f, 0x80, 0xff), fc.integer({ min: 1, max: 6 }))
  .map(([byte, length]) => new Uint8Array(length).fill(byte))

describe('every truncated prefix is malformed, and the error names the message', () => {
  for (const message of messages)
    for (const version of versionsOf(message))
      test(`${message.name} v${version}`, () => {
        for (const value of fc.sample(arbitraryMessage(message, version), { numRuns: 4, seed: version })) {
          const whole = encode(message, version, value)
          for (let length = 0; length < whole.byteLength; length++)
            expectMalformed(
              errorOf(() => decodeWhole(message, version, whole.subarray(0, length))),
              `${message.name} v${version}`,
            )
        }
      })
})

describe('hostile bytes are a message or malformed, never anything else', () => {
  for (const message of messages)
    test(message.name, () => {
      const version = fc.constantFrom(...versionsOf(message))
      fc.assert(
        fc.property(version, fc.uint8Array({ maxLength: 200 }), (version, noise) => decodesOrIsMalformed(message, version, noise)),
        { numRuns: 200 },
      )
      const damaged = version.chain((version) => fc.tuple(fc.constant(version), arbitraryMessage(message, version), fc.nat(), runOfBytes))
      fc.assert(
        fc.property(damaged, ([version, value, position, run]) => {
          const whole = encode(message, version, value)
          whole.set(run.subarray(0, whole.byteLength), position % (1 + whole.byteLength - Math.min(run.length, whole.byteLength)))
          decodesOrIsMalformed(message, version, whole)
        }),
        { numRuns: 200 },
      )
    })
})

describe('a length beyond the bytes that are left is refused before anything is allocated', () => {
  for (const [what, message, version, hex] of [
    ['array of 2^31-1', deleteTopics.request, 1, '7fffffff'],
    ['array of -2', deleteTopics.request, 1, 'fffffffe'],
    ['array of one more than could follow', deleteTopics.request, 1, '00000003 0000 0000'],
    ['compact array of 2^32-2', deleteTopics.request, 4, 'ffffffff0f'],
    ['varint of five bytes above 32 bits', deleteTopics.request, 4, 'ffffffff1f'],
    ['varint that goes on', deleteTopics.request, 4, 'ffffffffff01'],
    ['string of 32767', deleteTopics.request, 1, '00000001 7fff 00'],
    ['string of -2', deleteTopics.request, 1, '00000001 fffe'],
    ['compact string of 2^32-2', deleteTopics.request, 4, '02 ffffffff0f'],
    ['records of 2^31-1', produce.request, 3, 'ffff 0001 00000000 00000001 0000 00000001 00000000 7fffffff'],
    ['records of -2', produce.request, 3, 'ffff 0001 00000000 00000001 0000 00000001 00000000 fffffffe'],
    ['tagged field of 2^32-1', metadata.request, 9, '00 00 00 00 01 07 ffffffff0f'],
    ['2^32-1 tagged fields', metadata.request, 9, '00 00 00 00 ffffffff0f'],
  ] as const)
    test(what, () =>
      expectMalformed(
        errorOf(() => decodeWhole(message, version, fromHex(hex))),
        message.name,
      ),
    )
})

test('a null where the version allows none is malformed', () => {
  expectMalformed(
    errorOf(() => decodeWhole(metadata.request, 0, fromHex('ffffffff'))),
    'Metadata request v0, topics: null',
  )
})

test('text that is not UTF-8 is malformed, U+FFFD itself is text', () => {
  expectMalformed(
    errorOf(() => decodeWhole(deleteTopics.request, 1, fromHex('00000001 0001 ff 00000000'))),
    'topicNames[0]: text',
  )
  const named = encode(deleteTopics.request, 1, { topicNames: ['\ufffd'], timeoutMs: 0 })
  expect(decodeWhole(deleteTopics.request, 1, named)).toMatchObject({ topicNames: ['\ufffd'] })
})

test('a client id may be any bytes', () => {
  const header = fromHex('0012 0000 00000001 0002 4dfc')
  expect(requestHeader.decode(new Reader(header), 1)).toMatchObject({ clientId: 'M\ufffd' })
})

describe('all arrays of one message share one bound', () => {
  test('one array', () => {
    const names = new Uint8Array(4 + 2 * (limits.messageArrayMax + 1) + 4)
    new DataView(names.buffer).setInt32(0, limits.messageArrayMax + 1)
    expectMalformed(
      errorOf(() => decodeWhole(deleteTopics.request, 1, names)),
      'DeleteTopics request v1, topicNames: ',
    )
  })

  test('arrays within an array', () => {
    const half = limits.messageArrayMax / 2
    const topic = { name: 't', numPartitions: 1, replicationFactor: 1, configs: [] }
    const assignments = [{ partitionIndex: 0, brokerIds: Array.from({ length: half }, () => 1) }]
    const request = { topics: [1, 2].map(() => ({ ...topic, assignments })) }
    const error = errorOf(() => decodeWhole(createTopics.request, 2, encode(createTopics.request, 2, request)))
    expectMalformed(error, 'topics[1].assignments[0].brokerIds: ')
  })
})

function decodesOrIsMalformed(message: AnyMessage, version: number, bytes: Uint8Array): void {
  const error = errorOf(() => message.decode(new Reader(bytes), version))
  if (error !== undefined) expectMalformed(error, `${message.name} v${version}`)
}
