import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startForCommands, type CommandServer } from '../command-server.ts'
import { jsonLines, type CommandRun } from '../run-command.ts'

let server: CommandServer
beforeAll(async () => {
  server = await startForCommands({ 'default-lake-commit-interval-ms': 1_000 })
})
afterAll(() => server.close())

const schemas = {
  avsc: JSON.stringify({
    type: 'record',
    name: 'Reading',
    fields: [
      { name: 'id', type: 'long' },
      { name: 'name', type: ['null', 'string'], default: null },
      { name: 'point', type: ['null', { type: 'record', name: 'Point', fields: [{ name: 'x', type: 'double' }] }], default: null },
      { name: 'tags', type: { type: 'array', items: 'string' } },
      { name: 'attributes', type: { type: 'map', values: 'string' } },
    ],
  }),
  json: JSON.stringify({
    type: 'object',
    properties: {
      id: { type: 'integer' },
      name: { type: ['string', 'null'] },
      point: { type: ['object', 'null'], properties: { x: { type: 'number' } }, required: ['x'] },
      tags: { type: 'array', items: { type: 'string' } },
      attributes: { type: 'object', additionalProperties: { type: 'string' } },
    },
    required: ['id', 'tags', 'attributes'],
  }),
  proto: `syntax = "proto3";
    message Reading {
      int64 id = 1; optional string name = 2; Point point = 3; repeated string tags = 4; map<string, string> attributes = 5;
      message Point { double x = 1; }
    }`,
} as const

const readings = [
  { id: 9223372036854775807n, name: 'größe', point: { x: 1.5 }, tags: ['a', 'b'], attributes: { k: 'v' } },
  { id: -9223372036854775808n, name: null, point: null, tags: [], attributes: {} },
  { id: 0, name: '', point: { x: -0.25 }, tags: [''], attributes: { '': '' } },
] as const

async function landReadings(topic: string, ending: keyof typeof schemas): Promise<void> {
  await server.succeed(['schema', 'register', server.file(`${topic}.${ending}`, schemas[ending]), '--subject', `${topic}-value`])
  const lines = readings.map((reading) =>
    JSON.stringify(reading, (_key, value: unknown) => (typeof value === 'bigint' ? `<${value}>` : value)),
  )
  await server.succeed(['produce', topic], { stdin: lines.map((line) => line.replace(/"<(-?\d+)>"/, '$1')).join('\n') })
  await server.succeed(['table', 'flush', topic])
}

const query = (sql: string, ...flags: readonly string[]): Promise<CommandRun> => server.run(['query', sql, '--json', ...flags])

describe('the same records in any schema language are the same rows in either format', () => {
  for (const ending of ['avsc', 'json', 'proto'] as const)
    test(ending, async () => {
      const topic = `readings_${ending}`
      await landReadings(topic, ending)
      for (const format of ['iceberg', 'delta']) {
        const rows = jsonLines(await query(`SELECT id, name, point, tags, attributes FROM ${format}.${topic} ORDER BY _kafka_offset`))
        expect(rows).toEqual(readings)
      }
    })
})

