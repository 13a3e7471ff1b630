import type { FileSummary, SnapshotSummary, TableDescription, TableSummary } from '../http/admin.ts'
import { systemClock } from '../shared/clock.ts'
import { HeadgateError } from '../shared/errors.ts'
import { argument, isFlagSet, jsonOption, type Command, type Invocation } from './command.ts'
import { exitCodes } from './exit-codes.ts'
import { bytesText, countText, timeText } from './output/number-text.ts'
import { Progress } from './output/progress.ts'
import { styleOf } from './output/style.ts'
import { factsText, tableText } from './output/table-text.ts'
import { write, writeJson, writeJsonLines } from './output/write.ts'
import { httpOption } from './server/addresses.ts'
import { pathOf, ServerClient, type Wire } from './server/server-client.ts'

type Summary = Wire<TableSummary>
type Description = Wire<TableDescription>
type File = Wire<FileSummary>
type Snapshot = Wire<SnapshotSummary>
type Flushed = { readonly icebergSnapshotId?: number | bigint; readonly deltaVersion?: number | bigint }

const NAME_DETAIL = 'TABLE is namespace.table, or the table alone where no other namespace has one of that name.'

const tableList: Command = {
  name: 'table list',
  summary: 'List the tables that topics land in.',
  usage: '',
  options: { ...httpOption, ...jsonOption },
  positionals: [],
  examples: ['headgate table list', 'headgate table list --json'],
  exits: ['unavailable'],
  async run(invocation) {
    const tables = await ServerClient.of(invocation).get<readonly Summary[]>('/v1/tables')
    if (isFlagSet(invocation, 'json')) await writeJsonLines(invocation.stdout, tables)
    else await write(invocation.stdout, tablesText(tables, invocation))
    return exitCodes.ok
  },
}

const tableDescribe = tableCommand<Description>({
  verb: 'describe',
  summary: "Show a table's columns, partitioning, versions and size.",
  path: '',
  text: descriptionText,
})

const tableFiles = tableCommand<readonly File[]>({
  verb: 'files',
  summary: 'List the data files that a table is made of now.',
  path: '/files',
  text: filesText,
})

const tableSnapshots = tableCommand<readonly Snapshot[]>({
  verb: 'snapshots',
  summary: "List a table's Iceberg snapshots and Delta versions, newest first.",
  path: '/snapshots',
  text: snapshotsText,
})

const tableFlush: Command = {
  name: 'table flush',
  summary: 'Make everything acknowledged so far visible in a table, and wait until it is.',
  usage: 'TABLE',
  details: [NAME_DETAIL],
  options: { ...httpOption, ...jsonOption },
  positionals: ['TABLE'],
  examples: ['headgate table flush orders', 'headgate table flush sales.orders --json'],
  exits: ['notFound', 'unavailable'],
  async run(invocation) {
    const server = ServerClient.of(invocation)
    const name = await qualifiedName(server, argument(invocation, 0))
    const progress = new Progress(invocation.stderr, systemClock)
    progress.show(() => `flushing ${name.namespace}.${name.table}`)
    const flushed = await server.post<Flushed>(`${tablePath(name)}/flush`).finally(() => progress.clear())
    if (isFlagSet(invocation, 'json')) await writeJson(invocation.stdout, flushed)
    else await write(invocation.stdout, `${name.namespace}.${name.table} is flushed: ${versionsText(flushed)}\n`)
    return exitCodes.ok
  },
}

export const tableCommands: readonly Command[] = [tableList, tableDescribe, tableFiles, tableSnapshots, tableFlush]

interface TableView<Answer> {
  readonly verb: string
  readonly summary: string
  readonly path: string
  readonly text: (answer: Answer, invocation: Invocation) => string
}

/** A command that asks one thing about one table. */
function tableCommand<Answer>({ verb, summary, path, text }: TableView<Answer>): Command {
  return {
    name: `table ${verb}`,
    summary,
    usage: 'TABLE',
    details: [NAME_DETAIL],
    options: { ...httpOption, ...jsonOption },
    positionals: ['TABLE'],
    examples: [`headgate table ${verb} orders`, `headgate table ${verb} sales.orders --json`],
    exits: ['notFound', 'unavailable'],
    async run(invocation) {
      const server = ServerClient.of(invocation)
      const answer = await server.get<Answer>(tablePath(await qualifiedName(server, argument(invocation, 0))) + path)
      if (!isFlagSet(invocation, 'json')) await write(invocation.stdout, text(answer, invocation))
      else if (Array.isArray(answer)) await writeJsonLines(invocation.stdout, answer)
      else await writeJson(invocation.stdout, answer)
      return exitCodes.ok
    },
  }
}

