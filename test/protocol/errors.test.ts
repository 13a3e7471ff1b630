import { protocolErrors } from '@platformatic/kafka'
// @ts-expect-error kafkajs publishes no types for its protocol modules.
import kafkajsErrors from 'kafkajs/src/protocol/error.js'
import { describe, expect, test } from 'vitest'
import { kafkaErrorName, kafkaErrors } from '../../src/protocol/errors.ts'

const ours = Object.entries(kafkaErrors).map(([name, { code, isRetriable }]) => ({ name, code, isRetriable }))

test('codes run from -1 without a gap, in order', () => {
  expect(ours.map(({ code }) => code)).toEqual(ours.map((_, index) => index - 1))
})

test('a code leads to its name, an unknown one to none', () => {
  for (const { name, code } of ours) expect(kafkaErrorName(code)).toBe(name)
  expect(kafkaErrorName(-2)).toBeUndefined()
  expect(kafkaErrorName(ours.length)).toBeUndefined()
})

describe('other implementations have the same table', () => {
  test('@platformatic/kafka: names, codes and what may be retried', () => {
    const theirs = Object.entries(protocolErrors).map(([name, { code, canRetry }]) => ({ name, code, isRetriable: canRetry }))
    expect(theirs.length).toBeGreaterThan(125)
    expect(ours).toEqual(expect.arrayContaining(theirs))
  })

  test('kafkajs: codes and names, but for those that Kafka renamed since', () => {
    const theirs = (kafkajsErrors as { errorCodes: { type: string; code: number }[] }).errorCodes
    const different = theirs.filter(({ type, code }) => kafkaErrorName(code) !== type).map(({ code }) => kafkaErrorName(code))
    expect(theirs.length).toBeGreaterThan(80)
    expect(different).toEqual([
      'UNKNOWN_SERVER_ERROR',
      'NOT_LEADER_OR_FOLLOWER',
      'COORDINATOR_LOAD_IN_PROGRESS',
      'COORDINATOR_NOT_AVAILABLE',
      'NOT_COORDINATOR',
    ])
  })
})
