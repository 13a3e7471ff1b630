import { spawnSync } from 'node:child_process'
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, beforeAll, beforeEach, afterEach, describe, expect, test } from 'vitest'
import { createHeadgate } from '../../../src/index.ts'
import { jsonLines, runCommand, type CommandRun } from '../run-command.ts'

/** A directory that a server left behind; each test works on a copy at another path. */
let original: string
let dataDir: string
beforeAll(async () => {
  original = mkdtempSync(join(tmpdir(), 'headgate-query-'))
  const addresses = { kafka: '127.0.0.1:0', http: '127.0.0.1:0' }
  const headgate = await createHeadgate({
    'data-dir': original,
    lanes: 1,
    'default-lake-formats': 'iceberg,delta',
    'default-lake-enable': 'true',
    ...addresses,
  })
  const env = { HEADGATE_KAFKA: `127.0.0.1:${headgate.kafka.port}`, HEADGATE_HTTP: `127.0.0.1:${headgate.http.port}` }
  for (const topic of ['letters', 'others']) {
    const { code, stderr } = await runCommand(['produce', topic], { env, stdin: 'a\nb\n' })
    if (code !== 0) throw new Error(stderr)
  }
  await headgate.close()
})
afterAll(() => rmSync(original, { recursive: true, force: true }))
beforeEach(() => {
  dataDir = join(mkdtempSync(join(tmpdir(), 'headgate query ü-')), "it's moved")
  cpSync(original, dataDir, { recursive: true })
})
afterEach(() => rmSync(join(dataDir, '..'), { recursive: true, force: true }))

const query = (sql: string, ...flags: readonly string[]): Promise<CommandRun> =>
  runCommand(['query', sql, '--json', '--data-dir', dataDir, ...flags])
const letters = async (format: string): Promise<unknown[]> =>
  jsonLines(await query(`SELECT decode(value) AS letter FROM ${format}.letters ORDER BY _kafka_offset`)).map(({ letter }) => letter)

/** Names of the catalog's tables, as somebody sees them who may write nothing beside it. */
function entriesOnReadOnlyMedium(): { code: number | null; stdout: string; stderr: string } {
  const module = new URL('../../../src/commands/query/iceberg-tables.ts', import.meta.url)
  const script = `
    import { icebergEntries } from ${JSON.stringify(module.href)}
    if (process.getuid() === 0) process.seteuid(65534)
    console.log(icebergEntries(${JSON.stringify(join(dataDir, 'catalog.db'))}).map(({ table }) => table).join(' '))`
  chmodSync(join(dataDir, '..'), 0o755)
  chmodSync(dataDir, 0o555)
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', script], { encoding: 'utf8' })
  chmodSync(dataDir, 0o755)
  return { code: status, stdout, stderr }
}

describe('a directory whose server is gone', () => {
  for (const format of ['iceberg', 'delta'])
    test(`is read through ${format}, also after it was moved`, async () => expect(await letters(format)).toEqual(['a', 'b']))

  test('is not changed', async () => {
    const before = readdirSync(join(dataDir, 'lake'), { recursive: true, encoding: 'utf8' }).sort()
    await query('SELECT * FROM letters')
    expect(readdirSync(join(dataDir, 'lake'), { recursive: true, encoding: 'utf8' }).sort()).toEqual(before)
  })

  test('that is none ends with exit code 3', async () => {
    const { code, stderr } = await query('SELECT 1', '--data-dir', join(dataDir, 'log'))
    expect({ code, stderr }).toEqual({
      code: 3,
      stderr: `headgate: ${join(dataDir, 'log')} is no data directory of a server; name it with --data-dir\n`,
    })
  })

  test('without a catalog still has its Delta tables', async () => {
    rmSync(join(dataDir, 'catalog.db'))
    expect(await letters('delta')).toEqual(['a', 'b'])
    expect((await query('SELECT * FROM iceberg.letters')).code).toBe(2)
  })

  test('on a medium that may only be read has its tables, but is not read past commits that cannot be seen', () => {
    expect(entriesOnReadOnlyMedium()).toMatchObject({ code: 0, stdout: 'letters others\n' })
    writeFileSync(join(dataDir, 'catalog.db-wal'), 'a commit')
    expect(entriesOnReadOnlyMedium()).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/the catalog .*catalog\.db cannot be read/) as string,
    })
  })

  test('whose catalog is broken ends with exit code 6', async () => {
    writeFileSync(join(dataDir, 'catalog.db'), 'this is no database, and it is longer than a header would be'.repeat(20))
    const { code, stderr } = await query('SELECT * FROM letters')
    expect(code).toBe(6)
    expect(stderr).toMatch(/^headgate: the catalog .*catalog\.db cannot be read: .+\n$/)
  })
})

