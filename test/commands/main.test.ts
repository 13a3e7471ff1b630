import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable, Writable } from 'node:stream'
import { describe, expect, onTestFinished, test } from 'vitest'
import { commands } from '../../src/commands/commands.ts'
import { exitCodeDocs, exitCodes, type ExitName } from '../../src/commands/exit-codes.ts'
import { main, type World } from '../../src/commands/main.ts'
import { runCommand } from './run-command.ts'

describe('help', () => {
  test('the overview names every command, on stdout, with exit code 0', async () => {
    for (const words of [[], ['help'], ['--help'], ['-h']]) {
      const { code, stdout, stderr } = await runCommand(words)
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
      const lines = stdout.split('\n').map((line) => line.trim().split(/ {2,}/))
      for (const { name, summary } of commands) expect(lines).toContainEqual([name, summary])
    }
  })

  describe.for(commands)('of $name', (command) => {
    const helpWords = [...command.name.split(' '), '--help']

    test('says how it is used, with every flag, an example and its exit codes', async () => {
      const { code, stdout } = await runCommand(helpWords)
      expect(code).toBe(0)
      expect(stdout).toContain(`Usage: headgate ${command.name}`)
      for (const flag of [...Object.keys(command.options), 'help']) expect(stdout).toContain(`--${flag}`)
      for (const example of command.examples) expect(stdout).toContain(example)
      expect(command.examples.length).toBeGreaterThan(0)
      for (const name of ['ok', 'failed', 'usage', ...(command.exits ?? [])] as const)
        expect(stdout).toContain(`${String(exitCodes[name]).padStart(3)}  ${exitCodeDocs[name]}`)
    })

    test('has no line over 140 characters', async () => {
      const { stdout } = await runCommand(helpWords)
      expect(stdout.split('\n').filter((line) => line.length > 140)).toEqual([])
    })

    test('is what help and -h give, too, wherever the flag stands', async () => {
      const { stdout } = await runCommand(helpWords)
      expect((await runCommand(['help', ...command.name.split(' ')])).stdout).toBe(stdout)
      expect((await runCommand([...command.name.split(' '), 'x', '--unknown', '-h'])).stdout).toBe(stdout)
    })

    test('refuses an unknown flag with exit code 2, before anything is done', async () => {
      const { code, stdout, stderr } = await runCommand([...command.name.split(' '), '--no-such-flag'])
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
      expect(stderr).toBe(`headgate: ${command.name}: Unknown option '--no-such-flag'; headgate ${command.name} --help says more\n`)
    })
  })

  test('of a family lists the family', async () => {
    const { code, stdout } = await runCommand(['topic', '--help'])
    expect(code).toBe(0)
    expect(stdout).toContain('topic create')
    expect(stdout).not.toContain('schema get')
  })

  test('is not asked for by words behind --', async () => {
    const { code, stderr } = await runCommand(['topic', 'describe', '--http', '127.0.0.1:1', '--', '--help'])
    expect({ code, stderr }).toEqual({ code: 6, stderr: expect.stringContaining('127.0.0.1:1') as string })
  })
})

test('--version prints the version of package.json', async () => {
  const { code, stdout } = await runCommand(['--version'])
  expect(code).toBe(0)
  expect(stdout).toMatch(/^\d+\.\d+\.\d+\n$/)
})

describe('words that are no command end with exit code 2 and one line', () => {
  for (const words of [
    ['frobnicate'],
    ['topic'],
    ['topic', 'frobnicate'],
    ['help', 'frobnicate'],
    ['--json'],
    ['topic', 'create'],
    ['topic', 'create', 'a', 'b'],
    ['topic', 'create', 'a', '--partitions', 'x'],
    ['topic', 'create', 'a', '--partitions', '0'],
    ['topic', 'create', 'a', '--config', 'no-equals-sign'],
    ['schema', 'register', 'x.avsc'],
    ['schema', 'register', 'x.txt', '--subject', 's'],
    ['schema', 'register', 'x.avsc', '--subject', 's', '--type', 'XML'],
    ['schema', 'register', 'x.avsc', '--subject', 's', '--reference', 'no-version'],
    ['schema', 'get'],
    ['schema', 'get', '--subject', 's', '--id', '1'],
    ['schema', 'get', '--id', '1', '--version', '1'],
    ['produce', 't', '--compression', 'brotli'],
    ['produce', 't', '--acks', '2'],
    ['produce', 't', '--partition', '-1'],
    ['consume', 't', '--from', 'yesterday'],
    ['consume', 't', '--json', '--raw'],
    ['consume', 't', '--max', '0'],
    ['table', 'flush', 'a.b.c'],
    ['query', 'SELECT 1', '--format', 'hudi'],
    ['topic', 'list', '--http', 'http://'],
    ['topic', 'list', '--http', '127.0.0.1'],
    ['topic', 'list', '--http', '127.0.0.1:0'],
    ['consume', 't', '--kafka', 'localhost'],
  ])
    test(words.join(' '), async () => {
      const { code, stdout, stderr } = await runCommand(words)
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
      expect(stderr).toMatch(/^headgate: .+\n$/)
      expect(stderr.trimEnd().split('\n')).toHaveLength(1)
    })
})

