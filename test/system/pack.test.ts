import { execFileSync, spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { buildBatch } from '../../src/protocol/records/build-batch.ts'
import { icebergRows } from '../support/lake-readers.ts'
import { flushTable, registerSchema } from '../support/registry-client.ts'
import { WireClient } from '../support/wire-client.ts'

/** What a stranger does: npm install of the packed tarball in an empty folder, then npx, then import. Needs the npm registry. */
const root = fileURLToPath(new URL('../..', import.meta.url))
/** npm and npx run on the Node that runs this test. */
const env = { ...process.env, PATH: `${dirname(process.execPath)}${delimiter}${process.env['PATH']}` }
let directory: string
let packed: { readonly filename: string; readonly version: string; readonly files: readonly { readonly path: string }[] }

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'headgate-pack-'))
  const said = run('npm', ['pack', '--json', '--pack-destination', directory], root)
  // What the build says comes before it.
  const [only] = JSON.parse(said.slice(said.indexOf('[\n'))) as (typeof packed)[]
  if (!only) throw new Error(`npm pack said ${said}`)
  packed = only
  writeFileSync(join(directory, 'package.json'), '{"private":true,"type":"module"}')
  run('npm', ['install', join(directory, packed.filename), '--prefer-offline', '--no-audit', '--no-fund'])
}, 300_000)

afterAll(() => rmSync(directory, { recursive: true, force: true }))

function run(command: string, words: readonly string[], cwd = directory): string {
  return execFileSync(command, [...words], { cwd, env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
}

test('the tarball holds what is built and what is read, and nothing else', () => {
  const tops = new Set(packed.files.map(({ path }) => path.split('/')[0]))
  expect([...tops].filter((top) => !['dist', 'package.json', 'LICENSE', 'README.md', 'CHANGELOG.md'].includes(top ?? ''))).toEqual([])
  expect(packed.files.map(({ path }) => path)).toEqual(
    expect.arrayContaining(['dist/cli.js', 'dist/index.js', 'dist/index.d.ts', 'LICENSE']),
  )
})

describe('npx headgate', () => {
  test('--version', () => {
    expect(run('npx', ['headgate', '--version']).trim()).toBe(packed.version)
    expect(packed.version).toBe((JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }).version)
  })

  test('serve comes up, takes a record and lands it', async () => {
    const { kafka, http, stop } = await serve()
    try {
      expect(await (await fetch(`${http}/healthz`)).json()).toEqual({ status: 'ok' })
      const schema = JSON.stringify({ type: 'record', name: 'Order', fields: [{ name: 'id', type: 'long' }] })
      const schemaId = await registerSchema(http, 'orders-value', { schema })
      const value = Buffer.from([0, 0, 0, 0, schemaId, 2])
      const client = await WireClient.connect(kafka)
      await client.topic('orders')
      expect(await client.produce('orders', buildBatch({ records: [{ timestampMs: 5n, value }] }))).toMatchObject({ errorCode: 0 })
      client.close()
      await flushTable(http, 'orders')
      // Languages load when they are first used, each dialect with a class of its own: what is built may differ from the source.
      for (const dialect of DIALECTS)
        await registerSchema(http, `any-${DIALECTS.indexOf(dialect)}`, {
          schemaType: 'JSON',
          schema: JSON.stringify({ $schema: dialect, type: 'object' }),
        })
      await registerSchema(http, 'proto', { schemaType: 'PROTOBUF', schema: 'syntax = "proto3"; message A { int32 a = 1; }' })
      expect(await icebergRows(join(directory, 'data'), 'orders')).toMatchObject([{ id: 1n }])
    } finally {
      await stop()
    }
  })
})

const DIALECTS = [
  'http://json-schema.org/draft-04/schema#',
  'http://json-schema.org/draft-06/schema#',
  'http://json-schema.org/draft-07/schema#',
  'https://json-schema.org/draft/2019-09/schema',
  'https://json-schema.org/draft/2020-12/schema',
]

async function serve(): Promise<{ kafka: string; http: string; readonly stop: () => Promise<void> }> {
  const words = ['headgate', 'serve', '--data-dir', 'data', '--kafka', '127.0.0.1:0', '--http', '127.0.0.1:0', '--log-level', 'error']
  // A group of its own: npx puts a shell between itself and the server, and does not hand signals on.
  const child = spawn('npx', words, { cwd: directory, env, stdio: ['ignore', 'pipe', 'inherit'], detached: true })
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()))
  const line = await new Promise<string>((resolve, reject) => {
    child.stdout.once('data', (chunk: Buffer) => resolve(chunk.toString()))
    child.once('exit', (code) => reject(new Error(`it ended with ${code}`)))
  })
  const [, kafka, http] = /^headgate is ready: kafka (\S+) http (\S+)\n$/.exec(line) ?? []
  if (kafka === undefined || http === undefined) throw new Error(`unexpected ready line: ${line}`)
  const stop = (): Promise<void> => {
    process.kill(-(child.pid ?? 0), 'SIGTERM')
    return ended
  }
  return { kafka, http, stop }
}

describe("import { createHeadgate } from 'headgate'", () => {
  const program = `import { createHeadgate, type Headgate, type HeadgateOptions } from 'headgate'
const options: HeadgateOptions = { 'data-dir': './library-data', kafka: '127.0.0.1:0', http: '127.0.0.1:0', 'auto-create-topics': true }
const headgate: Headgate = await createHeadgate(options)
const port: number = headgate.kafka.port
await headgate.close()
console.log(port > 0)
// @ts-expect-error there is no such setting
await createHeadgate({ 'no-such-setting': 1 }).catch((error: Error) => console.log(error.message.slice(0, 31)))
`

  test('has its types, and runs', () => {
    writeFileSync(join(directory, 'program.ts'), program)
    const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc')
    const types = ['--typeRoots', join(root, 'node_modules', '@types'), '--types', 'node']
    run(process.execPath, [tsc, '--strict', '--outDir', 'out', '--module', 'nodenext', '--target', 'es2024', ...types, 'program.ts'])
    expect(run(process.execPath, [join('out', 'program.js')])).toBe('true\nunknown setting no-such-setting\n')
  })
})
