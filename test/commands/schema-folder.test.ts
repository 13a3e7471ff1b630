import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { startForCommands, type CommandServer } from './command-server.ts'
import { jsonLines, runCommand, type CommandRun } from './run-command.ts'
import { selfSigned } from './schema-certificate.ts'
import { ForeignRegistry } from './schema-foreign-registry.ts'
import { writeFiles } from '../support/write-files.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'headgate-folder-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

type Environment = { readonly [name: string]: string }

interface CredentialCase {
  readonly name: string
  readonly accepts: string
  readonly env?: Environment
  readonly words?: readonly string[]
  readonly inUrl?: string
}

const record = (name: string, ...fields: readonly string[]): object => ({
  type: 'record',
  name,
  fields: fields.map((field) => ({ name: field, type: ['null', 'long'], default: null })),
})
const money = 'syntax = "proto3";\npackage common;\nmessage Money { int64 cents = 1; }\n'
const order = 'syntax = "proto3";\nimport "common/money.proto";\nmessage Order { common.Money total = 1; }\n'

const put = (files: { readonly [path: string]: unknown }): void => writeFiles(folder, files)

function filesHere(): { [path: string]: string } {
  const paths = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  const names = paths.map(({ parentPath, name }) => join(parentPath, name).slice(folder.length + 1))
  return Object.fromEntries(names.sort().map((name) => [name, readFileSync(join(folder, name), 'utf8')]))
}

const statuses = (run: CommandRun): string[][] => jsonLines(run).map(({ subject, status }) => [subject as string, status as string])

