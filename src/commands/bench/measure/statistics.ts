import { assert } from '../../../shared/assert.ts'

/** The middle value, which one disturbed round does not move; the mean of the two middle ones of an even number. */
export function median(values: readonly number[]): number {
  const sorted = ascending(values)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? at(sorted, middle) : (at(sorted, middle - 1) + at(sorted, middle)) / 2
}

/** The smallest value that at least `share` of all values do not exceed (nearest rank). */
export function percentile(values: readonly number[], share: number): number {
  const sorted = ascending(values)
  return at(sorted, Math.max(0, Math.ceil(share * sorted.length) - 1))
}

export function mean(values: readonly number[]): number {
  assert(values.length > 0, 'the mean of nothing')
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

/** The slope of the straight line that fits best (least squares). A single point has none: 0. */
export function slope(points: readonly (readonly [x: number, y: number])[]): number {
  const meanX = mean(points.map(([x]) => x))
  const meanY = mean(points.map(([, y]) => y))
  let products = 0
  let squares = 0
  for (const [x, y] of points) {
    products += (x - meanX) * (y - meanY)
    squares += (x - meanX) ** 2
  }
  return squares === 0 ? 0 : products / squares
}

function ascending(values: readonly number[]): Float64Array {
  assert(values.length > 0, 'statistics of nothing')
  return Float64Array.from(values).sort()
}

function at(sorted: Float64Array, index: number): number {
  return sorted[index] as number
}
