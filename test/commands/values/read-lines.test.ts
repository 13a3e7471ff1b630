import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readLines } from '../../../src/commands/values/read-lines.ts'

async function linesOf(chunks: readonly Uint8Array[]): Promise<{ firstLines: number[]; lines: string[] }> {
  const firstLines: number[] = []
  const lines: string[] = []
  for await (const group of readLines(streamOf(chunks))) {
    firstLines.push(group.firstLine)
    lines.push(...group.lines.map((line) => Buffer.from(line).toString('utf8')))
  }
  return { firstLines, lines }
}

async function* streamOf(chunks: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* chunks
}

describe('lines', () => {
  for (const [text, lines] of [
    ['', []],
    ['a', ['a']],
    ['a\n', ['a']],
    ['a\nb', ['a', 'b']],
    ['\n\n', ['', '']],
    ['a\r\nb\r\n', ['a\r', 'b\r']],
    ['größe\n', ['größe']],
  ] as const)
    test(JSON.stringify(text), async () => expect((await linesOf([Buffer.from(text)])).lines).toEqual(lines))

  test('are the same however the bytes come in pieces, and counted from 1', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.string({ unit: fc.constantFrom('a', 'ß', '\n', '"') })), async (pieces) => {
        const text = pieces.join('')
        const expected = text.split('\n')
        if (expected.at(-1) === '') expected.pop()
        const { firstLines, lines } = await linesOf(pieces.map((piece) => Buffer.from(piece)))
        expect(lines).toEqual(expected)
        if (firstLines.length > 0) expect(firstLines[0]).toBe(1)
        expect(firstLines).toEqual(firstLines.toSorted((a, b) => a - b))
      }),
    )
  })

  test('come as soon as they are complete', async () => {
    let hasEnded = false
    async function* slow(): AsyncGenerator<Uint8Array> {
      yield Buffer.from('first\nsec')
      hasEnded = true
      yield Buffer.from('ond\n')
    }
    for await (const { firstLine, lines } of readLines(slow())) {
      if (firstLine === 1) expect({ hasEnded, lines: lines.length }).toEqual({ hasEnded: false, lines: 1 })
    }
    expect(hasEnded).toBe(true)
  })
})
