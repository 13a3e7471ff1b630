import addFormats from 'ajv-formats'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isDate, isDateTime, isIsoDateTime, isIsoTime, isTime } from '../../../src/schema/json/date-time.ts'
import { valueOf, verdictOf } from './support.ts'

const instant = { type: 'string', format: 'date-time' }

describe('a date-time becomes microseconds in UTC, digits behind them cut off', () => {
  for (const [text, micros] of [
    ['1970-01-01T00:00:00Z', 0n],
    ['1969-12-31T23:59:59.999999Z', -1n],
    ['0001-01-01T00:00:00Z', -62135596800000000n],
    ['0001-01-01T01:00:00+01:00', -62135596800000000n],
    ['9999-12-31T23:59:59.999999Z', 253402300799999999n],
    ['2024-05-06T07:08:09+02:00', 1714972089000000n],
    ['2024-05-06T07:08:09.5-0730', 1715006289500000n],
    ['2024-05-06t07:08:09.123456789z', 1714979289123456n],
    ['2024-05-06 07:08:09+00', 1714979289000000n],
    ['1969-12-31T23:59:59.9999999Z', -1n],
    ['2016-12-31T23:59:60Z', 1483228800000000n],
    ['2017-01-01T00:59:60+01:00', 1483228800000000n],
    ['2024-02-29T00:00:00Z', 1709164800000000n],
  ] as const)
    test(text, () => expect(valueOf(instant, JSON.stringify(text))).toBe(micros))
})

test('any instant that Date can print is read back to the same instant', () => {
  fc.assert(
    fc.property(fc.date({ min: new Date('0001-01-01T00:00:00Z'), max: new Date('9999-12-31T23:59:59Z'), noInvalidDate: true }), (date) => {
      expect(valueOf(instant, JSON.stringify(date))).toBe(BigInt(date.getTime()) * 1000n)
    }),
    { numRuns: 50 },
  )
})

test('a date becomes days since 1970', () => {
  fc.assert(
    fc.property(fc.integer({ min: -719_162, max: 2_932_896 }), (days) => {
      const text = new Date(days * 86_400_000).toISOString().slice(0, 10)
      expect(valueOf({ type: 'string', format: 'date' }, JSON.stringify(text))).toBe(days)
    }),
    { numRuns: 50 },
  )
})

describe('what is outside the years 0001 to 9999 in UTC has no place in a table, whose readers know no other years', () => {
  for (const [format, text] of [
    ['date', '0000-12-31'],
    ['date-time', '0000-12-31T23:59:59.999999Z'],
    ['date-time', '0001-01-01T00:59:59+01:00'],
    ['date-time', '9999-12-31T23:59:59-00:01'],
    ['date-time', '9999-12-31T23:59:60Z'],
  ] as const)
    test(`${format} ${text}`, () =>
      expect(verdictOf({ type: 'string', format }, JSON.stringify(text))).toEqual({
        error: `$: expected a ${format} in the years 0001 to 9999, got string "${text}"`,
      }))
})

describe('dates and times are judged as the full mode of ajv-formats judges them', () => {
  const dates = fc.tuple(
    fc.constantFrom('0000', '1900', '2000', '2023', '2024', '24', '9999'),
    fc.integer({ min: 0, max: 13 }),
    fc.integer({ min: 0, max: 32 }),
  )
  const date = dates.map(([year, month, day]) => `${year}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`)
  const parts = {
    hour: fc.constantFrom('00', '23', '24', '7', '12', '22'),
    minute: fc.constantFrom('00', '59', '60', '30', '29'),
    second: fc.constantFrom('00', '59', '60', '61'),
    fraction: fc.constantFrom('', '.', '.1', '.123456789', ',5'),
    zone: fc.constantFrom(
      '',
      'Z',
      'z',
      '+00:00',
      '-01:00',
      '+23:59',
      '-24:00',
      '+05',
      '+0530',
      '+5:30',
      '+00:60',
      'ZZ',
      '+12:30',
      '-00:31',
    ),
  }
  const time = fc.record(parts).map(({ hour, minute, second, fraction, zone }) => `${hour}:${minute}:${second}${fraction}${zone}`)
  const dateTime = fc.tuple(date, fc.constantFrom('T', 't', ' ', '', 'x'), time).map((texts) => texts.join(''))
  for (const [name, judge, texts] of [
    ['date', isDate, date],
    ['time', isTime, time],
    ['iso-time', isIsoTime, time],
    ['date-time', isDateTime, dateTime],
    ['iso-date-time', isIsoDateTime, dateTime],
  ] as const) {
    const { validate } = addFormats.default.get(name, 'full') as unknown as { validate: (text: string) => boolean }
    test(name, () => {
      fc.assert(
        fc.property(texts, (text) => {
          expect([text, judge(text)]).toEqual([text, validate(text)])
        }),
        { numRuns: 3000 },
      )
    })
  }
})
