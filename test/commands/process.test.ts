import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { withDirectory } from '../support/server-process.ts'
import { startForCommands, type CommandServer } from './command-server.ts'

const cli = fileURLToPath(new URL('../../src/cli.ts', import.meta.url))

let server: CommandServer
beforeAll(async () => {
  server = await startForCommands({ 'default-lake-enable': 'true' })
  await server.succeed(['produce', 'lines'], { stdin: Array.from({ length: 50_000 }, (_, index) => `line ${index}\n`).join('') })
})
afterAll(() => server.close())

interface Exit {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

function spawnCommand(words: readonly string[], nodeFlags: readonly string[] = []): ChildProcessWithoutNullStreams {
  return spawn(process.execPath, [...nodeFlags, cli, ...words], { env: { PATH: process.env['PATH'], ...server.env } })
}

function start(
  words: readonly string[],
  nodeFlags: readonly string[] = [],
): ChildProcessWithoutNullStreams & { readonly ended: Promise<Exit> } {
  const child = spawnCommand(words, nodeFlags)
  const ended = Promise.all([once(child, 'exit'), text(child.stdout), text(child.stderr)]).then(([[code, signal], stdout, stderr]) => ({
    code: code as number | null,
    signal: signal as NodeJS.Signals | null,
    stdout,
    stderr,
  }))
  return Object.assign(child, { ended })
}

/** Node flags that make a process print, as its last line on stderr, the packages that it loaded. */
const printLoaded = `--import=data:text/javascript,${encodeURIComponent(`
  import { registerHooks } from 'node:module'
  const names = new Set()
  registerHooks({ load(url, context, next) {
    const [, name] = /node_modules\\/((?:@[^/]+\\/)?[^/]+)/.exec(url) ?? []
    if (name) names.add(name)
    return next(url, context)
  } })
  // Node's own fetch, which an import of node:http brings along.
  process.on('exit', () => process.moduleLoadList.some((name) => name.includes('undici')) && names.add('undici'))
  process.on('exit', () => process.stderr.write(JSON.stringify([...names].sort()) + '\\n'))
`)}`

const loadedBy = async (words: readonly string[]): Promise<string[]> => loadedPackages(await start(words, [printLoaded]).ended)

function loadedPackages({ stderr }: Exit): string[] {
  return JSON.parse(stderr.trimEnd().split('\n').at(-1) ?? '') as string[]
}

describe('as a process', () => {
  test('a command prints on stdout, fails on stderr, and exits with its code', async () => {
    expect(await start(['topic', 'list', '--json']).ended).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('"name":"lines"') as string,
      stderr: '',
    })
    expect(await start(['topic', 'describe', 'missing']).ended).toEqual({
      code: 3,
      signal: null,
      stdout: '',
      stderr: 'headgate: topic missing does not exist\n',
    })
  })

  test('a pipe that closes early is no failure', async () => {
    const child = spawnCommand(['consume', 'lines'])
    child.stdout.once('data', () => child.stdout.destroy())
    const [code] = (await once(child, 'exit')) as [number]
    expect(code).toBe(0)
  })

  test('records of a file come out of a pipe as they went in', async () => {
    const lines = Array.from({ length: 20_000 }, (_, index) => `{"n": ${index}}`).join('\n')
    const produced = await start(['produce', 'piped', server.file('many.jsonl', lines), '--compression', 'zstd']).ended
    expect(produced).toMatchObject({ code: 0, stdout: '20,000 records stored in piped, offsets 0 to 19999\n' })
    expect((await start(['consume', 'piped']).ended).stdout).toBe(`${lines}\n`)
  })

  test('following ends on SIGINT with exit code 0', async () => {
    const child = start(['consume', 'lines', '--follow'])
    child.stdout.once('data', () => child.kill('SIGINT'))
    expect(await child.ended).toMatchObject({ code: 0, signal: null, stderr: '' })
  })

  test('producing from a terminal that says nothing ends on SIGINT with exit code 130', async () => {
    const child = start(['produce', 'waiting'])
    child.stderr.once('data', () => child.kill('SIGINT'))
    expect(await child.ended).toMatchObject({ code: 130, stderr: 'created topic waiting with 1 partition\n' })
  })

  test('help loads no package, talking to a server none either, and a query DuckDB alone', async () => {
    expect(await loadedBy(['--help'])).toEqual([])
    expect(await loadedBy(['produce', '--help'])).toEqual([])
    expect(await loadedBy(['table', 'list'])).toEqual([])
    const byQuery = await loadedBy(['query', 'SELECT 1'])
    expect(byQuery).toContain('@duckdb/node-api')
    for (const name of ['@platformatic/kafka', 'fastify', 'ajv', 'parquet-wasm']) expect(byQuery).not.toContain(name)
  })

  test('a query without DuckDB says how to install it', async () => {
    const withoutDuckDb = `--import=data:text/javascript,${encodeURIComponent(`
      import { registerHooks } from 'node:module'
      registerHooks({ resolve(name, context, next) {
        if (name !== '@duckdb/node-api') return next(name, context)
        throw Object.assign(new Error('not there'), { code: 'ERR_MODULE_NOT_FOUND' })
      } })
    `)}`
    expect(await start(['query', 'SELECT 1'], [withoutDuckDb]).ended).toEqual({
      code: 2,
      signal: null,
      stdout: '',
      stderr: 'headgate: headgate query needs DuckDB, which is not installed; install it with: npm install @duckdb/node-api\n',
    })
  })

  test('serve says where it listens, drains on SIGTERM with exit code 0, and loads no client', async () => {
    await withDirectory(async (dataDir) => {
      const addresses = ['--kafka', '127.0.0.1:0', '--http', '127.0.0.1:0']
      const child = start(['serve', '--data-dir', dataDir, '--schemas', dataDir, ...addresses], [printLoaded])
      child.stdout.once('data', () => child.kill('SIGTERM'))
      const exit = await child.ended
      expect(exit.code).toBe(0)
      expect(exit.stdout).toMatch(/^headgate is ready: kafka 127\.0\.0\.1:\d+ http http:\/\/127\.0\.0\.1:\d+\n$/)
      expect(loadedPackages(exit)).toContain('fastify')
      for (const name of ['@duckdb/node-api', '@platformatic/kafka', 'undici']) expect(loadedPackages(exit)).not.toContain(name)
    })
  })
})
