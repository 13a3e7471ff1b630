import { describe, expect, test } from 'vitest'
import { mean, median, percentile, slope } from '../../../src/commands/bench/measure/statistics.ts'

describe('median', () => {
  for (const [values, expected] of [
    [[7], 7],
    [[10, 2, 9], 9],
    [[100, 9, 10, 1], 9.5],
  ] as const)
    test(JSON.stringify(values), () => expect(median(values)).toBe(expected))
})

describe('percentile is the nearest rank', () => {
  const hundred = Array.from({ length: 100 }, (_, index) => 100 - index)
  for (const [share, expected] of [
    [0, 1],
    [0.5, 50],
    [0.99, 99],
    [0.991, 100],
    [1, 100],
  ] as const)
    test(String(share), () => expect(percentile(hundred, share)).toBe(expected))
})

test('nothing has no statistics', () => {
  expect(() => median([])).toThrow('nothing')
  expect(() => mean([])).toThrow('nothing')
})

describe('slope of the best line', () => {
  for (const [name, points, expected] of [
    [
      'a line',
      [
        [0, 5],
        [1, 7],
        [2, 9],
      ],
      2,
    ],
    [
      'a level',
      [
        [0, 5],
        [3, 5],
      ],
      0,
    ],
    [
      'a disturbed line',
      [
        [0, 0],
        [1, 3],
        [2, 0],
        [3, 3],
      ],
      0.6,
    ],
    ['a point', [[4, 4]], 0],
  ] as const)
    test(name, () => expect(slope(points)).toBeCloseTo(expected, 10))
})