describe('with our server', () => {
  let server: CommandServer
  beforeAll(async () => {
    server = await startForCommands()
  })
  afterAll(() => server.close())

  const run = (command: string, ...words: readonly string[]): Promise<CommandRun> =>
    server.run(['schema', command, '--schemas', folder, ...words])

  const register = (subject: string, name: string, text: string, ...words: readonly string[]): Promise<string> =>
    server.succeed(['schema', 'register', server.file(name, text), '--subject', subject, ...words])

  const onlyOf = (prefix: string, items: readonly string[][]): string[][] => items.filter(([subject = '']) => subject.startsWith(prefix))

  test('push registers what others refer to first, says what is new, and changes nothing the second time', async () => {
    put({
      'push-a.proto': order,
      '_shared/common/money.proto': money,
      'push-b/key.avsc': '"string"',
      'push-b/value.v1.avsc': record('B', 'x'),
      'push-b/value.v2.avsc': record('B', 'x', 'y'),
    })
    const first = jsonLines(await run('push', '--json'))
    expect(first.map(({ kind, subject, version }) => [kind, subject, version])).toEqual([
      ['registered', 'common/money.proto', 1],
      ['registered', 'push-a-value', 1],
      ['registered', 'push-b-key', 1],
      ['registered', 'push-b-value', 1],
      ['registered', 'push-b-value', 2],
    ])
    const [stored] = jsonLines(await server.run(['schema', 'get', '--subject', 'push-a-value', '--json']))
    expect(stored).toMatchObject({ references: [{ name: 'common/money.proto', subject: 'common/money.proto', version: 1 }] })
    const second = await run('push')
    expect(second.code).toBe(0)
    expect(second.stdout.split('\n').filter((line) => line !== '' && !line.startsWith('unchanged '))).toEqual([])
    expect((await run('diff')).stdout).toMatch(/^equal {7}push-b-value$/m)
  })

  test('push of an edit that may not follow has exit code 5, names the file and shows the difference', async () => {
    put({ 'refused.avsc': record('R', 'x') })
    expect((await run('push')).code).toBe(0)
    put({ 'refused.avsc': { type: 'record', name: 'R', fields: [{ name: 'x', type: 'string' }] } })
    const { code, stderr } = await run('push')
    expect(code).toBe(5)
    expect(stderr).toContain('refused.avsc cannot be registered as refused-value')
    expect(stderr).toMatch(/^ {4}\+.*"string"/m)
  })

  test('push sets the level that topic.json names before it registers', async () => {
    put({ 'levels/topic.json': { compatibility: 'NONE' }, 'levels/value.avsc': record('L', 'x') })
    expect((await run('push')).stdout).toContain('levels-value compatibility NONE')
    put({ 'levels/value.avsc': { type: 'record', name: 'L', fields: [{ name: 'x', type: 'string' }] } })
    const again = jsonLines(await run('push', '--json')).filter(({ subject }) => subject === 'levels-value')
    expect(again).toMatchObject([{ kind: 'registered', version: 2 }])
  })

  test('push refuses a folder that makes no sense before anything is registered', async () => {
    put({ 'early.avsc': record('E', 'x'), 'twice.avsc': record('T', 'x'), 'twice.json': { type: 'object' } })
    const { code, stdout, stderr } = await run('push')
    expect({ code, stdout }).toEqual({ code: 5, stdout: '' })
    expect(stderr).toContain('both describe twice-value')
    expect((await server.run(['schema', 'get', '--subject', 'early-value'])).code).toBe(3)
  })

  test('push does not make a second version of a file that claims to be one that is registered otherwise', async () => {
    put({ 'claim/value.v1.avsc': record('C', 'x') })
    expect((await run('push')).code).toBe(0)
    put({ 'claim/value.v1.avsc': record('C', 'x', 'y') })
    const { code, stderr } = await run('push')
    expect(code).toBe(5)
    expect(stderr).toContain('version 1 is registered with another text')
    expect((await server.run(['schema', 'get', '--subject', 'claim-value', '--version', '2'])).code).toBe(3)
  })

  test('push of a folder without schemas says so', async () => {
    const { code, stdout, stderr } = await run('push')
    expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: '', stderr: `note: there are no schemas in ${folder}\n` })
  })

  test('diff tells equal, differs, only here and only there, with lines, and ends with 1', async () => {
    put({ 'diff-same.avsc': record('S', 'x'), 'diff-edited.avsc': record('D', 'x') })
    await run('push')
    await register('diff-there-value', 'there.json', '{"type":"string"}')
    put({
      'diff-same.avsc': JSON.stringify(record('S', 'x'), null, 8),
      'diff-edited.avsc': record('D', 'x', 'added'),
      'diff-new.avsc': record('N', 'x'),
    })
    const differing = await run('diff', '--json')
    expect(differing.code).toBe(1)
    expect(onlyOf('diff-', statuses(differing))).toEqual([
      ['diff-edited-value', 'differs'],
      ['diff-new-value', 'only here'],
      ['diff-same-value', 'equal'],
      ['diff-there-value', 'only there'],
    ])
    const { stdout } = await run('diff')
    expect(stdout).toMatch(/^differs {5}diff-edited-value\n {2}version 1 there, .*diff-edited\.avsc here\n/m)
    expect(stdout).toMatch(/^ {4}\+ .*"name": "added"/m)
  })

  test('diff sees a version that only the registry has, and one that only the history has', async () => {
    put({ 'hist/value.v1.avsc': record('H', 'x'), 'hist/value.v2.avsc': record('H', 'x', 'y') })
    await run('push')
    put({ 'hist/value.v3.avsc': record('H', 'x', 'y', 'z') })
    expect(onlyOf('hist', statuses(await run('diff', '--json')))).toEqual([['hist-value', 'differs']])
    rmSync(join(folder, 'hist/value.v3.avsc'))
    expect(onlyOf('hist', statuses(await run('diff', '--json')))).toEqual([['hist-value', 'equal']])
    rmSync(join(folder, 'hist/value.v2.avsc'))
    expect(onlyOf('hist', statuses(await run('diff', '--json')))).toEqual([['hist-value', 'differs']])
  })

  test('what is pulled is equal, is not pulled again, and registers as what it was', async () => {
    const other = await startForCommands()
    try {
      put({
        '_shared/common/money.proto': money,
        '_shared/geo.Point.avsc': { type: 'record', name: 'Point', namespace: 'geo', fields: [{ name: 'x', type: 'double' }] },
        'orders.proto': order,
        'places.avsc': { type: 'record', name: 'Place', fields: [{ name: 'at', type: 'geo.Point' }] },
        'pairs/value.json': { type: 'object', properties: { key: { type: 'string' }, value: { type: 'number', maximum: 1 } } },
        'dotted.name/key.avsc': '"string"',
        'dotted.name/value.avsc': record('V', 'x'),
      })
      const words = ['--schemas', folder]
      await other.succeed(['schema', 'push', ...words])
      rmSync(folder, { recursive: true })
      const first = await other.run(['schema', 'pull', ...words])
      expect({ code: first.code, stderr: first.stderr }).toEqual({ code: 0, stderr: '' })
      const pulled = filesHere()
      expect(Object.keys(pulled)).toEqual([
        '_shared/common/money.proto',
        '_shared/geo.Point.avsc',
        'dotted.name/key.avsc',
        'dotted.name/value.avsc',
        'orders.proto',
        'pairs/value.json',
        'places.avsc',
      ])
      expect(pulled['places.avsc']).toContain('\n  "fields": [\n')
      expect((await other.succeed(['schema', 'pull', ...words])).match(/^unchanged /gm)).toHaveLength(7)
      expect(filesHere()).toEqual(pulled)
      expect((await other.run(['schema', 'diff', ...words])).code).toBe(0)
      expect(await other.succeed(['schema', 'push', ...words])).not.toContain('registered')
    } finally {
      await other.close()
    }
  })

  test('pull leaves a file with another layout as it is, keeps its place, and replaces one with another schema', async () => {
    await register('kept-value', 'kept.avsc', JSON.stringify(record('K', 'x')))
    await register('stale-value', 'stale.avsc', JSON.stringify(record('S', 'x')))
    const laidOut = JSON.stringify(record('K', 'x'), null, 7)
    put({ 'kept/value.avsc': laidOut, 'stale.avsc': record('Older', 'x'), 'mine.avsc': record('Mine', 'x'), 'notes.txt': 'mine' })
    expect((await run('pull')).code).toBe(0)
    expect(filesHere()).toMatchObject({ 'kept/value.avsc': laidOut, 'notes.txt': 'mine', 'mine.avsc': JSON.stringify(record('Mine', 'x')) })
    expect(existsSync(join(folder, 'kept.avsc'))).toBe(false)
    expect(readFileSync(join(folder, 'stale.avsc'), 'utf8')).toContain('"S"')
  })

  test('pull with --history writes every version, and goes on with a history that is there', async () => {
    for (const fields of [['x'], ['x', 'y']]) await register('story-value', 'story.avsc', JSON.stringify(record('S', ...fields)))
    expect((await run('pull', '--history')).code).toBe(0)
    expect(Object.keys(filesHere()).filter((path) => path.startsWith('story'))).toEqual(['story/value.v1.avsc', 'story/value.v2.avsc'])
    await register('story-value', 'story.avsc', JSON.stringify(record('S', 'x', 'y', 'z')))
    expect((await run('pull')).code).toBe(0)
    expect(Object.keys(filesHere()).filter((path) => path.startsWith('story'))).toHaveLength(3)
    expect(onlyOf('story', statuses(await run('diff', '--json')))).toEqual([['story-value', 'equal']])
  })

  describe('pull refuses to describe a subject twice, before anything is written', () => {
    for (const [name, path, content, words] of [
      ['another language', 'rival.json', { type: 'object' }, []],
      ['an envelope', 'rival.avsc', { type: 'record', name: 'E', fields: [{ name: 'value', type: 'long' }] }, []],
      ['a history asked for beside a file', 'rival.avsc', record('R', 'x'), ['--history']],
    ] as const)
      test(name, async () => {
        await register('rival-value', 'rival.avsc', JSON.stringify(record('R', 'x')))
        put({ [path]: content })
        const before = filesHere()
        const { code, stdout, stderr } = await run('pull', ...words)
        expect({ code, stdout }).toEqual({ code: 4, stdout: '' })
        expect(stderr).toContain('describes rival-value already')
        expect(filesHere()).toEqual(before)
      })
  })
})

