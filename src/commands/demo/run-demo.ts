import { existsSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join, relative, resolve } from 'node:path'
import { systemClock } from '../../shared/clock.ts'
import { HeadgateError } from '../../shared/errors.ts'
import { textFlag, type Invocation } from '../command.ts'
import { exitCodes } from '../exit-codes.ts'
import { bytesText, countText, plural } from '../output/number-text.ts'
import { Progress } from '../output/progress.ts'
import { styleOf, type Style } from '../output/style.ts'
import { ServerClient } from '../server/server-client.ts'
import { valueCodec } from '../values/value-codec.ts'
import { datasets, type Dataset } from './datasets.ts'
import { serverEntry, startDemoServer, type DemoServer } from './demo-server.ts'
import { askBoth } from './same-query.ts'
import { sendDataset, type DemoProducer, type SendReport } from './sender.ts'

/**
 * The demo: a server in a process of its own, an independent client over TCP, one topic per schema language, the
 * refusals with their reasons, the files, and the same SQL over both formats. Exit code 0 only when the answers are equal.
 */
export async function runDemo(invocation: Invocation): Promise<number> {
  const dataDir = resolve(textFlag(invocation, 'data-dir') ?? './headgate-demo')
  const sources = datasets()
  await emptyDirectory(dataDir)
  const server = await startDemoServer(dataDir)
  const style = styleOf(invocation.stdout, invocation.environment)
  const say = sayTo(invocation, style)
  try {
    say('server', `kafka ${server.kafka}, registry and admin ${server.http}, data in ${shown(dataDir)}`)
    for (const dataset of sources) await feed(dataset, server, invocation, say)
    for (const dataset of sources) await showTable(dataset, server, invocation, say)
    const isEqual = await showQueries(dataDir, invocation, say)
    sayNext(dataDir, invocation, say)
    return isEqual ? exitCodes.ok : exitCodes.failed
  } finally {
    await server.stop()
  }
}

type Say = (label: string, text: string) => void

function sayTo({ stdout }: Invocation, style: Style): Say {
  return (label, text) => {
    for (const [index, line] of text.split('\n').entries())
      stdout.write(`${style.bold((index === 0 ? label : '').padEnd(LABEL_WIDTH))} ${line}\n`)
  }
}

const LABEL_WIDTH = 11

/** A directory that a demo did not make is nobody's to empty. */
async function emptyDirectory(dataDir: string): Promise<void> {
  if (existsSync(dataDir) && !existsSync(join(dataDir, 'state.db'))) {
    throw new HeadgateError('invalid-argument', `${dataDir} exists and holds no data of Headgate's; name another with --data-dir`)
  }
  await rm(dataDir, { recursive: true, force: true })
}

async function feed(dataset: Dataset, server: DemoServer, invocation: Invocation, say: Say): Promise<void> {
  const { topic, schemaType, schema, about } = dataset
  const client = new ServerClient(server.http, invocation.signal)
  const { id: schemaId } = await client.post<{ id: number }>(`/subjects/${topic}-value/versions`, { schemaType, schema })
  const codec = await valueCodec({ schemaType, text: schema, references: [] })
  const progress = new Progress(invocation.stdout, systemClock)
  const producer = await connectProducer(server)
  try {
    const onProgress = (sent: number): void => progress.show(() => `${topic}: ${countText(sent)} records sent`)
    const report = await sendDataset(producer, dataset, { codec, schemaId, onProgress })
    progress.clear()
    say(topic, `${about}; checked against ${schemaNames[schemaType]} as schema ${schemaId}`)
    say('', `${countText(report.accepted)} records acknowledged in ${seconds(report.elapsedMs)}, ${rateText(report)} records/s`)
    sayRefusals(report, say)
  } finally {
    await producer.close()
  }
}

const schemaNames = { AVRO: 'Avro', JSON: 'JSON Schema', PROTOBUF: 'Protobuf' } as const

