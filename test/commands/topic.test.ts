import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startForCommands, type CommandServer } from './command-server.ts'
import { jsonLines } from './run-command.ts'

let server: CommandServer
beforeAll(async () => {
  server = await startForCommands()
})
afterAll(() => server.close())

const lines = (text: string): string[] => text.trimEnd().split('\n')

describe('topic', () => {
  test('create says what it made, and describe shows the configs that were set', async () => {
    const created = await server.succeed(['topic', 'create', 'payments', '--partitions', '3', '--config', 'retention.ms=60000'])
    expect(created).toBe('created topic payments with 3 partitions\n')
    const text = await server.succeed(['topic', 'describe', 'payments'])
    expect(lines(text).filter((line) => line.includes('retention.ms'))).toEqual([expect.stringMatching(/^retention\.ms +60000 +topic$/)])
    expect(text).toContain('PARTITION  FIRST OFFSET  NEXT OFFSET  IN THE TABLE  LAG')
  })

  test('create gives as many partitions as the server says, where nobody asks', async () => {
    expect(await server.succeed(['topic', 'create', 'plain'])).toBe('created topic plain with 1 partition\n')
  })

  test('--json gives documents whose offsets are numbers', async () => {
    const created = jsonLines(await server.run(['topic', 'create', 'clicks', '--partitions', '2', '--json']))
    expect(created).toMatchObject([{ name: 'clicks', partitions: 2, table: null }])
    const described = jsonLines(await server.run(['topic', 'describe', 'clicks', '--json']))
    expect(described).toMatchObject([
      { name: 'clicks', offsets: [{ partition: 0, logStartOffset: 0, nextOffset: 0, committedOffset: null }, { partition: 1 }] },
    ])
  })

  test('list names each topic once, with its table', async () => {
    await server.succeed(['topic', 'create', 'listed', '--config', 'lake.enable=true'])
    const text = await server.succeed(['topic', 'list'])
    expect(lines(text)[0]).toMatch(/^TOPIC +PARTITIONS +TABLE$/)
    expect(lines(text).filter((line) => /^listed +1 +default\.listed$/.test(line))).toHaveLength(1)
    const listed = jsonLines(await server.run(['topic', 'list', '--json'])).filter(({ name }) => name === 'listed')
    expect(listed).toMatchObject([{ name: 'listed', partitions: 1, table: 'default.listed' }])
  })

  test('delete removes the topic', async () => {
    await server.succeed(['topic', 'create', 'doomed'])
    expect(await server.succeed(['topic', 'delete', 'doomed'])).toBe('deleted topic doomed\n')
    expect((await server.run(['topic', 'describe', 'doomed'])).code).toBe(3)
    await server.succeed(['topic', 'create', 'doomed'])
    expect(jsonLines(await server.run(['topic', 'delete', 'doomed', '--json']))).toEqual([{ name: 'doomed', isDeleted: true }])
  })

  describe('refusals have the exit code of their kind, and the reason in one line', () => {
    for (const { words, code, reason } of [
      { words: ['create', 'twice'], code: 4, reason: 'topic twice exists already' },
      { words: ['create', 'no spaces'], code: 2, reason: 'topic name "no spaces"' },
      { words: ['create', 'x', '--config', 'lake.formats=hudi'], code: 2, reason: 'lake.formats: expected one of' },
      { words: ['create', 'x', '--config', 'no.such.key=1'], code: 2, reason: 'unknown topic config no.such.key' },
      { words: ['create', 'x', '--partitions', '99999'], code: 2, reason: 'expected 1 to 10000 partitions' },
      { words: ['describe', 'missing'], code: 3, reason: 'topic missing does not exist' },
      { words: ['delete', 'missing'], code: 3, reason: 'topic missing does not exist' },
      { words: ['describe', 'a/b'], code: 3, reason: 'topic a/b does not exist' },
    ])
      test(words.join(' '), async () => {
        if (words[1] === 'twice') await server.run(['topic', 'create', 'twice'])
        const run = await server.run(['topic', ...words])
        expect(run.stdout).toBe('')
        expect(run.code).toBe(code)
        expect(run.stderr).toMatch(/^headgate: .+\n$/)
        expect(run.stderr).toContain(reason)
      })
  })

  test('titles are bold on a terminal, and nowhere else', async () => {
    const onTerminal = await server.run(['topic', 'list'], { terminal: { columns: 80 } })
    expect(onTerminal.stdout).toMatch(/^\u001b\[1mTOPIC/)
    expect(await server.succeed(['topic', 'list'])).not.toContain('\u001b')
    expect(onTerminal.stdout.replaceAll(/\u001b\[\d+m/g, '')).toBe(await server.succeed(['topic', 'list']))
  })
})