interface TableName {
  readonly namespace: string
  readonly table: string
}

async function qualifiedName(server: ServerClient, text: string): Promise<TableName> {
  const [first = '', second, ...others] = text.split('.')
  if (others.length > 0) throw new HeadgateError('invalid-argument', `TABLE: expected namespace.table or table, got "${text}"`)
  if (second !== undefined) return { namespace: first, table: second }
  const tables = await server.get<readonly Summary[]>('/v1/tables')
  const [found, another] = tables.filter(({ table }) => table === first)
  if (!found) throw new HeadgateError('not-found', `table ${first} does not exist; headgate table list shows those that do`)
  if (another)
    throw new HeadgateError('invalid-argument', `${first} is ambiguous: ${found.namespace}.${first} or ${another.namespace}.${first}`)
  return found
}

function tablePath({ namespace, table }: TableName): string {
  return `/v1/tables${pathOf(namespace, table)}`
}

function tablesText(tables: readonly Summary[], { stdout, environment }: Invocation): string {
  if (tables.length === 0) return 'no tables yet; a topic gets one with its first value schema\n'
  return tableText<Summary>(
    [
      { title: 'TABLE', text: ({ namespace, table }) => `${namespace}.${table}` },
      { title: 'TOPIC', text: ({ topic }) => topic },
      { title: 'FORMATS', text: ({ formats }) => formats.join(',') },
      { title: 'LOCATION', text: ({ location }) => location },
    ],
    tables,
    { style: styleOf(stdout, environment) },
  )
}

function descriptionText(table: Description, { stdout, environment }: Invocation): string {
  const style = styleOf(stdout, environment)
  const facts = factsText(
    [
      ['table', `${table.namespace}.${table.table}`],
      ['topic', table.topic],
      ['location', table.location],
      ['partitioned by', table.partitionBy],
      ['version', versionsText(table)],
      ['rows', countText(table.rowCount)],
      ['files', `${countText(table.fileCount)}, ${bytesText(table.sizeBytes)}`],
    ],
    style,
  )
  const columns = tableText(
    [
      { title: 'ID', text: ({ fieldId }) => String(fieldId), isNumber: true },
      { title: 'COLUMN', text: ({ name }) => name },
      { title: 'TYPE', text: ({ type }) => type },
      { title: 'NULLABLE', text: ({ isNullable }) => (isNullable ? 'yes' : 'no') },
    ],
    table.columns,
    { style },
  )
  return `${facts}\n${columns}`
}

function versionsText(versions: { readonly icebergSnapshotId?: unknown; readonly deltaVersion?: unknown }): string {
  const { icebergSnapshotId, deltaVersion } = versions
  const texts = [
    ...(hasValue(icebergSnapshotId) ? [`Iceberg snapshot ${String(icebergSnapshotId)}`] : []),
    ...(hasValue(deltaVersion) ? [`Delta version ${String(deltaVersion)}`] : []),
  ]
  return texts.length === 0 ? 'nothing committed yet' : texts.join(', ')
}

function hasValue(value: unknown): boolean {
  return value !== null && value !== undefined
}

function filesText(files: readonly File[], { stdout, environment }: Invocation): string {
  if (files.length === 0) return 'no files yet\n'
  return tableText<File>(
    [
      { title: 'FILE', text: ({ path }) => path },
      { title: 'ROWS', text: ({ rowCount }) => countText(rowCount), isNumber: true },
      { title: 'SIZE', text: ({ sizeBytes }) => bytesText(sizeBytes), isNumber: true },
      { title: 'PARTITION', text: ({ partition }) => partition ?? '-' },
    ],
    files,
    { style: styleOf(stdout, environment) },
  )
}

function snapshotsText(snapshots: readonly Snapshot[], { stdout, environment }: Invocation): string {
  if (snapshots.length === 0) return 'nothing committed yet\n'
  return tableText<Snapshot>(
    [
      { title: 'FORMAT', text: ({ format }) => format },
      { title: 'VERSION', text: ({ version }) => String(version), isNumber: true },
      { title: 'COMMITTED', text: ({ committedAtMs }) => timeText(committedAtMs) },
      { title: 'OPERATION', text: ({ operation }) => operation },
      { title: 'ROWS ADDED', text: ({ addedRows }) => countText(addedRows), isNumber: true },
      { title: 'FILES ADDED', text: ({ addedFiles }) => countText(addedFiles), isNumber: true },
    ],
    snapshots,
    { style: styleOf(stdout, environment) },
  )
}
