import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startForCommands, type CommandServer } from './command-server.ts'
import { jsonLines, openInput } from './run-command.ts'

let server: CommandServer
beforeAll(async () => {
  server = await startForCommands({ 'default-lake-commit-interval-ms': 1_000 })
})
afterAll(() => server.close())

const schemas = {
  AVRO: JSON.stringify({
    type: 'record',
    name: 'Event',
    fields: [
      { name: 'id', type: 'long' },
      { name: 'payload', type: { type: 'record', name: 'Payload', fields: [{ name: 'size', type: 'long' }] } },
      { name: 'note', type: ['null', 'string'], default: null },
    ],
  }),
  JSON: JSON.stringify({
    type: 'object',
    properties: {
      id: { type: 'integer' },
      payload: { type: 'object', properties: { size: { type: 'integer' } }, required: ['size'] },
      note: { type: ['string', 'null'] },
    },
    required: ['id'],
  }),
  PROTOBUF:
    'syntax = "proto3"; message Event { int64 id = 1; Payload payload = 2; optional string note = 3; message Payload { int64 size = 1; } }',
} as const
const endings = { AVRO: 'avsc', JSON: 'json', PROTOBUF: 'proto' } as const

async function topicWith(topic: string, schemaType: keyof typeof schemas, ...flags: readonly string[]): Promise<void> {
  await server.succeed(['topic', 'create', topic, ...flags])
  const file = server.file(`${topic}.${endings[schemaType]}`, schemas[schemaType])
  await server.succeed(['schema', 'register', file, '--subject', `${topic}-value`])
}

const events = ['{"id": 9223372036854775807, "payload": {"size": 1}, "note": "hi"}', '{"id": -9223372036854775808, "payload": {"size": 0}}']

describe.for(['AVRO', 'JSON', 'PROTOBUF'] as const)('%s', (schemaType) => {
  const topic = `events-${schemaType.toLowerCase()}`
  beforeAll(() => topicWith(topic, schemaType))

  test('lines come back as they were sent, 64-bit integers whole', async () => {
    const report = await server.succeed(['produce', topic], { stdin: events.join('\n') })
    expect(report).toBe(`2 records stored in ${topic}, offsets 0 to 1\n`)
    const values = jsonLines(await server.run(['consume', topic]))
    const long = (value: bigint): unknown => (schemaType === 'PROTOBUF' ? String(value) : value)
    expect(values).toMatchObject([{ id: long(2n ** 63n - 1n), note: 'hi' }, { id: long(-(2n ** 63n)) }])
  })

  test('a record that does not fit refuses its batch: line, path and reason, exit code 5, nothing stored', async () => {
    const stdin = ['{"id": 1, "payload": {"size": 1}}', '', '{"id": 2, "payload": {"size": "12k"}}', '{"id": "x"}', ''].join('\n')
    const { code, stdout, stderr } = await server.run(['produce', topic], { stdin })
    expect({ code, stdout }).toEqual({ code: 5, stdout: '' })
    const [first, second, summary, ...others] = stderr.trimEnd().split('\n')
    expect(first).toMatch(/^line 3: \$\.payload\.size: .*"12k"/)
    expect(second).toMatch(/^line 4: \$\.id: .*"x"/)
    expect(summary).toMatch(
      new RegExp(`^headgate: not stored: 3 lines from 1 to 4 \\(.*2 of 3.*\\); stored in ${topic} before: 0 records$`),
    )
    expect(others).toEqual([])
    expect(jsonLines(await server.run(['consume', topic]))).toHaveLength(2)
  })

  test('a line that is no JSON is named, too', async () => {
    const { code, stderr } = await server.run(['produce', topic], { stdin: '{"id": 1, "payload": {"size": 1}}\n{"id": \n' })
    expect(code).toBe(5)
    expect(stderr).toMatch(/^line 2: /)
  })

  test('--json tells partition, offset, key and schema id around each value', async () => {
    const [first] = jsonLines(await server.run(['consume', topic, '--json', '--max', '1']))
    const [latest] = jsonLines(await server.run(['schema', 'get', '--subject', `${topic}-value`, '--json']))
    expect(first).toMatchObject({ partition: 0, offset: 0, key: null, schemaId: latest?.['id'], value: { note: 'hi' } })
    expect(first?.['timestampMs']).toBeTypeOf('number')
  })

  for (const framing of ['header', 'raw', 'confluent'])
    test(`schema.framing ${framing} is followed in both directions`, async () => {
      const framed = `${topic}-${framing}`
      await topicWith(framed, schemaType, '--config', `schema.framing=${framing}`)
      await server.succeed(['produce', framed], { stdin: events.join('\n') })
      expect(jsonLines(await server.run(['consume', framed]))).toEqual(jsonLines(await server.run(['consume', topic])))
    })
})

