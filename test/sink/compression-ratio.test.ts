import { describe, expect, test } from 'vitest'
import { CompressionRatio } from '../../src/sink/compression-ratio.ts'

const MiB = 1024 * 1024

describe('how much columns shrink', () => {
  for (const [what, noted, ratio] of [
    ['is a quarter where nothing is known', [], 4],
    [
      'is what the last files say',
      [
        [100 * MiB, 50 * MiB],
        [100 * MiB, 10 * MiB],
      ],
      10,
    ],
    ['is not learnt from a file that is mostly a footer', [[4_000, 5_000]], 4],
    ['is not learnt from a row group that is still open', [[8 * MiB, 0]], 4],
    ['is never less than nothing', [[8 * MiB, 9 * MiB]], 1],
  ] as const)
    test(what, () => {
      const compression = new CompressionRatio()
      for (const [columnBytes, fileBytes] of noted) compression.note({ columnBytes, fileBytes })
      expect(compression.value).toBe(ratio)
    })
})
