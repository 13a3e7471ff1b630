import * as platformatic from '@platformatic/kafka'
import type { ReadRecord } from './read-record.ts'

/** Connections and API functions of @platformatic/kafka, which negotiates the newest version or is told one. */
type ClientApi = { readonly api: { async(on: platformatic.Connection, ...args: unknown[]): Promise<unknown> } }

export async function withPlatformatic<T>(address: string, use: (connection: platformatic.Connection) => Promise<T>): Promise<T> {
  const [host, port] = address.split(':')
  const connection = new platformatic.Connection('platformatic')
  await connection.connect(host ?? '127.0.0.1', Number(port))
  try {
    return await use(connection)
  } finally {
    await connection.close()
  }
}

/** One call in one version of an API: `platformaticCall(connection, 'fetch', 17, ...)`. */
export async function platformaticCall<Response>(
  connection: platformatic.Connection,
  module: string,
  version: number,
  ...args: unknown[]
): Promise<Response> {
  const found = (platformatic as unknown as { [name: string]: ClientApi | undefined })[`${module}V${version}`]
  if (!found) throw new Error(`@platformatic/kafka has no ${module} v${version}`)
  return (await found.api.async(connection, ...args)) as Response
}

/** Every record of a partition from the offset on, by one fetch. From v13 on the topic is its id. */
export async function platformaticFetch(
  address: string,
  { topic, partition = 0, offset = 0n, version = 12 }: { topic: string; partition?: number; offset?: bigint; version?: number },
): Promise<ReadRecord[]> {
  const partitions = [{ partition, currentLeaderEpoch: -1, fetchOffset: offset, lastFetchedEpoch: -1, partitionMaxBytes: 16 << 20 }]
  const { responses } = await withPlatformatic(address, (connection) =>
    platformaticCall<platformatic.fetchV17.FetchResponse>(
      connection,
      'fetch',
      version,
      100,
      1,
      16 << 20,
      0,
      0,
      -1,
      [{ topicId: topic, partitions }],
      [],
      '',
    ),
  )
  const batches = responses[0]?.partitions[0]?.records ?? []
  return batches.flatMap((batch) => recordsOf(batch)).filter((record) => record.offset >= offset)
}

function recordsOf({ firstOffset, firstTimestamp, maxTimestamp, attributes, records }: platformatic.RecordsBatch): ReadRecord[] {
  const isLogAppendTime = (attributes & 8) !== 0
  return records.map(({ offsetDelta, timestampDelta, key, value, headers }) => ({
    offset: firstOffset + BigInt(offsetDelta),
    timestampMs: isLogAppendTime ? maxTimestamp : firstTimestamp + timestampDelta,
    key,
    value,
    headers: headers.map(([name, bytes]) => [String(name), bytes] as const),
  }))
}