describe('values at the ends of their types', () => {
  const columns = [
    ['long', { type: 'long' }, ['-9223372036854775808', '9223372036854775807']],
    ['double', { type: 'double' }, ['5e-324', '1.7976931348623157e308', '"NaN"', '"Infinity"', '"-Infinity"']],
    [
      'decimal',
      { type: 'bytes', logicalType: 'decimal', precision: 38, scale: 38 },
      ['"0.99999999999999999999999999999999999999"', '"-0.00000000000000000000000000000000000001"'],
    ],
    [
      'wide',
      { type: 'bytes', logicalType: 'decimal', precision: 38, scale: 0 },
      ['"99999999999999999999999999999999999999"', '"-99999999999999999999999999999999999999"'],
    ],
    [
      'utc',
      { type: 'long', logicalType: 'timestamp-micros' },
      ['"0001-01-01T00:00:00Z"', '"9999-12-31T23:59:59.999999Z"', '"1969-12-31T23:59:59.999999Z"'],
    ],
    ['local', { type: 'long', logicalType: 'local-timestamp-micros' }, ['"0001-01-01T00:00:00"', '"9999-12-31T23:59:59.999999"']],
    ['day', { type: 'int', logicalType: 'date' }, ['"0001-01-01"', '"9999-12-31"']],
    ['text', { type: 'string' }, ['""', '"\\u0000"', '"\u{10ffff}"', '"\'\\" ; --"']],
    ['flag', { type: 'boolean' }, ['true', 'false']],
    ['bytes', { type: 'bytes' }, ['"\\u0000\u00ff"']],
  ] as const
  const printed: { readonly [text: string]: string } = { '"\\u0000\u00ff"': `"${Buffer.from([0, 255]).toString('base64')}"` }

  beforeAll(async () => {
    const fields = columns.map(([name, type]) => ({ name, type: ['null', type], default: null }))
    const schema = server.file('extremes.avsc', JSON.stringify({ type: 'record', name: 'Extremes', fields }))
    await server.succeed(['schema', 'register', schema, '--subject', 'extremes-value'])
    const lines = columns.flatMap(([name, , values]) => values.map((value) => `{"${name}": ${value}}`))
    await server.succeed(['produce', 'extremes'], { stdin: [...lines, '{}'].join('\n') })
    await server.succeed(['table', 'flush', 'extremes'])
  })

  for (const [name, , values] of columns)
    test(`of ${name}, exactly, in either format`, async () => {
      for (const format of ['iceberg', 'delta']) {
        const { stdout } = await query(`SELECT "${name}" FROM ${format}.extremes WHERE "${name}" IS NOT NULL ORDER BY _kafka_offset`)
        expect(stdout).toBe(values.map((value) => `{"${name}":${compact(printed[value] ?? value)}}\n`).join(''))
      }
    })

  test('nulls are null', async () => {
    const [row] = jsonLines(await query('SELECT * EXCLUDE (_kafka_timestamp) FROM extremes ORDER BY _kafka_offset DESC LIMIT 1'))
    expect(row).toMatchObject(Object.fromEntries(columns.map(([name]) => [name, null])))
  })

  /** A number or text as JSON.stringify writes it. */
  function compact(json: string): string {
    return /^-?\d+$/.test(json) ? json : JSON.stringify(JSON.parse(json))
  }
})

describe('names', () => {
  beforeAll(async () => {
    await server.succeed(['topic', 'create', 'Clicks.Web', '--config', 'lake.enable=true'])
    await server.succeed(['topic', 'create', 'sold', '--config', 'lake.table=sales.orders', '--config', 'lake.enable=true'])
    await server.succeed(['topic', 'create', 'only-delta', '--config', 'lake.formats=delta', '--config', 'lake.enable=true'])
    for (const topic of ['Clicks.Web', 'sold', 'only-delta']) await server.succeed(['produce', topic], { stdin: `in ${topic}` })
    for (const table of ['clicks_web', 'sales.orders', 'only_delta']) await server.succeed(['table', 'flush', table])
  })

  for (const [from, flags, text] of [
    ['clicks_web', [], 'in Clicks.Web'],
    ['CLICKS_WEB', [], 'in Clicks.Web'],
    ['iceberg.clicks_web', [], 'in Clicks.Web'],
    ['delta.clicks_web', [], 'in Clicks.Web'],
    ['iceberg."sales.orders"', [], 'in sold'],
    ['"sales.orders"', [], 'in sold'],
    ['orders', ['--namespace', 'sales'], 'in sold'],
    ['"default.clicks_web"', ['--namespace', 'sales'], 'in Clicks.Web'],
    ['only_delta', [], 'in only-delta'],
  ] as const)
    test(`${from} ${flags.join(' ')}`, async () => {
      const [row] = jsonLines(await query(`SELECT decode(value) AS text FROM ${from}`, ...flags))
      expect(row).toEqual({ text })
    })

  test('a bare name means the format that is asked for first', async () => {
    for (const format of ['iceberg', 'delta']) {
      const rows = jsonLines(await query('SELECT count(*) AS n FROM clicks_web', '--format', format))
      const schema = jsonLines(await query('SELECT current_schema() AS first', '--format', format))
      expect({ rows, schema }).toEqual({ rows: [{ n: 1 }], schema: [{ first: format }] })
    }
  })

  test('a table of one format is not in the schema of the other', async () => {
    const { code, stderr } = await query('SELECT * FROM iceberg.only_delta')
    expect(code).toBe(2)
    expect(stderr).toMatch(/^headgate: Catalog Error: Table with name only_delta does not exist!.*\n$/)
  })

  test('SHOW ALL TABLES lists every table of both formats', async () => {
    const tables = jsonLines(await query('SELECT schema, name FROM (SHOW ALL TABLES)'))
    expect(tables).toEqual(
      expect.arrayContaining([
        { schema: 'iceberg', name: 'clicks_web' },
        { schema: 'delta', name: 'clicks_web' },
        { schema: 'iceberg', name: 'sales.orders' },
        { schema: 'delta', name: 'only_delta' },
      ]),
    )
  })
})