describe('with a registry of somebody else', () => {
  let registry: ForeignRegistry
  afterEach(() => registry.close())

  const basic = `Basic ${Buffer.from('ann:pässword').toString('base64')}`

  test('push learns the version that an old registry does not tell, and diff and pull find the same', async () => {
    registry = new ForeignRegistry()
    const words = ['--schemas', folder, '--registry', await registry.start()]
    put({ 'orders.proto': order, '_shared/common/money.proto': money, 'a.avsc': record('A', 'x') })
    const pushed = await runCommand(['schema', 'push', ...words, '--json'])
    expect({ code: pushed.code, stderr: pushed.stderr }).toEqual({ code: 0, stderr: '' })
    expect(jsonLines(pushed)).toHaveLength(3)
    expect(registry.subjects.get('a-value')?.[0]).not.toHaveProperty('schemaType')
    expect((await runCommand(['schema', 'diff', ...words])).code).toBe(0)
    expect((await runCommand(['schema', 'pull', ...words])).stdout.match(/^unchanged /gm)).toHaveLength(3)
  })

  describe('credentials go with every request and are never printed', () => {
    for (const { name, accepts, env = {}, words = [], inUrl = '' } of [
      { name: '--user', accepts: basic, env: { HEADGATE_REGISTRY_PASSWORD: 'pässword' }, words: ['--user', 'ann'] },
      { name: 'in the URL', accepts: basic, inUrl: 'ann:p%C3%A4ssword@' },
      { name: 'a token', accepts: 'Bearer to.k-en', env: { HEADGATE_REGISTRY_TOKEN: 'to.k-en' } },
      {
        name: '--user before a token',
        accepts: basic,
        env: { HEADGATE_REGISTRY_TOKEN: 'to.k-en', HEADGATE_REGISTRY_PASSWORD: 'pässword' },
        words: ['--user', 'ann'],
      },
    ] as readonly CredentialCase[])
      test(name, async () => {
        registry = new ForeignRegistry({ accepts })
        await registry.start()
        put({ 'a.avsc': record('A', 'x') })
        const flags = ['--schemas', folder, '--registry', registry.url(inUrl), ...words]
        expect((await runCommand(['schema', 'push', ...flags], { env })).code).toBe(0)
        expect(new Set(registry.authorizations)).toEqual(new Set([accepts]))
      })
  })

  test('credentials that are refused have exit code 2, and the message holds none', async () => {
    registry = new ForeignRegistry({ accepts: basic })
    await registry.start()
    const { code, stderr } = await runCommand(['schema', 'pull', '--schemas', folder, '--registry', registry.url('ann:wr0ng@')])
    expect(code).toBe(2)
    expect(stderr).toContain('does not take these credentials (HTTP status 401)')
    expect(stderr).not.toMatch(/wr0ng|ann/)
    expect((await runCommand(['schema', 'pull', '--schemas', folder, '--registry', registry.url()])).stderr).toContain(
      'asks for credentials',
    )
  })

  test('https is spoken when the authority is named with --ca, and not trusted blindly otherwise', async () => {
    const certificate = selfSigned()
    registry = new ForeignRegistry({ certificate, accepts: basic })
    await registry.start()
    put({ 'ca.pem': certificate.cert, 'schemas/a.avsc': record('A', 'x') })
    const words = ['schema', 'push', '--schemas', join(folder, 'schemas'), '--registry', registry.url('ann:p%C3%A4ssword@')]
    const distrusted = await runCommand(words)
    expect(distrusted.code).toBe(6)
    expect(distrusted.stderr).toContain('--ca')
    expect(registry.authorizations).toEqual([])
    const { code, stdout } = await runCommand([...words, '--ca', join(folder, 'ca.pem')])
    expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringMatching(/^registered {2}a-value version 1/) as string })
  })

  test('names that would lead out of the folder are told, not written', async () => {
    registry = new ForeignRegistry()
    const url = await registry.start()
    const target = { id: 1, schema: money, schemaType: 'PROTOBUF' }
    for (const subject of ['../../evil-value', '_hidden-value', '..-value', '/etc/x.proto', '../up.proto', 'a/../b.proto', ':.ctx:c-value'])
      registry.subjects.set(subject, [target])
    registry.subjects.set('user-value', [
      { id: 2, schema: order, schemaType: 'PROTOBUF', references: [{ name: '../m.proto', subject: '../up.proto', version: 1 }] },
    ])
    const { code, stderr } = await runCommand(['schema', 'pull', '--schemas', join(folder, 'in'), '--registry', url])
    expect(code).toBe(0)
    expect(Object.keys(filesHere())).toEqual(['in/user.proto'])
    expect(stderr.match(/has no place in the folder/g)).toHaveLength(7)
    expect(stderr).toContain('user-value refers to ../m.proto, which no file can be named as')
  })

  test('a shared schema is kept by the name that others use, and what the folder cannot say is told', async () => {
    registry = new ForeignRegistry()
    const url = await registry.start()
    registry.subjects.set('money', [
      { id: 1, schema: money, schemaType: 'PROTOBUF' },
      { id: 2, schema: money.replace('cents', 'hundredths'), schemaType: 'PROTOBUF' },
    ])
    const references = [{ name: 'common/money.proto', subject: 'money', version: 1 }]
    registry.subjects.set('orders-value', [{ id: 3, schema: order, schemaType: 'PROTOBUF', references }])
    const { stderr } = await runCommand(['schema', 'pull', '--schemas', folder, '--registry', url])
    expect(filesHere()['_shared/common/money.proto']).toContain('hundredths')
    expect(stderr).toContain('note: money is kept as common/money.proto')
    expect(stderr).toContain('note: orders-value refers to version 1 of money; the folder holds version 2')
  })

  test('numbers and the order of members are written as they are registered', async () => {
    registry = new ForeignRegistry()
    const url = await registry.start()
    const schema = '{"type":"object","z":[],"properties":{"a":{"const":12345678901234567890.10},"b":{"default":"{ \\"[\\": 1,2 }"}},"a":{}}'
    registry.subjects.set('exact-value', [{ id: 1, schema, schemaType: 'JSON' }])
    await runCommand(['schema', 'pull', '--schemas', folder, '--registry', url])
    const text = filesHere()['exact.json'] ?? ''
    expect(text.split('\n').length).toBeGreaterThan(10)
    expect(text.replaceAll(/\n\s*/g, '').replaceAll('": ', '":').replaceAll('{ \\"[\\":1', '{ \\"[\\": 1')).toBe(schema)
  })
})

