import { describe, expect, test } from 'vitest'
import { BufferMemory } from '../../src/sink/buffer-memory.ts'

describe('the memory of rows on their way into files', () => {
  test('is over its bound for every topic as soon as all of them together are', () => {
    const memory = new BufferMemory(100)
    const [first, second] = [memory.share(), memory.share()]
    first.add(60)
    second.add(40)
    expect([memory.bytes, first.isOverBound, second.isOverBound]).toEqual([100, false, false])
    second.add(1)
    expect([first.isOverBound, second.isOverBound]).toEqual([true, true])
    first.add(-60)
    expect([memory.bytes, first.bytes, second.bytes, first.isOverBound]).toEqual([41, 0, 41, false])
  })

  test('gets back what a session still held when it ended, and nothing twice', () => {
    const memory = new BufferMemory(100)
    const [ended, other] = [memory.share(), memory.share()]
    ended.add(70)
    other.add(20)
    ended.close()
    ended.close()
    expect(memory.bytes).toBe(20)
    // A write that was under way ends after its session.
    ended.add(-70)
    ended.add(5)
    expect([memory.bytes, ended.bytes]).toEqual([20, 0])
  })
})

describe('who waits for room', () => {
  function sharesOf(...bytes: number[]): {
    readonly memory: BufferMemory
    readonly asked: number[]
    readonly close: (index: number) => void
  } {
    const memory = new BufferMemory(1)
    const asked: number[] = []
    const shares = bytes.map((held, index) => {
      const share = memory.share()
      share.add(held)
      share.onPressure = () => asked.push(index)
      return share
    })
    return { memory, asked, close: (index) => shares[index]?.close() }
  }

  test('asks the share that holds most', () => {
    const { memory, asked } = sharesOf(10, 30, 20)
    memory.share().relieve()
    expect(asked).toEqual([1])
  })

  test('asks nobody that has ended, and nobody where nothing is held', () => {
    const { memory, asked, close } = sharesOf(10, 30, 0)
    close(1)
    memory.share().relieve()
    close(0)
    memory.share().relieve()
    expect(asked).toEqual([0])
  })
})
