import { describe, expect, test } from 'vitest'
import { partitionValueOf } from '../../../src/lanes/time-partition.ts'
import { chooseSpec, partitionPath, partitionSpecOf, type PartitionSpec } from '../../../src/tables/iceberg/partition-spec.ts'
import { timePartitionText, type TimeTransform } from '../../../src/tables/iceberg/transforms.ts'
import { partitionings, smallRowType } from './test-table.ts'

describe('partition values read as people write time', () => {
  const cases: readonly (readonly [TimeTransform, string, number, string])[] = [
    ['hour', '2017-11-16T22:31:08Z', 419_686, '2017-11-16-22'],
    ['day', '2017-11-16T22:31:08Z', 17_486, '2017-11-16'],
    ['month', '2017-11-16T22:31:08Z', 574, '2017-11'],
    ['year', '2017-11-16T22:31:08Z', 47, '2017'],
    ['hour', '1969-12-31T23:59:59.999Z', -1, '1969-12-31-23'],
    ['day', '1969-12-31T23:59:59.999Z', -1, '1969-12-31'],
    ['month', '1969-12-31T23:59:59.999Z', -1, '1969-12'],
    ['year', '1969-12-31T23:59:59.999Z', -1, '1969'],
    ['month', '1968-01-01T00:00:00Z', -24, '1968-01'],
    ['day', '2024-02-29T00:00:00Z', 19_782, '2024-02-29'],
  ]
  for (const [transform, iso, value, text] of cases)
    test(`${transform} of ${iso}`, () => {
      expect(partitionValueOf(transform, Date.parse(iso))).toBe(value)
      expect(timePartitionText(transform, value)).toBe(text)
    })
  test('a value beyond the calendar is shown as it is', () => {
    expect(timePartitionText('day', 2_000_000_000)).toBe('2000000000')
  })
})

describe('a spec that Headgate wrote is the one it chooses', () => {
  for (const partitionBy of partitionings)
    test(partitionBy, () => {
      const spec = partitionSpecOf(partitionBy, smallRowType)
      expect(chooseSpec([spec], 0, smallRowType)).toEqual({ spec, partitionBy })
    })
})

describe('where others changed how the table is partitioned', () => {
  const ours = partitionSpecOf('day', smallRowType)
  const field = (transform: string, sourceId: number) => ({ 'source-id': sourceId, 'field-id': 1001, name: 'p', transform })
  const cases: readonly (readonly [string, PartitionSpec, number])[] = [
    ['files go on under the old spec when the new one is not a time', { 'spec-id': 1, fields: [field('bucket[16]', 1)] }, 0],
    ['the new spec is used when it is a time of the record', { 'spec-id': 1, fields: [field('hour', 4)] }, 1],
    ['a time of another column is not the time of the record', { 'spec-id': 1, fields: [field('hour', 3)] }, 0],
    ['a dropped field that is left as void does not count', { 'spec-id': 1, fields: [field('void', 1)] }, 1],
  ]
  for (const [name, changed, chosen] of cases)
    test(name, () => expect(chooseSpec([ours, changed], 1, smallRowType).spec['spec-id']).toBe(chosen))
  test('a table without any spec to write by is refused', () => {
    expect(() => chooseSpec([{ 'spec-id': 0, fields: [field('identity', 1)] }], 0, smallRowType)).toThrow('none of the table')
  })
})

test('partition paths show foreign values too', () => {
  const spec = {
    'spec-id': 0,
    fields: [
      { 'source-id': 1, 'field-id': 1000, name: 'name', transform: 'identity' },
      { 'source-id': 4, 'field-id': 1001, name: 'day', transform: 'day' },
    ],
  }
  expect(partitionPath(spec, { 1000: 'a', 1001: 19_782 })).toBe('name=a/day=2024-02-29')
  expect(partitionPath(spec, { 1000: Uint8Array.of(255), 1001: null })).toBe('name=ff/day=null')
  expect(partitionPath(undefined, {})).toBe('')
})
