import { describe, expect, test } from 'vitest'
import { partitionValueOf } from '../../src/lanes/time-partition.ts'

// The values are those of Iceberg's time transforms: floors, also before 1970.
const cases = [
  ['1970-01-01T00:00:00.000Z', { none: null, hour: 0, day: 0, month: 0, year: 0 }],
  ['1969-12-31T23:59:59.999Z', { none: null, hour: -1, day: -1, month: -1, year: -1 }],
  ['1969-11-30T00:00:00.000Z', { none: null, hour: -768, day: -32, month: -2, year: -1 }],
  ['2017-11-16T22:31:08.000Z', { none: null, hour: 419_686, day: 17_486, month: 574, year: 47 }],
  ['2024-02-29T23:59:59.999Z', { none: null, hour: 474_791, day: 19_782, month: 649, year: 54 }],
  ['0001-01-01T00:00:00.000Z', { none: null, hour: -17_259_888, day: -719_162, month: -23_628, year: -1_969 }],
  ['9999-12-31T23:59:59.999Z', { none: null, hour: 70_389_527, day: 2_932_896, month: 96_359, year: 8_029 }],
] as const

describe('a time falls into whole hours, days, months and years of UTC', () => {
  for (const [iso, values] of cases)
    test(iso, () => {
      const at = Date.parse(iso)
      const found = (['none', 'hour', 'day', 'month', 'year'] as const).map((unit) => [unit, partitionValueOf(unit, at)])
      expect(Object.fromEntries(found)).toEqual(values)
    })
})
