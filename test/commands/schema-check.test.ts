import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startForCommands, type CommandServer } from './command-server.ts'
import { jsonLines } from './run-command.ts'

let server: CommandServer
beforeAll(async () => {
  server = await startForCommands()
})
afterAll(() => server.close())

const avro = (...fields: readonly object[]): string => JSON.stringify({ type: 'record', name: 'Click', fields })
const id = { name: 'id', type: 'long' }
const note = { name: 'note', type: ['null', 'string'], default: null }

async function checked(text: string, ...words: readonly string[]) {
  return server.run(['schema', 'check', server.file('checked.avsc', text), ...words])
}

describe('schema check', () => {
  beforeAll(async () => {
    await server.succeed(['schema', 'register', server.file('click.avsc', avro(id)), '--subject', 'clicks-value'])
  })

  test('says what columns a table would have, and registers nothing', async () => {
    const { code, stdout } = await checked(avro(id, note), '--subject', 'fresh-value')
    expect(code).toBe(0)
    expect(stdout).toMatch(
      /^fresh-value would accept the schema\ntopic fresh has no table yet; its columns would be:\n  \+ id long\n  \+ note string\n/,
    )
    expect((await server.run(['schema', 'get', '--subject', 'fresh-value'])).code).toBe(3)
  })

  test('a change that may not follow has exit code 5, with the rule and the path', async () => {
    const text = avro({ name: 'id', type: 'string' })
    const { code, stdout } = await checked(text, '--subject', 'clicks-value')
    expect(code).toBe(5)
    expect(stdout).toMatch(/^clicks-value would refuse the schema:\n {2}.*TYPE_MISMATCH.*\/fields\/0/)
    const run = await checked(text, '--subject', 'clicks-value', '--json')
    expect(run.code).toBe(5)
    expect(jsonLines(run)).toMatchObject([{ subject: 'clicks-value', accepted: false, compatible: false }])
  })

  test('a change of columns of a table that is there is what register would answer', async () => {
    await server.succeed(['topic', 'create', 'clicks'])
    await server.succeed(['produce', 'clicks'], { stdin: '{"id":1}\n' })
    await server.succeed(['table', 'flush', 'clicks'])
    for (const [fields, expected] of [
      [[id], { code: 0, changes: [] }],
      [[id, note], { code: 5, changes: [{ kind: 'added', column: 'note', type: 'string' }] }],
    ] as const) {
      const run = await checked(avro(...fields), '--subject', 'clicks-value', '--json')
      expect(run.code).toBe(expected.code)
      expect(jsonLines(run)).toMatchObject([{ compatible: true, table: { topic: 'clicks', exists: true, changes: expected.changes } }])
      const registered = await server.run(['schema', 'register', server.file('r.avsc', avro(...fields)), '--subject', 'clicks-value'])
      expect(registered.code).toBe(expected.code)
    }
    expect((await checked(avro(id, note), '--subject', 'clicks-value')).stdout).toContain('the table of topic clicks:\n  + note string\n')
  })

  test('columns in another order are refused by the check as they are by register', async () => {
    const [ab, ba] = [avro(id, { name: 'n', type: 'long' }), avro({ name: 'n', type: 'long' }, id)]
    await server.succeed(['schema', 'register', server.file('ab.avsc', ab), '--subject', 'ordered-value'])
    await server.succeed(['topic', 'create', 'ordered'])
    for (const words of [[], ['--version', 'latest']]) {
      const { code, stdout } = await checked(ba, '--subject', 'ordered-value', ...words)
      expect(code).toBe(5)
      expect(stdout).toContain(
        "would refuse the schema:\n  the columns of the topic's table would change, which is not offered yet: their order\n",
      )
    }
    expect((await server.run(['schema', 'register', server.file('ba.avsc', ba), '--subject', 'ordered-value'])).code).toBe(5)
  })

  test('what the mode of the subject forbids is refused with the reason', async () => {
    await server.succeed(['schema', 'register', server.file('closed.avsc', avro(id)), '--subject', 'closed-value'])
    await fetch(`${server.http}/mode/closed-value`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: '{"mode":"READONLY"}',
    })
    const { code, stdout } = await checked(avro(id, note), '--subject', 'closed-value')
    expect({ code, stdout }).toEqual({ code: 5, stdout: expect.stringContaining('is in read-only mode') as string })
  })

  test('a schema that cannot be read, or that no table can hold, is refused with the reason', async () => {
    const unreadable = await checked(avro({ name: 'id', type: 'strnig' }), '--subject', 'clicks-value')
    expect(unreadable.code).toBe(5)
    expect(unreadable.stdout).toContain('strnig')
    const unmapped = await checked(avro({ name: 'u', type: ['int', 'string'] }), '--subject', 'unions-value')
    expect(unmapped.code).toBe(5)
    expect(unmapped.stdout).toContain('no table can hold it')
  })

  test('references are resolved, and one version can be asked for', async () => {
    const money = server.file('money.proto', 'syntax = "proto3";\npackage common;\nmessage Money { int64 cents = 1; }\n')
    await server.succeed(['schema', 'register', money, '--subject', 'money'])
    const order = server.file('o.proto', 'syntax = "proto3";\nimport "common/money.proto";\nmessage Order { common.Money total = 1; }\n')
    const words = ['schema', 'check', order, '--subject', 'o-value']
    expect((await server.run(words)).code).toBe(5)
    expect((await server.run([...words, '--reference', 'common/money.proto=money:1', '--version', 'latest'])).code).toBe(0)
    expect((await checked(avro(id), '--subject', 'clicks-value', '--version', '9')).code).toBe(3)
  })

  test('a version that is there already is accepted, even if newer ones could not go back to it', async () => {
    const [narrow, wide] = ['int', 'long'].map((type) => avro({ name: 'id', type }))
    for (const text of [narrow, wide])
      await server.succeed(['schema', 'register', server.file('back.avsc', text ?? ''), '--subject', 'back-key'])
    expect((await checked(narrow ?? '', '--subject', 'back-key', '--version', 'latest')).code).toBe(5)
    const { code, stdout } = await checked(narrow ?? '', '--subject', 'back-key')
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'back-key has the schema as version 1 already\n' })
  })

  test('a subject that feeds no table says so', async () => {
    expect((await checked(avro(id), '--subject', 'clicks-key')).stdout).toBe(
      'clicks-key would accept the schema\nclicks-key feeds no table\n',
    )
  })
})
