import { Kafka, logLevel } from 'kafkajs'
import { expect, test } from 'vitest'
import { randomInt, seededRandom, type Random } from '../../src/shared/random.ts'
import { deltaRows, icebergRows, type LakeRow } from '../support/lake-readers.ts'
import { flushTable, registerSchema } from '../support/registry-client.ts'
import { ServerProcess, withDirectory } from '../support/server-process.ts'
import { readPartition } from '../support/wire-client.ts'

/**
 * SIGKILL at random instants under load: acknowledged = in the Kafka log = in Iceberg = in Delta, each exactly once.
 * CRASH_SEED and CRASH_ROUNDS repeat a run or make it longer.
 */
const seed = Number(process.env['CRASH_SEED'] ?? Date.now() % 1_000_000)
const rounds = Number(process.env['CRASH_ROUNDS'] ?? 30)
const partitions = 3
const flags = [
  '--default-lake-formats',
  'iceberg,delta',
  '--default-lake-commit-interval-ms',
  '150',
  '--default-partitions',
  String(partitions),
]

test(`nothing acknowledged is lost or doubled by ${rounds} kills (CRASH_SEED=${seed})`, { timeout: 300_000 }, async () => {
  const random = seededRandom(seed)
  await withDirectory(async (dataDir) => {
    let server = await ServerProcess.start({ dataDir, flags })
    const { kafkaPort, httpPort } = server
    const schema = JSON.stringify({ type: 'object', properties: { id: { type: 'integer' } }, required: ['id'] })
    await registerSchema(server.http, 'orders-value', { schemaType: 'JSON', schema })
    const load = startLoad(server.kafka, random)
    try {
      for (let round = 0; round < rounds; round++) {
        await new Promise((resolve) => setTimeout(resolve, 50 + randomInt(random, 900)))
        await server.kill()
        server = await ServerProcess.start({ dataDir, kafkaPort, httpPort, flags })
      }
    } finally {
      load.stop()
    }
    const { acknowledged, sent } = await load.stopped
    await flushTable(server.http, 'orders')

    const log = new Map<string, number>()
    for (let partition = 0; partition < partitions; partition++) {
      const records = await readPartition(server.kafka, 'orders', partition)
      expect(records.map(({ offset }) => offset)).toEqual(records.map((_, index) => BigInt(index)))
      for (const { offset, value } of records)
        log.set(`${partition}/${offset}`, (JSON.parse(Buffer.from(value ?? []).toString()) as { id: number }).id)
    }
    const logged = [...log.values()]
    const inLog = new Set(logged)
    expect(inLog.size, 'an idempotent producer is never doubled').toBe(logged.length)
    expect(
      acknowledged.filter((id) => !inLog.has(id)),
      'acknowledged and lost',
    ).toEqual([])
    expect(
      logged.filter((id) => !sent.has(id)),
      'never sent',
    ).toEqual([])
    expect(acknowledged.length).toBeGreaterThan(rounds)
    for (const rows of [await icebergRows(dataDir, 'orders'), await deltaRows(dataDir, 'orders')]) expect(sorted(rows)).toEqual(sorted(log))
    expect(await server.stop()).toBe(0)
  })
})

interface Load {
  stop(): void
  readonly stopped: Promise<{ readonly acknowledged: readonly number[]; readonly sent: ReadonlySet<number> }>
}

/**
 * Idempotent producers, each with one send after the other, through every crash. One kafkajs producer with sends under
 * way at once would not do: after a lost answer it gives the sequence of one send to another (seen: a batch of the same
 * size is then taken for the lost one).
 */
function startLoad(address: string, random: Random): Load {
  const acknowledged: number[] = []
  const sent = new Set<number>()
  let nextId = 0
  const stopping = new AbortController()
  const senders = Array.from({ length: 4 }, () => sendAll())

  async function sendAll(): Promise<void> {
    const retry = { retries: 60, initialRetryTime: 50, maxRetryTime: 300 }
    const producer = new Kafka({ brokers: [address], logLevel: logLevel.NOTHING, retry }).producer({ idempotent: true, retry })
    // A kill in the middle of connecting is one that the client itself does not ride out.
    while (
      !(await producer.connect().then(
        () => true,
        () => stopping.signal.aborted,
      ))
    );
    while (!stopping.signal.aborted) {
      const ids = Array.from({ length: 1 + randomInt(random, 40) }, () => nextId++)
      for (const id of ids) sent.add(id)
      try {
        await producer.send({
          topic: 'orders',
          acks: -1,
          messages: ids.map((id) => ({ value: JSON.stringify({ id }), partition: id % partitions })),
        })
        acknowledged.push(...ids)
      } catch {
        // Neither acknowledged nor surely lost: it may be in the log once.
        await new Promise((resolve) => setTimeout(resolve, 20))
      }
    }
    await producer.disconnect()
  }

  return { stop: () => stopping.abort(), stopped: Promise.all(senders).then(() => ({ acknowledged, sent })) }
}

/** `partition/offset id`, in order: two lists are equal when the same rows are in both, each as often. */
function sorted(rows: ReadonlyMap<string, number> | readonly LakeRow[]): string[] {
  const keyed =
    rows instanceof Map
      ? [...rows].map(([place, id]) => `${place} ${id}`)
      : (rows as readonly LakeRow[]).map((row) => `${Number(row['_kafka_partition'])}/${String(row['_kafka_offset'])} ${String(row['id'])}`)
  return keyed.toSorted()
}
