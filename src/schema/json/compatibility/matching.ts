/**
 * Whether every row can have a column of its own among those it allows: a matching of maximum cardinality in a bipartite
 * graph covers all rows. By augmenting paths (Kuhn): a row that finds none now will find none later. `spend` is told of
 * every step.
 */
export function coversEveryRow(rows: readonly (readonly number[])[], columns: number, spend: (steps: number) => void): boolean {
  const rowOf = new Int32Array(columns).fill(NO_ROW)
  const visitedFor = new Int32Array(columns).fill(NO_ROW)

  const place = (row: number, goal: number): boolean => {
    const allowed = rows[row] ?? []
    spend(1 + allowed.length)
    const free = allowed.find((column) => rowOf[column] === NO_ROW)
    if (free !== undefined) {
      rowOf[free] = row
      return true
    }
    for (const column of allowed) {
      if (visitedFor[column] === goal) continue
      visitedFor[column] = goal
      if (!place(rowOf[column] ?? NO_ROW, goal)) continue
      rowOf[column] = row
      return true
    }
    return false
  }

  return rows.every((_, row) => place(row, row))
}

const NO_ROW = -1