async function connectProducer({ kafka }: DemoServer): Promise<DemoProducer & { close(): Promise<void> }> {
  const { Producer } = await import('@platformatic/kafka')
  return new Producer<Buffer, Buffer, Buffer, Buffer>({ clientId: 'headgate-demo', bootstrapBrokers: [kafka], retries: 3 })
}

function sayRefusals({ refusals }: SendReport, say: Say): void {
  if (refusals.length === 0) return
  say('', `${plural(refusals.length, 'record')} refused, and the producer was told why:`)
  for (const { key, reason } of refusals.slice(0, REFUSALS_SHOWN)) say('', `  ${key}: ${reason}`)
  if (refusals.length > REFUSALS_SHOWN) say('', `  and ${refusals.length - REFUSALS_SHOWN} more`)
}

const REFUSALS_SHOWN = 5

async function showTable({ topic }: Dataset, server: DemoServer, invocation: Invocation, say: Say): Promise<void> {
  const client = new ServerClient(server.http, invocation.signal)
  const path = `/v1/tables/default/${topic}`
  const flushed = await client.post<{ icebergSnapshotId: number; deltaVersion: number }>(`${path}/flush`)
  const files = await client.get<{ path: string; rowCount: number; sizeBytes: number }[]>(`${path}/files`)
  const rows = files.reduce((sum, { rowCount }) => sum + rowCount, 0)
  const bytes = files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
  say(
    'table',
    `default.${topic}: ${countText(rows)} rows in ${plural(files.length, 'Parquet file')}, ${bytesText(bytes)}; Iceberg snapshot ${flushed.icebergSnapshotId}, Delta version ${flushed.deltaVersion}`,
  )
}

const questions: readonly ((format: string) => string)[] = [
  (format) =>
    `SELECT cast(floor(departure_hour) AS integer) AS hour, count(*) AS flights, round(avg(delay_minutes), 1) AS mean_delay FROM ${format}.flights GROUP BY 1 ORDER BY mean_delay DESC LIMIT 3`,
  (format) =>
    `SELECT title, imdb_rating, worldwide_gross FROM ${format}.movies WHERE imdb_votes > 100000 ORDER BY imdb_rating DESC, title LIMIT 3`,
  (format) =>
    `SELECT place, magnitude, "at", "position".depth_km AS depth_km FROM ${format}.earthquakes ORDER BY magnitude DESC NULLS LAST, place LIMIT 3`,
]

async function showQueries(dataDir: string, invocation: Invocation, say: Say): Promise<boolean> {
  let areEqual = true
  for (const question of questions) {
    const { text, isEqual } = await askBoth(question, dataDir, invocation)
    areEqual &&= isEqual
    say('query', question('iceberg'))
    say('', text.trimEnd())
    say('', isEqual ? 'the same from delta' : 'ANOTHER ANSWER FROM DELTA')
  }
  return areEqual
}

function sayNext(dataDir: string, invocation: Invocation, say: Say): void {
  const headgate = commandText(invocation)
  say('next', 'send events of your own:')
  say('', `  ${headgate} serve --data-dir ${shown(dataDir)}`)
  say('', `  echo '{"id": 1, "what": "hello"}' | ${headgate} produce greetings`)
  say('', `  ${headgate} consume greetings --max 1`)
  say('', `  ${headgate} query "SELECT count(*) FROM flights" --data-dir ${shown(dataDir)}`)
}

/** The words that started this process, so that the lines can be typed as they are. */
function commandText({ environment }: Invocation): string {
  const entry = serverEntry()
  return environment['npm_command'] === 'exec' || !entry.endsWith('.ts') ? 'npx headgate' : `npx node ${relative(process.cwd(), entry)}`
}

function shown(path: string): string {
  const fromHere = relative(process.cwd(), path)
  return fromHere.startsWith('..') ? path : `./${fromHere}`
}

function seconds(elapsedMs: number): string {
  return `${(elapsedMs / 1000).toFixed(1)} s`
}

function rateText({ accepted, elapsedMs }: SendReport): string {
  return countText(Math.round(accepted / (elapsedMs / 1000)))
}
