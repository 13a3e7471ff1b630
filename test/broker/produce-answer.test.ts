import { describe, expect, test } from 'vitest'
import { kafkaCodeOf } from '../../src/broker/kafka-errors.ts'
import { answerOf, refused } from '../../src/broker/produce-answer.ts'
import { batchErrorMessage, recordErrorMessage } from '../../src/broker/record-error-message.ts'
import type { AppendOutcome } from '../../src/log/log.ts'
import { kafkaErrorName } from '../../src/protocol/errors.ts'
import { HeadgateError, type ErrorKind } from '../../src/shared/errors.ts'

describe('an append is answered', () => {
  for (const kind of ['appended', 'duplicate'] as const)
    for (const logAppendTimeMs of [null, 77n])
      test(`with its offset when it is ${kind}${logAppendTimeMs ? " at the broker's time" : ''}`, () => {
        expect(answerOf({ kind, baseOffset: 5n, logAppendTimeMs, logStartOffset: 2n })).toEqual({
          errorCode: 0,
          baseOffset: 5n,
          logAppendTimeMs: logAppendTimeMs ?? -1n,
          logStartOffset: 2n,
          recordErrors: [],
          errorMessage: null,
        })
      })

  for (const [outcome, error, message] of [
    [{ kind: 'unknown-partition' }, 'UNKNOWN_TOPIC_OR_PARTITION', 'the topic was deleted'],
    [{ kind: 'out-of-order-sequence', expected: 3 }, 'OUT_OF_ORDER_SEQUENCE_NUMBER', 'expected sequence 3'],
    [{ kind: 'stale-producer-epoch', currentEpoch: 4 }, 'INVALID_PRODUCER_EPOCH', "the producer's epoch is 4 by now"],
    // The two that every client sends again: one says that surely nothing is stored.
    [{ kind: 'unavailable', reason: 'why' }, 'NOT_ENOUGH_REPLICAS', 'why'],
    [{ kind: 'outcome-unknown', reason: 'why' }, 'REQUEST_TIMED_OUT', 'why'],
  ] as const satisfies readonly (readonly [AppendOutcome, string, string])[])
    test(`with ${error} when it is ${outcome.kind}, and no offset`, () => {
      const answer = answerOf(outcome)
      expect(kafkaErrorName(answer.errorCode)).toBe(error)
      expect(answer).toEqual(refused(answer.errorCode, message))
      expect(answer).toMatchObject({ baseOffset: -1n, logAppendTimeMs: -1n, logStartOffset: -1n })
    })
})

describe('a failure of the environment is answered with a code that says whether to send again', () => {
  for (const [kind, error] of [
    ['store-unavailable', 'NOT_ENOUGH_REPLICAS'],
    ['commit-contended', 'NOT_ENOUGH_REPLICAS'],
    ['store-outcome-unknown', 'REQUEST_TIMED_OUT'],
    ['shutting-down', 'NOT_LEADER_OR_FOLLOWER'],
    ['fenced', 'NOT_LEADER_OR_FOLLOWER'],
    ['store-corrupt', 'KAFKA_STORAGE_ERROR'],
    ['malformed', 'CORRUPT_MESSAGE'],
    ['too-large', 'MESSAGE_TOO_LARGE'],
    ['invalid-argument', 'INVALID_REQUEST'],
    ['not-found', 'UNKNOWN_TOPIC_OR_PARTITION'],
    ['already-exists', 'TOPIC_ALREADY_EXISTS'],
    ['invalid-schema', 'INVALID_RECORD'],
    ['incompatible-schema', 'INVALID_RECORD'],
    ['unsupported', 'UNSUPPORTED_VERSION'],
  ] as const satisfies readonly (readonly [ErrorKind, string])[])
    test(`${kind} as ${error}`, () => expect(kafkaErrorName(kafkaCodeOf(new HeadgateError(kind, 'why')))).toBe(error))
})

describe('the message of a refused batch', () => {
  test('names the record, the path and the reason', () => {
    expect(recordErrorMessage({ index: 3, path: '$.payload.size', reason: 'expected long, got string "12k"' })).toBe(
      'record 3: $.payload.size: expected long, got string "12k"',
    )
    expect(recordErrorMessage({ index: 0, reason: 'nested too deeply' })).toBe('record 0: nested too deeply')
  })

  test('says in one line how many records are invalid, and what is wrong with the first', () => {
    const errors = [
      { index: 1, path: '$', reason: 'first' },
      { index: 2, reason: 'second' },
    ]
    expect(batchErrorMessage(errors, { invalidCount: 20, recordCount: 30 })).toBe(
      '20 of 30 records are invalid, so none was stored; record 1: $: first',
    )
  })
})