describe('a server that is not there ends with exit code 6 and says where it was looked for', () => {
  for (const words of [
    ['topic', 'list'],
    ['schema', 'list'],
    ['table', 'list'],
    ['produce', 't'],
    ['consume', 't'],
  ])
    test(words.join(' '), async () => {
      const flags = words[0] === 'consume' ? ['--kafka', '127.0.0.1:1'] : ['--http', 'http://127.0.0.1:1']
      const { code, stderr } = await runCommand([...words, ...flags])
      expect(code).toBe(6)
      expect(stderr).toBe(
        `headgate: no server answers at ${flags[1]} (ECONNREFUSED); start one with headgate serve, or name it with ${flags[0]}\n`,
      )
    })
})

test('a password in a URL is refused and not repeated', async () => {
  const { code, stderr } = await runCommand(['topic', 'list', '--http', 'http://ann:hunter2@127.0.0.1:1'])
  expect(code).toBe(2)
  expect(stderr).not.toContain('hunter2')
})

test('every exit code is documented, and no two share a number', () => {
  const codes = Object.entries(exitCodes) as [ExitName, number][]
  expect(new Set(codes.map(([, code]) => code)).size).toBe(codes.length)
  for (const [name] of codes) expect(exitCodeDocs[name]).not.toBe('')
})

describe('the world around a command', () => {
  const silent = (): Writable => new Writable({ write: (_chunk, _encoding, done) => done() })
  const worldOf = (world: Partial<World>): World => ({
    env: {},
    stdin: Readable.from([]),
    stdout: silent(),
    stderr: silent(),
    on: () => undefined,
    exit: () => undefined,
    ...world,
  })

  test('a reader who went away ends the process quietly', async () => {
    const exits: number[] = []
    const stdout = new Writable({ write: (_chunk, _encoding, done) => done(Object.assign(new Error('gone'), { code: 'EPIPE' })) })
    await main(['--help'], worldOf({ stdout, exit: (code) => exits.push(code) }))
    await new Promise((resolve) => setImmediate(resolve))
    expect(exits).toEqual([0])
  })

  test('a second signal leaves at once', async () => {
    const exits: number[] = []
    const listeners: (() => void)[] = []
    const input = new Readable({ read: () => undefined })
    const running = main(['schema', 'register', '-', '--type', 'JSON', '--subject', 's'], {
      ...worldOf({ stdin: input, exit: (code) => exits.push(code) }),
      on: (_event, listener) => listeners.push(listener),
    })
    listeners[0]?.()
    expect(exits).toEqual([])
    listeners[1]?.()
    expect(exits).toEqual([130])
    input.push(null)
    await running
  })
})

test('a schema file that may not follow stops the start with one line, and the lines that differ behind it', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'headgate-start-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  mkdirSync(join(folder, 'schemas/orders'), { recursive: true })
  for (const [version, type] of ['int', 'string'].entries()) {
    const schema = { type: 'record', name: 'Order', fields: [{ name: 'id', type }] }
    writeFileSync(join(folder, `schemas/orders/value.v${version + 1}.avsc`), JSON.stringify(schema))
  }
  const words = [
    'serve',
    '--data-dir',
    join(folder, 'data'),
    '--schemas',
    join(folder, 'schemas'),
    '--kafka',
    '127.0.0.1:0',
    '--http',
    '127.0.0.1:0',
  ]
  const { code, stderr } = await runCommand(words)
  expect(code).toBe(exitCodes.refused)
  const [line, ...difference] = stderr.trimEnd().split('\n')
  expect(line).toMatch(/^headgate: .*value\.v2\.avsc cannot be registered as orders-value: .*TYPE_MISMATCH/)
  expect(difference).toEqual(['       "name": "id",', '-      "type": "int"', '+      "type": "string"', '     }'])
})