describe('Delta commits of other writers', () => {
  const logOf = (): string => join(dataDir, 'lake', 'default', 'letters', 'data', '_delta_log')

  function lastVersion(): number {
    return Number(
      readdirSync(logOf())
        .filter((name) => name.endsWith('.json'))
        .sort()
        .at(-1)
        ?.slice(0, 20),
    )
  }

  function commit(...actions: readonly object[]): void {
    const name = `${String(lastVersion() + 1).padStart(20, '0')}.json`
    writeFileSync(join(logOf(), name), actions.map((action) => `${JSON.stringify(action)}\n`).join(''))
  }

  interface LoggedActions {
    readonly add?: { readonly path: string; readonly size: number }
    readonly metaData?: { readonly schemaString: string; readonly partitionColumns: readonly string[] }
  }

  function logged(): LoggedActions[] {
    return readdirSync(logOf())
      .filter((name) => name.endsWith('.json'))
      .flatMap((name) =>
        readFileSync(join(logOf(), name), 'utf8')
          .trim()
          .split('\n')
          .map((line) => JSON.parse(line) as LoggedActions),
      )
  }

  const file = (): { path: string; size: number } => logged().find(({ add }) => add)?.add ?? { path: '', size: 0 }
  const metaData = (): NonNullable<LoggedActions['metaData']> =>
    logged().find((action) => action.metaData)?.metaData ?? { schemaString: '', partitionColumns: [] }

  for (const [path, name] of [
    ['odd%20name/100%25%20%C3%BC.parquet', 'odd name/100% ü.parquet'],
    ["with'quote.parquet", "with'quote.parquet"],
  ] as const)
    test(`are followed to ${path}`, async () => {
      const { path: before, size } = file()
      const root = join(logOf(), '..')
      mkdirSync(join(root, 'odd name'))
      cpSync(join(root, before), join(root, name))
      rmSync(join(root, before))
      commit(
        { remove: { path: before, deletionTimestamp: 1, dataChange: true } },
        { add: { path, size, partitionValues: {}, modificationTime: 1, dataChange: true } },
      )
      expect(await letters('delta')).toEqual(['a', 'b'])
    })

  test('may add a column, which old files lack', async () => {
    const before = metaData()
    const schema = JSON.parse(before.schemaString) as { fields: object[] }
    const fields = [
      { name: 'added', type: { type: 'array', elementType: 'long', containsNull: true }, nullable: true, metadata: {} },
      ...schema.fields,
    ]
    commit({ metaData: { ...before, schemaString: JSON.stringify({ ...schema, fields }) } })
    expect(jsonLines(await query('SELECT added, decode(value) AS letter FROM delta.letters ORDER BY letter'))).toEqual([
      { added: null, letter: 'a' },
      { added: null, letter: 'b' },
    ])
  })

  for (const [name, action, problem] of [
    ['column mapping', { protocol: { minReaderVersion: 2, minWriterVersion: 5 } }, 'its readers must know columnMapping'],
    [
      'deletion vectors',
      { protocol: { minReaderVersion: 3, minWriterVersion: 7, readerFeatures: ['deletionVectors'], writerFeatures: ['deletionVectors'] } },
      'its readers must know deletionVectors',
    ],
    ['a later protocol', { protocol: { minReaderVersion: 4, minWriterVersion: 8 } }, 'its readers must know protocol version 4'],
    ['partition columns', 'partitioned', 'it is partitioned by value'],
    ['an unknown type', 'interval', 'it has a column of type interval'],
    [
      'a file elsewhere',
      { add: { path: 's3://bucket/x.parquet', size: 1, partitionValues: {}, modificationTime: 1, dataChange: true } },
      's3://bucket/x.parquet',
    ],
    [
      'a file that is not there',
      { add: { path: 'gone.parquet', size: 1, partitionValues: {}, modificationTime: 1, dataChange: true } },
      'gone.parquet',
    ],
  ] as const)
    test(`that need ${name} are not read wrongly: the table is left out, and the others are not`, async () => {
      const { schemaString } = metaData()
      if (action === 'partitioned') commit({ metaData: { ...metaData(), partitionColumns: ['value'] } })
      else if (action === 'interval') commit({ metaData: { ...metaData(), schemaString: schemaString.replace('"binary"', '"interval"') } })
      else commit(action)
      const refused = await query('SELECT count(*) AS n FROM delta.letters')
      expect(refused.code).toBeGreaterThan(0)
      expect(refused.stdout).toBe('')
      expect(refused.stderr).toContain(problem)
      const rows = await query('SELECT count(*) AS n FROM delta.others, (SELECT 1 AS letters)')
      expect({ code: rows.code, rows: jsonLines(rows) }).toEqual({ code: 0, rows: [{ n: 2 }] })
    })
})

test('an Iceberg table that cannot be read is left out, and the reason is told', async () => {
  const catalog = new DatabaseSync(join(dataDir, 'catalog.db'))
  const row = catalog.prepare("SELECT metadata_location AS location FROM iceberg_tables WHERE table_name = 'letters'").get()
  const location = String(row?.['location'])
  const path = location.replace(`file://${original}`, dataDir)
  const changed = readFileSync(path, 'utf8').replace('"binary"', '"uuid"')
  writeFileSync(path, changed)
  catalog.close()
  const { code, stderr } = await query('SELECT * FROM iceberg.letters')
  expect(code).toBe(2)
  expect(stderr).toMatch(/^headgate: left out iceberg table default\.letters: column \w+ has the Iceberg type "uuid"/)
  expect(await letters('delta')).toEqual(['a', 'b'])
})

