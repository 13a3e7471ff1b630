import { Writable } from 'node:stream'
import { describe, expect, test } from 'vitest'
import { bytesText, countText, plural, timeText } from '../../../src/commands/output/number-text.ts'
import { Progress } from '../../../src/commands/output/progress.ts'
import { plainStyle, styleOf } from '../../../src/commands/output/style.ts'
import { factsText, tablePage, tableText } from '../../../src/commands/output/table-text.ts'
import { cutToWidth, textWidth, withoutControls } from '../../../src/commands/output/text-width.ts'
import { ManualClock } from '../../../src/shared/clock.ts'

describe('a table', () => {
  const columns = [
    { title: 'NAME', text: ({ name }: { name: string; count: number }) => name },
    { title: 'COUNT', text: ({ count }: { name: string; count: number }) => countText(count), isNumber: true },
  ]

  test('is aligned, numbers to the right, no spaces at the ends of lines', () => {
    const rows = [
      { name: 'a', count: 1_234_567 },
      { name: 'longer name', count: 5 },
    ]
    expect(tableText(columns, rows, { style: plainStyle })).toBe(
      ['NAME             COUNT', 'a            1,234,567', 'longer name          5', ''].join('\n'),
    )
  })

  test('counts what a terminal shows: wide characters, marks', () => {
    const rows = [
      { name: '東京', count: 1 },
      { name: 'é', count: 2 },
      { name: 'e\u0301', count: 3 },
    ]
    expect(tableText(columns, rows, { style: plainStyle })).toBe(
      ['NAME  COUNT', '東京      1', 'é         2', 'e\u0301         3', ''].join('\n'),
    )
  })

  test('goes on with the widths of the page before', () => {
    const first = tablePage(columns, [{ name: 'a long name', count: 1 }], { style: plainStyle })
    const second = tablePage(columns, [{ name: 'b', count: 2 }], { style: plainStyle, widths: first.widths, hasHeader: false })
    expect(second.text).toBe('b                2\n')
  })

  test('holds one line per row, whatever the values are, and commands no terminal', () => {
    const text = tableText(columns, [{ name: 'two\nlines\u001b[31m\u0007\u202e', count: 1 }], { style: plainStyle })
    expect(text).toBe('NAME                              COUNT\ntwo\\nlines\\u001b[31m\\u0007\\u202e      1\n')
  })

  test('cuts cells to a width', () => {
    expect(tableText(columns, [{ name: 'abcdefgh', count: 1 }], { style: plainStyle, cellWidthMax: 5 })).toBe(
      'NAME   COUNT\nabcd…      1\n',
    )
  })

  test('of facts aligns the values', () => {
    expect(
      factsText(
        [
          ['a', '1'],
          ['long', '2'],
        ],
        plainStyle,
      ),
    ).toBe('a     1\nlong  2\n')
  })
})

describe('texts', () => {
  test('are cut within their width, wide characters whole', () => {
    expect(cutToWidth('東京都', 6)).toBe('東京都')
    expect(cutToWidth('東京都', 5)).toBe('東京…')
    expect(cutToWidth('東京都', 4)).toBe('東…')
    expect(textWidth('😀')).toBe(2)
  })

  for (const [count, text] of [
    [0, '0'],
    [999, '999'],
    [1000, '1,000'],
    [-1234567n, '-1,234,567'],
    [null, '-'],
  ] as const)
    test(`countText ${count}`, () => expect(countText(count)).toBe(text))

  for (const [bytes, text] of [
    [0, '0 B'],
    [1023, '1023 B'],
    [1536, '1.5 KiB'],
    [5n * 1024n ** 3n, '5.0 GiB'],
  ] as const)
    test(`bytesText ${bytes}`, () => expect(bytesText(bytes)).toBe(text))

  test('say one and many', () => {
    expect(plural(1, 'row')).toBe('1 row')
    expect(plural(0, 'row')).toBe('0 rows')
    expect(timeText(0)).toBe('1970-01-01T00:00:00.000Z')
    expect(withoutControls('a\tb')).toBe('a\\tb')
  })
})

describe('colours', () => {
  const terminal = Object.assign(new Writable(), { isTTY: true })
  test('are for terminals', () => expect(styleOf(terminal, {}).bold('x')).toBe('\u001b[1mx\u001b[22m'))
  test('are not for files', () => expect(styleOf(new Writable(), {}).bold('x')).toBe('x'))
  test('are off with NO_COLOR', () => expect(styleOf(terminal, { NO_COLOR: '1' }).bold('x')).toBe('x'))
  test('are on with an empty NO_COLOR', () => expect(styleOf(terminal, { NO_COLOR: '' }).dim('x')).toBe('\u001b[2mx\u001b[22m'))
  test('are off on a dumb terminal', () => expect(styleOf(terminal, { TERM: 'dumb' }).bold('x')).toBe('x'))
})

describe('progress', () => {
  const captured = (isTTY: boolean): { output: Writable & { isTTY: boolean }; chunks: string[] } => {
    const chunks: string[] = []
    const write = (chunk: Buffer, _encoding: BufferEncoding, done: () => void): void => {
      chunks.push(chunk.toString())
      done()
    }
    return { output: Object.assign(new Writable({ write }), { isTTY }), chunks }
  }

  test('is shown at most ten times a second, and its text is not even made in between', async () => {
    const clock = new ManualClock()
    const { output, chunks } = captured(true)
    const progress = new Progress(output, clock)
    let made = 0
    for (let step = 0; step < 20; step++) {
      progress.show(() => `step ${++made}`)
      await clock.advance(50)
    }
    expect(made).toBe(10)
    progress.clear()
    expect(chunks.at(-2)).toBe('\r\u001b[Kstep 10')
    expect(chunks.at(-1)).toBe('\r\u001b[K')
  })

  test('is silent where nobody looks', () => {
    const { output, chunks } = captured(false)
    const progress = new Progress(output, new ManualClock())
    progress.show(() => 'never')
    progress.clear()
    expect(chunks).toEqual([])
  })
})