describe('flags that make no sense have exit code 2 and repeat no secret', () => {
  for (const { words, env = {}, reason } of [
    { words: ['--user', 'ann'], reason: 'HEADGATE_REGISTRY_PASSWORD' },
    { words: ['--user', 'ann', '--registry', 'http://bob:s3cret@127.0.0.1:1'], reason: 'keep one' },
    { words: ['--user', 'a:b'], env: { HEADGATE_REGISTRY_PASSWORD: 's3cret' }, reason: 'colon' },
    { words: ['--registry', 'http://ann:s3cret@'], reason: 'expected a URL' },
    { words: ['--registry', 'ftp://ann:s3cret@127.0.0.1'], reason: 'expected a URL' },
    { words: ['--registry', 'http://ann:%zzs3cret@127.0.0.1'], reason: 'percent-encoded' },
    { words: [], env: { HEADGATE_REGISTRY_TOKEN: 's3cret\r\nx: y' }, reason: 'HEADGATE_REGISTRY_TOKEN holds' },
    { words: ['--ca', 'ca.pem'], reason: 'https' },
    { words: ['--registry', 'https://127.0.0.1:1', '--ca', import.meta.filename], reason: '--ca' },
  ] as readonly { readonly words: readonly string[]; readonly env?: Environment; readonly reason: string }[])
    test(`${words.join(' ')} ${Object.keys(env).join(' ')}`, async () => {
      const { code, stderr } = await runCommand(['schema', 'diff', '--schemas', folder, ...words], { env })
      expect(code).toBe(2)
      expect(stderr).toContain(reason)
      expect(stderr).not.toContain('s3cret')
    })

  test('a registry that does not answer has exit code 6, and its credentials are not told', async () => {
    const { code, stderr } = await runCommand(['schema', 'diff', '--schemas', folder, '--registry', 'http://ann:s3cret@127.0.0.1:1'])
    expect(code).toBe(6)
    expect(stderr).toMatch(/^headgate: no registry answers at http:\/\/127\.0\.0\.1:1 \(ECONNREFUSED\)\n$/)
  })
})
