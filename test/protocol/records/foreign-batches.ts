import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { createRecordsBatch } from '@platformatic/kafka'
import { compressionTypes, type CompressionType } from '../../../src/protocol/records/compression.ts'
import { goldenRecords } from './read-records.ts'

export interface ForeignBatch {
  readonly name: string
  readonly compression: CompressionType
  readonly bytes: Uint8Array
}

/** The golden records as batches of four clients that we did not write, in every codec that each can write. */
export async function foreignBatches(): Promise<ForeignBatch[]> {
  return [...goldenBatches('java'), ...goldenBatches('librdkafka'), ...platformaticBatches(), ...(await kafkajsBatches())]
}

function goldenBatches(client: string): ForeignBatch[] {
  const url = new URL(`../../golden/record-batches/${client}.json`, import.meta.url)
  const { batches } = JSON.parse(readFileSync(url, 'utf8')) as { batches: Record<CompressionType, string> }
  return compressionTypes.map((compression) => ({
    name: `${client}, ${compression}`,
    compression,
    bytes: Buffer.from(batches[compression], 'base64'),
  }))
}

function platformaticBatches(): ForeignBatch[] {
  return compressionTypes.map((compression) => {
    const messages = goldenRecords.map(({ key, value, timestampMs, headers }) => ({
      topic: 'orders',
      partition: 0,
      ...(key ? { key } : {}),
      // Its types leave no room for tombstones and null header values; its encoder writes them.
      value: value as Buffer,
      timestamp: timestampMs,
      headers: new Map(headers.map(([name, headerValue]) => [Buffer.from(name), headerValue as Buffer])),
    }))
    return {
      name: `@platformatic/kafka, ${compression}`,
      compression,
      bytes: createRecordsBatch(messages, { compression }).dynamicBuffer.slice(),
    }
  })
}

type KafkajsEncoder = { readonly buffer: Buffer }
const require = createRequire(import.meta.url)

/** kafkajs brings gzip only; its plug-ins for the others are not ours to judge. */
async function kafkajsBatches(): Promise<ForeignBatch[]> {
  const { RecordBatch } = require('kafkajs/src/protocol/recordBatch/v0') as { RecordBatch: (batch: object) => Promise<KafkajsEncoder> }
  const encodeRecord = require('kafkajs/src/protocol/recordBatch/record/v0') as (record: object) => KafkajsEncoder
  const records = goldenRecords.map(({ key, value, headers }, offsetDelta) =>
    encodeRecord({
      offsetDelta,
      timestampDelta: offsetDelta * 1000,
      key,
      value,
      // It measures a null header value as text and throws; the golden null is given as empty.
      headers: Object.fromEntries(headers.map(([name, headerValue]) => [name, headerValue ?? Buffer.alloc(0)])),
    }),
  )
  const times = { firstTimestamp: 1_700_000_000_000, maxTimestamp: 1_700_000_019_000 }
  const encode = async (compression: 'none' | 'gzip') => ({
    name: `kafkajs, ${compression}`,
    compression,
    bytes: (await RecordBatch({ compression: compression === 'gzip' ? 1 : 0, lastOffsetDelta: records.length - 1, records, ...times }))
      .buffer,
  })
  return [await encode('none'), await encode('gzip')]
}
