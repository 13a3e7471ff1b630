import { Readable } from 'node:stream'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { stringifyJson } from '../../src/shared/json.ts'
import { startForCommands, type CommandServer } from './command-server.ts'
import { jsonLines } from './run-command.ts'

let server: CommandServer
beforeAll(async () => {
  server = await startForCommands()
})
afterAll(() => server.close())

const avro = JSON.stringify({ type: 'record', name: 'Click', fields: [{ name: 'id', type: 'long' }] })
const json = JSON.stringify({ type: 'object', properties: { id: { type: 'integer' } } })
const proto = 'syntax = "proto3";\nmessage Click { int64 id = 1; }\n'

describe('schema', () => {
  describe('register takes the type from the ending', () => {
    for (const [name, text, schemaType] of [
      ['click.avsc', avro, 'AVRO'],
      ['click.json', json, 'JSON'],
      ['click.proto', proto, 'PROTOBUF'],
    ] as const)
      test(name, async () => {
        const subject = `${schemaType.toLowerCase()}-value`
        const registered = jsonLines(await server.run(['schema', 'register', server.file(name, text), '--subject', subject, '--json']))
        expect(registered).toEqual([
          { subject, version: 1, id: expect.any(Number) as number, guid: expect.any(String) as string, schemaType },
        ])
        const [stored] = jsonLines(await server.run(['schema', 'get', '--subject', subject, '--json']))
        expect(stored).toMatchObject({ subject, version: 1, schemaType, id: registered[0]?.['id'] })
      })
  })

  test('register answers a schema that is there already as it is', async () => {
    const file = server.file('again.avsc', avro)
    const first = await server.succeed(['schema', 'register', file, '--subject', 'again-value'])
    expect(first).toMatch(/^again-value version 1 has schema id \d+\n$/)
    expect(await server.succeed(['schema', 'register', file, '--subject', 'again-value'])).toBe(first)
  })

  test('register reads standard input', async () => {
    const stdin = Readable.from([Buffer.from(json.slice(0, 9)), Buffer.from(json.slice(9))])
    await server.succeed(['schema', 'register', '-', '--type', 'JSON', '--subject', 'piped-value'], { stdin })
    expect(await server.succeed(['schema', 'get', '--subject', 'piped-value'])).toBe(`${json}\n`)
  })

  test('register resolves references', async () => {
    const money = server.file('money.proto', 'syntax = "proto3";\npackage common;\nmessage Money { int64 cents = 1; }\n')
    await server.succeed(['schema', 'register', money, '--subject', 'money'])
    const order = server.file(
      'order.proto',
      'syntax = "proto3";\nimport "common/money.proto";\nmessage Order { common.Money total = 1; }\n',
    )
    const words = ['schema', 'register', order, '--subject', 'order-value']
    expect((await server.run(words)).code).toBe(5)
    await server.succeed([...words, '--reference', 'common/money.proto=money:1'])
    const [stored] = jsonLines(await server.run(['schema', 'get', '--subject', 'order-value', '--json']))
    expect(stored).toMatchObject({ references: [{ name: 'common/money.proto', subject: 'money', version: 1 }] })
  })

  test('get prints the text alone, by subject, version or id', async () => {
    const file = server.file('text.json', json)
    const registered = jsonLines(await server.run(['schema', 'register', file, '--subject', 'text-value', '--json']))
    const id = stringifyJson(registered[0]?.['id'])
    for (const words of [
      ['--subject', 'text-value'],
      ['--subject', 'text-value', '--version', '1'],
      ['--id', id],
    ])
      expect(await server.succeed(['schema', 'get', ...words])).toBe(`${json}\n`)
  })

  test('list shows the newest version of each subject, numbers to the right', async () => {
    for (const maxLength of [1, 2]) {
      const text = JSON.stringify({ type: 'string', maxLength })
      await server.succeed(['schema', 'register', server.file('listed.json', text), '--subject', 'listed-key'])
    }
    const text = await server.succeed(['schema', 'list'])
    expect(text).toMatch(/^SUBJECT +VERSION +ID +TYPE\n/)
    expect(text).toMatch(/^listed-key +2 +\d+ {2}JSON$/m)
    const listed = jsonLines(await server.run(['schema', 'list', '--json'])).filter(({ subject }) => subject === 'listed-key')
    expect(listed).toMatchObject([{ version: 2, schemaType: 'JSON' }])
  })

  describe('refusals have the exit code of their kind, and the reason in one line', () => {
    for (const { words, code, reason } of [
      { words: ['get', '--subject', 'missing'], code: 3, reason: "Subject 'missing' not found." },
      { words: ['get', '--subject', 'money', '--version', '99'], code: 3, reason: 'Version 99 not found' },
      { words: ['get', '--subject', 'money', '--version', 'first'], code: 2, reason: "'first' is not a valid version id" },
      { words: ['get', '--id', '999999'], code: 3, reason: 'no schema with id 999999' },
      { words: ['register', '/no/such/file.avsc', '--subject', 's'], code: 3, reason: '/no/such/file.avsc cannot be read' },
      { words: ['register', '/', '--type', 'AVRO', '--subject', 's'], code: 2, reason: '/ cannot be read' },
      { words: ['register', 'BROKEN', '--subject', 's'], code: 5, reason: 'unknown type \\"strnig\\"' },
    ])
      test(words.join(' '), async () => {
        const broken = server.file('broken.avsc', avro.replace('long', 'strnig'))
        const run = await server.run(['schema', ...words.map((word) => (word === 'BROKEN' ? broken : word))])
        expect(run.stdout).toBe('')
        expect(run.code).toBe(code)
        expect(run.stderr).toMatch(/^headgate: .+\n$/)
        expect(run.stderr).toContain(reason.replaceAll('\\', ''))
      })
  })
})
