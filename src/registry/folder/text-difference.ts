import { limits } from '../../shared/limits.ts'

/**
 * What changed between two schemas, line by line, for people: `-` is gone, `+` is new. JSON is laid out over lines first.
 * Lines that stay are left out but for one on each side of a change.
 */
export function textDifference(before: string, after: string): string {
  const [old, current] = [linesOf(before), linesOf(after)]
  if (old.length * current.length > limits.differenceCellsMax) return '(too long to compare line by line)'
  const lines = differences(old, current)
  const isNear = (index: number): boolean => [-1, 0, 1].some((step) => (lines[index + step]?.[0] ?? ' ') !== ' ')
  return lines.filter((_, index) => isNear(index)).join('\n')
}

function linesOf(text: string): string[] {
  try {
    return JSON.stringify(JSON.parse(text), null, 2).split('\n')
  } catch {
    return text.trimEnd().split('\n')
  }
}

/** By the longest common subsequence of lines; `lengths` says how long it is from each pair of lines on. */
function differences(old: readonly string[], current: readonly string[]): string[] {
  const width = current.length + 1
  const lengths = new Uint32Array((old.length + 1) * width)
  const lengthAt = (row: number, column: number): number => lengths[row * width + column] ?? 0
  for (let row = old.length - 1; row >= 0; row--)
    for (let column = current.length - 1; column >= 0; column--)
      lengths[row * width + column] =
        old[row] === current[column] ? lengthAt(row + 1, column + 1) + 1 : Math.max(lengthAt(row + 1, column), lengthAt(row, column + 1))
  const lines: string[] = []
  let [row, column] = [0, 0]
  while (row < old.length || column < current.length) {
    if (row < old.length && old[row] === current[column]) {
      lines.push(` ${current[column++]}`)
      row++
    } else if (row < old.length && (column === current.length || lengthAt(row + 1, column) >= lengthAt(row, column + 1)))
      lines.push(`-${old[row++]}`)
    else lines.push(`+${current[column++]}`)
  }
  return lines
}
