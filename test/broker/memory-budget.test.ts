import { describe, expect, test } from 'vitest'
import { MemoryBudget, MemoryLease } from '../../src/broker/memory-budget.ts'
import { ManualClock } from '../../src/shared/clock.ts'

const patienceMs = 1_000

function budgetOf(bytesMax: number): { budget: MemoryBudget; clock: ManualClock } {
  const clock = new ManualClock()
  return { budget: new MemoryBudget({ bytesMax, patienceMs, clock }), clock }
}

/** Names are noted when their bytes are granted. */
function takeAll(budget: MemoryBudget, wanted: { readonly [name: string]: number }): string[] {
  const granted: string[] = []
  for (const [name, bytes] of Object.entries(wanted)) void budget.take(bytes).then(() => granted.push(name))
  return granted
}

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

describe('a budget', () => {
  test('is never exceeded, and what comes back goes to the smallest first', async () => {
    const { budget } = budgetOf(10)
    const granted = takeAll(budget, { first: 10, large: 8, small: 1, medium: 5 })
    await settled()
    expect(granted).toEqual(['first'])
    budget.giveBack(6)
    await settled()
    expect(granted).toEqual(['first', 'small', 'medium'])
    expect(budget.tryTake(1)).toBe(false)
    budget.giveBack(10)
    await settled()
    expect(granted).toEqual(['first', 'small', 'medium', 'large'])
  })

  test('lets nobody go while nobody waits', async () => {
    const { budget, clock } = budgetOf(10)
    const gone: string[] = []
    budget.tryTake(10)
    budget.watch(() => gone.push('reader'))
    await clock.advance(100 * patienceMs)
    expect(gone).toEqual([])
  })

  test('lets those go that have dawdled for longer than the patience, once somebody waits that long', async () => {
    const { budget, clock } = budgetOf(10)
    const gone: string[] = []
    budget.tryTake(10)
    budget.watch(() => {
      gone.push('old')
      budget.giveBack(4)
    })
    budget.watch(() => gone.push('ended'))()
    await clock.advance(patienceMs - 1)
    const granted = takeAll(budget, { waiter: 4 })
    await clock.advance(1)
    budget.watch(() => gone.push('young'))
    expect(gone).toEqual([])
    await clock.advance(patienceMs - 1)
    await settled()
    expect(gone).toEqual(['old'])
    expect(granted).toEqual(['waiter'])
  })
})

describe('a lease', () => {
  test('of more than there is takes all of it', async () => {
    const { budget } = budgetOf(10)
    const lease = new MemoryLease(budget)
    expect(lease.tryTake(1_000)).toBe(true)
    expect(lease.bytes).toBe(10)
    await lease.take(1)
    expect(lease.bytes).toBe(10)
    lease.close()
    expect(budget.tryTake(10)).toBe(true)
  })

  test('gives back at most what it holds, and the rest when it is closed', () => {
    const { budget } = budgetOf(10)
    const lease = new MemoryLease(budget)
    lease.tryTake(8)
    lease.giveBack(3)
    lease.giveBack(-5)
    expect(lease.bytes).toBe(5)
    lease.giveBack(100)
    lease.close()
    lease.close()
    expect(budget.tryTake(10)).toBe(true)
  })

  test('that is closed while it waits keeps nothing', async () => {
    const { budget } = budgetOf(10)
    budget.tryTake(10)
    const lease = new MemoryLease(budget)
    const taken = lease.take(10)
    lease.close()
    budget.giveBack(10)
    await taken
    expect(lease.bytes).toBe(0)
    expect(budget.tryTake(10)).toBe(true)
  })

  test('is watched from when it is said until it is closed', async () => {
    const { budget, clock } = budgetOf(10)
    const gone: string[] = []
    const [open, closed] = [new MemoryLease(budget), new MemoryLease(budget)]
    open.tryTake(5)
    closed.tryTake(5)
    open.watch(() => gone.push('open'))
    closed.watch(() => gone.push('closed'))
    closed.close()
    takeAll(budget, { waiter: 10 })
    await clock.advance(patienceMs)
    await settled()
    expect(gone).toEqual(['open'])
  })
})