describe('several statements', () => {
  const sql = 'CREATE TABLE mine AS SELECT 1 AS a; SELECT a FROM mine; SELECT a + 1 AS b FROM mine;'

  test('run one after the other, and each result is shown', async () => {
    expect(jsonLines(await query(`CREATE SCHEMA own; SET schema = 'own'; ${sql}`)).slice(-2)).toEqual([{ a: 1 }, { b: 2 }])
    expect(await server.succeed(['query', 'SELECT 1 AS a; SELECT 2 AS b'])).toBe('a\n1\n\nb\n2\n')
  })

  for (const none of ['', ';', '/* nothing */'])
    test(`are expected, not ${JSON.stringify(none)}`, async () => {
      expect(await query(none)).toMatchObject({ code: 2, stdout: '', stderr: 'headgate: SQL: expected a statement, got none\n' })
    })

  test('before one that fails have had their effect, and it is named', async () => {
    const { code, stdout, stderr } = await query('SELECT 1 AS a; SELECT * FROM nothing_of_the_kind')
    expect({ code, stdout }).toEqual({ code: 2, stdout: '{"a":1}\n' })
    expect(stderr).toMatch(/^headgate: Catalog Error: Table with name nothing_of_the_kind does not exist!/)
  })
})

describe('a table without rows', () => {
  beforeAll(async () => {
    await server.succeed(['topic', 'create', 'empty'])
    await server.succeed(['schema', 'register', server.file('empty.avsc', schemas.avsc), '--subject', 'empty-value'])
    await server.succeed(['table', 'flush', 'empty'])
  })

  for (const format of ['iceberg', 'delta'])
    test(`has its columns in ${format}`, async () => {
      expect(jsonLines(await query(`SELECT column_name, column_type FROM (DESCRIBE ${format}.empty) LIMIT 5`))).toEqual([
        { column_name: 'id', column_type: 'BIGINT' },
        { column_name: 'name', column_type: 'VARCHAR' },
        { column_name: 'point', column_type: 'STRUCT(x DOUBLE)' },
        { column_name: 'tags', column_type: 'VARCHAR[]' },
        { column_name: 'attributes', column_type: 'MAP(VARCHAR, VARCHAR)' },
      ])
      expect(jsonLines(await query(`SELECT * FROM ${format}.empty`))).toEqual([])
    })
})

test('a running server is seen as it is now, flush by flush', async () => {
  const seen: unknown[] = []
  for (let step = 0; step < 3; step++) {
    if (step === 0) await server.succeed(['topic', 'create', 'growing-table', '--config', 'lake.enable=true'])
    await server.succeed(['produce', 'growing-table'], { stdin: `${step}` })
    await server.succeed(['table', 'flush', 'growing_table'])
    seen.push(
      jsonLines(
        await query('SELECT (SELECT count(*) FROM iceberg.growing_table) AS iceberg, (SELECT count(*) FROM delta.growing_table) AS delta'),
      ),
    )
  }
  expect(seen).toEqual([1, 2, 3].map((rows) => [{ iceberg: rows, delta: rows }]))
})