describe('results', () => {
  const sample = `SELECT 170141183460469231731687303715884105727 AS huge, 1.50 AS dec, DATE '2024-02-29' AS day, TIMESTAMPTZ '2024-02-29 12:00:00.5+02' AS utc,
    TIMESTAMP '2024-02-29 12:00:00' AS "local", TIME '01:02:03' AS "time", 'NaN'::DOUBLE AS nan, '\\xFF'::BLOB AS bytes, [1, NULL] AS list, {'a': {'b': 9223372036854775807}} AS struct,
    MAP {'k': 1} AS map, MAP {1: 'v'} AS pairs, NULL AS nothing, true AS flag, 5 AS x, 6 AS x, INTERVAL 5 DAY AS span, uuid() IS NOT NULL AS u`

  test('are JSON whose numbers are whole, bytes base64, the rest text', async () => {
    const { stdout } = await query(sample)
    expect(stdout).toBe(
      '{"huge":170141183460469231731687303715884105727,"dec":"1.50","day":"2024-02-29","utc":"2024-02-29T10:00:00.5Z","local":"2024-02-29T12:00:00","time":"01:02:03",' +
        '"nan":"NaN","bytes":"/w==","list":[1,null],"struct":{"a":{"b":9223372036854775807}},"map":{"k":1},"pairs":[{"key":1,"value":"v"}],"nothing":null,"flag":true,' +
        '"x":5,"x:1":6,"span":"5 days","u":true}\n',
    )
  })

  test('are a table for people, numbers to the right', async () => {
    const { stdout, stderr } = await runCommand([
      'query',
      "SELECT * FROM (VALUES (1, 'one', NULL), (1000, 'thousand', '\\xFF'::BLOB)) AS t(number, name, bytes)",
      '--data-dir',
      dataDir,
    ])
    expect(stdout).toBe(['number  name      bytes', '     1  one       null', '  1000  thousand  \\xFF', ''].join('\n'))
    expect(stderr).toBe('')
  })

  test('on a terminal are counted, and a row that is wider than it takes a line for each value', async () => {
    const run = (columns: number): Promise<CommandRun> =>
      runCommand(['query', "SELECT 'some text' AS a, 'and more' AS b", '--data-dir', dataDir], {
        env: { NO_COLOR: '1' },
        terminal: { columns },
      })
    expect(await run(80)).toEqual({ code: 0, stdout: 'a          b\nsome text  and more\n', stderr: '1 row\n' })
    expect(await run(12)).toEqual({ code: 0, stdout: 'row 1\na  some text\nb  and more\n', stderr: '1 row\n' })
  })

  test('of many rows come in pages under one header, aligned throughout', async () => {
    const { stdout } = await runCommand(['query', 'SELECT range AS n FROM range(5000)', '--data-dir', dataDir])
    const lines = stdout.trimEnd().split('\n')
    expect(lines).toHaveLength(5001)
    expect(lines.filter((line) => line.trim() === 'n')).toHaveLength(1)
    expect(lines.slice(1).map(Number)).toEqual(Array.from({ length: 5000 }, (_, index) => index))
    expect(lines.at(-1)).toBe('4999')
  })

  for (const [sql, reason] of [
    ['SELEC 1', 'Parser Error'],
    ['SELECT * FROM missing', 'Table with name missing does not exist'],
    ["SELECT CAST('x' AS INTEGER)", 'Conversion Error'],
    ["SELECT CAST(CASE WHEN range > 900000 THEN 'x' ELSE '1' END AS INTEGER) FROM range(1000000)", 'Conversion Error'],
  ] as const)
    test(`of ${sql} are an error in one line with exit code 2`, async () => {
      const { code, stdout, stderr } = await query(sql)
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
      expect(stderr).toMatch(/^headgate: .+\n$/)
      expect(stderr).toContain(reason)
    })

  describe('end with exit code 130 when the command is interrupted', () => {
    const huge = 'SELECT count(*) FROM range(10000000000) a, range(1000) b'
    for (const [when, ticks] of [
      ['before it starts', 0],
      ['while it starts', 1],
      ['a little later', 20],
    ] as const)
      test(when, async () => {
        const interrupted = new AbortController()
        const running = runCommand(['query', huge, '--data-dir', dataDir], { interrupt: interrupted.signal })
        for (let tick = 0; tick < ticks; tick++) await new Promise((resolve) => setImmediate(resolve))
        interrupted.abort()
        expect(await running).toEqual({ code: 130, stdout: '', stderr: '' })
      })

    test('while rows are written', async () => {
      const interrupted = new AbortController()
      const sql = 'SELECT * FROM range(1000000)'
      const { code, stdout } = await runCommand(['query', sql, '--json', '--data-dir', dataDir], {
        interrupt: interrupted.signal,
        onOutput: () => interrupted.abort(),
      })
      expect(code).toBe(130)
      expect(stdout).toMatch(/^\{"range":0\}\n/)
    })
  })
})