describe('produce', () => {
  test('to a topic without a schema sends lines as they are', async () => {
    await server.succeed(['topic', 'create', 'plain'])
    await server.succeed(['produce', 'plain'], { stdin: 'any text\n\n  {"a": 1}' })
    expect(await server.succeed(['consume', 'plain'])).toBe('any text\n\n  {"a": 1}\n')
  })

  test('to a topic that does not exist creates it and says so', async () => {
    const { code, stderr } = await server.run(['produce', 'made-on-demand'], { stdin: 'a\n' })
    expect({ code, stderr }).toEqual({ code: 0, stderr: 'created topic made-on-demand with 1 partition\n' })
  })

  test('keeps records with one key in order in one partition, and spreads keys', async () => {
    await server.succeed(['topic', 'create', 'keyed', '--partitions', '4'])
    const lines = Array.from({ length: 40 }, (_, index) => `{"user": "u${index % 8}", "step": ${Math.floor(index / 8)}}`)
    await server.succeed(['produce', 'keyed', '--key-field', 'user'], { stdin: lines.join('\n') })
    const records = jsonLines(await server.run(['consume', 'keyed', '--json']))
    const byKey = Map.groupBy(records, ({ key }) => key)
    expect(byKey.size).toBe(8)
    for (const ofKey of byKey.values()) {
      expect(new Set(ofKey.map(({ partition }) => partition)).size).toBe(1)
      expect(ofKey.map(({ value }) => (JSON.parse(value as string) as { step: number }).step)).toEqual([0, 1, 2, 3, 4])
    }
    expect(new Set(records.map(({ partition }) => partition)).size).toBeGreaterThan(1)
  })

  for (const [line, key] of [
    ['{"k": "text"}', 'text'],
    ['{"k": 9223372036854775807}', '9223372036854775807'],
    ['{"k": {"a": [1]}}', '{"a":[1]}'],
  ] as const)
    test(`makes the key ${key} of ${line}`, async () => {
      await server.succeed(['produce', 'key-texts', '--key-field', 'k'], { stdin: line })
      const records = jsonLines(await server.run(['consume', 'key-texts', '--json']))
      expect(records.at(-1)).toMatchObject({ key, value: line })
    })

  for (const [line, reason] of [
    ['{"other": 1}', '$.k: expected a value for the key, got none'],
    ['{"k": null}', '$.k: expected a value for the key, got none'],
    ['[1]', '$.k: expected a value for the key, got none'],
    ['no json', 'not JSON: '],
  ] as const)
    test(`refuses ${line} without a key`, async () => {
      const { code, stderr } = await server.run(['produce', 'key-texts', '--key-field', 'k'], { stdin: `{"k": 1}\n${line}` })
      expect(code).toBe(5)
      expect(stderr).toContain(`line 2: ${reason}`)
    })

  test('reads a file, in batches that the topic takes, and reports offsets', async () => {
    await server.succeed(['topic', 'create', 'small-batches', '--config', 'max.message.bytes=1000'])
    const lines = Array.from({ length: 100 }, (_, index) => `line ${index} ${'x'.repeat(40)}`)
    const file = server.file('lines.txt', lines.join('\n'))
    const report = jsonLines(await server.run(['produce', 'small-batches', file, '--json']))
    expect(report).toEqual([
      {
        topic: 'small-batches',
        records: 100,
        bytes: lines.join('').length,
        partitions: [{ partition: 0, firstOffset: 0, nextOffset: 100 }],
      },
    ])
    expect(await server.succeed(['consume', 'small-batches'])).toBe(`${lines.join('\n')}\n`)
    const { code, stderr } = await server.run(['produce', 'small-batches'], { stdin: `fits\n${'x'.repeat(2000)}\n` })
    expect(code).toBe(5)
    expect(stderr).toContain('not stored: line 2')
    expect(stderr).toContain('MESSAGE_TOO_LARGE')
    expect(stderr).toContain('before: 1 record\n')
  })

  for (const codec of ['none', 'gzip', 'snappy', 'lz4', 'zstd'])
    test(`compresses with ${codec}`, async () => {
      const topic = `codec-${codec}`
      const lines = Array.from({ length: 50 }, (_, index) => `record ${index} of many that are alike`)
      await server.succeed(['produce', topic, '--compression', codec], { stdin: lines.join('\n') })
      expect(await server.succeed(['consume', topic])).toBe(`${lines.join('\n')}\n`)
    })

  test('sends everything to the partition that it is told', async () => {
    await server.succeed(['topic', 'create', 'told', '--partitions', '3'])
    await server.succeed(['produce', 'told', '--partition', '2', '--key-field', 'k'], { stdin: '{"k": 1}\n{"k": 2}\n{"k": 3}' })
    const records = jsonLines(await server.run(['consume', 'told', '--json']))
    expect(records.map(({ partition }) => partition)).toEqual([2, 2, 2])
    const { code, stderr } = await server.run(['produce', 'told', '--partition', '3'], { stdin: 'x' })
    expect({ code, stderr }).toEqual({ code: 3, stderr: 'headgate: topic told has no partition 3; it has 3, counted from 0\n' })
  })

  for (const acks of ['all', '1', '0'])
    test(`stores records with acks=${acks}`, async () => {
      const report = await server.succeed(['produce', `acks-${acks}`, '--acks', acks], { stdin: 'a\nb\n' })
      expect(report).toBe(`2 records stored in acks-${acks}${acks === '0' ? ', unacknowledged' : ', offsets 0 to 1'}\n`)
      // Nobody said when: following waits for them.
      expect(await server.succeed(['consume', `acks-${acks}`, '--follow', '--max', '2'])).toBe('a\nb\n')
    })

  test('sends a line of a pipe at once, while the pipe stays open', async () => {
    const stdin = openInput()
    await server.succeed(['topic', 'create', 'piped'])
    const producing = server.run(['produce', 'piped'], { stdin })
    stdin.write('first\n')
    expect(await server.succeed(['consume', 'piped', '--follow', '--max', '1'])).toBe('first\n')
    stdin.end('second')
    expect((await producing).stdout).toBe('2 records stored in piped, offsets 0 to 1\n')
  })

  test('is interrupted with exit code 130', async () => {
    const interrupted = new AbortController()
    const stdin = openInput()
    await server.succeed(['topic', 'create', 'interrupted'])
    const producing = server.run(['produce', 'interrupted'], { stdin, interrupt: interrupted.signal })
    stdin.write('kept\n')
    await server.succeed(['consume', 'interrupted', '--follow', '--max', '1'])
    interrupted.abort()
    expect(await producing).toEqual({ code: 130, stdout: '', stderr: '' })
  })

  test('of an empty input stores nothing and succeeds', async () => {
    expect(await server.succeed(['produce', 'plain'], { stdin: '' })).toBe('0 records stored in plain\n')
  })

  test('shows how far it is, on a terminal', async () => {
    const { stderr } = await server.run(['produce', 'plain'], { stdin: 'a\n', terminal: { columns: 80 } })
    expect(stderr).toMatch(/^\r\u001b\[K1 record stored, 1 B, [\d,]+ a second\r\u001b\[K$/)
  })

  test('names a file that is not there, and makes no topic for it', async () => {
    const { code, stderr } = await server.run(['produce', 'of-no-file', '/no/such/file'])
    expect(code).toBe(3)
    expect(stderr).toMatch(/^headgate: \/no\/such\/file cannot be read: .*\n$/)
    expect(await server.run(['topic', 'describe', 'of-no-file'])).toMatchObject({ code: 3 })
  })

  test('names at most twenty lines and counts the rest', async () => {
    await topicWith('many-bad', 'AVRO')
    const { stderr } = await server.run(['produce', 'many-bad'], { stdin: '{"id": "x"}\n'.repeat(50) })
    expect(stderr.match(/^line /gm)).toHaveLength(20)
    expect(stderr).toContain('and 30 lines more\n')
  })
})

describe('consume', () => {
  beforeAll(async () => {
    await server.succeed(['topic', 'create', 'numbers', '--partitions', '2'])
    for (const partition of [0, 1])
      await server.succeed(['produce', 'numbers', '--partition', String(partition)], {
        stdin: [0, 1, 2, 3].map((n) => `${partition}:${n}`).join('\n'),
      })
  })

  test('reads every partition to its end, then stops', async () => {
    const text = await server.succeed(['consume', 'numbers'])
    expect(text.trimEnd().split('\n').sort()).toEqual(['0:0', '0:1', '0:2', '0:3', '1:0', '1:1', '1:2', '1:3'])
  })

  for (const [words, lines] of [
    [
      ['--partition', '1'],
      ['1:0', '1:1', '1:2', '1:3'],
    ],
    [
      ['--partition', '1', '--from', '2'],
      ['1:2', '1:3'],
    ],
    [['--partition', '1', '--from', '4'], []],
    [
      ['--partition', '0', '--max', '2'],
      ['0:0', '0:1'],
    ],
    [['--from', 'latest'], []],
    [['--partition', '0', '--raw', '--from', '3'], ['0:3']],
  ] as const)
    test(words.join(' '), async () => {
      const text = await server.succeed(['consume', 'numbers', ...words])
      expect(text).toBe(lines.map((line) => `${line}\n`).join(''))
    })

  for (const [words, code, reason] of [
    [['missing'], 3, 'topic missing does not exist'],
    [['numbers', '--partition', '2'], 3, 'has no partition 2'],
    [['numbers', '--partition', '0', '--from', '5'], 3, 'partition 0 has no offset 5; its log goes from 0 to 4'],
    [['numbers', '--from', '1'], 2, 'say with --partition which one'],
  ] as const)
    test(`${words.join(' ')} ends with exit code ${code}`, async () => {
      const run = await server.run(['consume', ...words])
      expect({ code: run.code, stdout: run.stdout }).toEqual({ code, stdout: '' })
      expect(run.stderr).toContain(reason)
    })

  test('does not create the topic that it is asked for', async () => {
    await server.run(['consume', 'never-made'])
    expect((await server.run(['topic', 'describe', 'never-made'])).code).toBe(3)
  })

  test('--follow prints what comes, and being interrupted is its end', async () => {
    await server.succeed(['topic', 'create', 'followed'])
    const interrupted = new AbortController()
    const seen = Promise.withResolvers<void>()
    const following = server.run(['consume', 'followed', '--follow', '--from', 'earliest'], {
      interrupt: interrupted.signal,
      onOutput: (stdout) => stdout.includes('second') && seen.resolve(),
    })
    await server.succeed(['produce', 'followed'], { stdin: 'first' })
    await server.succeed(['produce', 'followed'], { stdin: 'second' })
    await seen.promise
    interrupted.abort()
    expect(await following).toEqual({ code: 0, stdout: 'first\nsecond\n', stderr: '' })
  })

  test('a value that its schema does not fit is named, the others are printed, and the exit code is 5', async () => {
    await server.succeed(['topic', 'create', 'spoilt', '--config', 'schema.framing=raw'])
    await server.succeed(['produce', 'spoilt'], { stdin: '\u0002no avro' })
    await server.succeed(['schema', 'register', server.file('spoilt.avsc', schemas.AVRO), '--subject', 'spoilt-value'])
    await server.succeed(['produce', 'spoilt'], { stdin: events[0] ?? '' })
    const plain = await server.run(['consume', 'spoilt'])
    expect(plain.code).toBe(5)
    expect(plain.stdout).toMatch(/^\{"id":9223372036854775807.*\n$/)
    expect(plain.stderr).toMatch(/^partition 0, offset 0: \$\.\w+.*\n$/)
    const documents = jsonLines(await server.run(['consume', 'spoilt', '--json']))
    expect(documents).toMatchObject([
      { offset: 0, problem: expect.any(String) as string, valueBase64: Buffer.from('\u0002no avro').toString('base64') },
      { offset: 1, value: { note: 'hi' } },
    ])
  })

  test('on a terminal shows what would command it', async () => {
    await server.succeed(['produce', 'escapes'], { stdin: '\u001b[31mred' })
    expect((await server.run(['consume', 'escapes'], { terminal: { columns: 80 } })).stdout).toBe('\\u001b[31mred\n')
    expect(await server.succeed(['consume', 'escapes'])).toBe('\u001b[31mred\n')
  })

  test('what comes out goes in again', async () => {
    const stdin = await server.succeed(['consume', 'events-avro'])
    await topicWith('copied', 'AVRO')
    await server.succeed(['produce', 'copied'], { stdin })
    expect(await server.succeed(['consume', 'copied'])).toBe(stdin)
  })
})
