import avsc from 'avsc'
import protobuf from 'protobufjs'
import { assignFieldIds, type StructType } from '../../src/columns/row-type.ts'
import type { LaneSchema } from '../../src/lanes/lane.ts'
import { loadLanguage } from '../../src/lanes/languages.ts'
import { tableRowType } from '../../src/lanes/metadata-columns.ts'
import { buildBatch } from '../../src/protocol/records/build-batch.ts'
import type { SchemaLanguage, SchemaType } from '../../src/schema/language.ts'
import { writePrefixed } from '../../src/schema/wire-framing.ts'
import { type Random, seededRandom } from '../../src/shared/random.ts'
import { utf8Bytes } from '../../src/shared/bytes.ts'

export const SCHEMA_ID = 7

export interface BenchCase {
  readonly name: string
  readonly valueBytes: number
  readonly batches: readonly Uint8Array<ArrayBuffer>[]
  readonly rowType: StructType
  readonly schema: LaneSchema
  readonly language: SchemaLanguage
}

/** One event of eight fields, about 150 bytes in each language. */
interface Event {
  readonly id: number
  readonly user: string
  readonly kind: string
  readonly at: number
  readonly amount: number
  readonly isNew: boolean
  readonly note: string | null
  readonly tags: string[]
}

const avroText = JSON.stringify({
  type: 'record',
  name: 'Event',
  fields: [
    { name: 'id', type: 'long' },
    { name: 'user', type: 'string' },
    { name: 'kind', type: 'string' },
    { name: 'at', type: { type: 'long', logicalType: 'timestamp-millis' } },
    { name: 'amount', type: 'double' },
    { name: 'isNew', type: 'boolean' },
    { name: 'note', type: ['null', 'string'], default: null },
    { name: 'tags', type: { type: 'array', items: 'string' } },
  ],
})

const jsonText = JSON.stringify({
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'Event',
  type: 'object',
  properties: {
    id: { type: 'integer' },
    user: { type: 'string' },
    kind: { type: 'string' },
    at: { type: 'string', format: 'date-time' },
    amount: { type: 'number' },
    isNew: { type: 'boolean' },
    note: { type: ['string', 'null'] },
    tags: { type: 'array', items: { type: 'string' } },
  },
  required: ['id', 'user', 'kind', 'at'],
})

const protobufText = `
syntax = "proto3";
import "google/protobuf/timestamp.proto";
message Event {
  int64 id = 1;
  string user = 2;
  string kind = 3;
  google.protobuf.Timestamp at = 4;
  double amount = 5;
  bool is_new = 6;
  optional string note = 7;
  repeated string tags = 8;
}
`

export interface BenchSize {
  readonly recordCount: number
  readonly batchRecords: number
}

export function benchCases(size: BenchSize): Promise<BenchCase[]> {
  // Notes fill the values up to about 150 bytes on average.
  return Promise.all([
    benchCase({ ...size, schemaType: 'AVRO', text: avroText, encode: avroEncoder(), noteLength: 170 }),
    benchCase({ ...size, schemaType: 'JSON', text: jsonText, encode: jsonEncoder(), noteLength: 12 }),
    benchCase({ ...size, schemaType: 'PROTOBUF', text: protobufText, encode: protobufEncoder(), noteLength: 150 }),
  ])
}

type Encode = (event: Event) => Uint8Array

function avroEncoder(): Encode {
  const type = avsc.Type.forSchema(JSON.parse(avroText) as avsc.Schema)
  return (event) => type.toBuffer(event)
}

function jsonEncoder(): Encode {
  return (event) => utf8Bytes(JSON.stringify({ ...event, at: new Date(event.at).toISOString() }))
}

function protobufEncoder(): Encode {
  const { root } = protobuf.parse(protobufText, new protobuf.Root())
  root.addJSON(protobuf.common.get('google/protobuf/timestamp.proto')?.nested ?? {})
  const type = root.lookupType('Event')
  return ({ at, note, ...rest }) => {
    const seconds = Math.floor(at / 1_000)
    return type.encode({ ...rest, ...(note !== null && { note }), at: { seconds, nanos: (at - seconds * 1_000) * 1e6 } }).finish()
  }
}

interface CaseOptions extends BenchSize {
  readonly schemaType: SchemaType
  readonly text: string
  readonly encode: Encode
  readonly noteLength: number
}

async function benchCase({ schemaType, text, encode, noteLength, recordCount, batchRecords }: CaseOptions): Promise<BenchCase> {
  const language = await loadLanguage(schemaType)
  const schema = { schemaId: SCHEMA_ID, schemaType, text, references: [] }
  const rowType = assignFieldIds(tableRowType(language.parse(schema).rowType().fields))
  const random = seededRandom(1)
  let bytes = 0
  const valueOf = (index: number): Uint8Array => {
    const messageIndexes = schemaType === 'PROTOBUF' ? [0] : undefined
    const value = writePrefixed(SCHEMA_ID, encode(eventOf(index, random, noteLength)), messageIndexes)
    bytes += value.length
    return value
  }
  // Batches repeat in the end, further apart than any compressor looks back, so that making them does not take longer than the run.
  const distinctBatches = Math.ceil(Math.min(recordCount, 200_000) / batchRecords)
  const distinct = Array.from({ length: distinctBatches }, (_, batch) =>
    buildBatch({
      records: Array.from({ length: batchRecords }, (_, index) => ({
        value: valueOf(batch * batchRecords + index),
        timestampMs: 1_700_000_000_000n + BigInt(batch),
      })),
    }),
  )
  const batches = Array.from(
    { length: Math.ceil(recordCount / batchRecords) },
    (_, index) => distinct[index % distinctBatches] as Uint8Array<ArrayBuffer>,
  )
  return { name: schemaType, valueBytes: Math.round(bytes / (distinctBatches * batchRecords)), batches, rowType, schema, language }
}

function eventOf(index: number, random: Random, noteLength: number): Event {
  const next = (): number => random.next()
  return {
    id: Math.floor(next() * 2 ** 40) + index,
    user: `user-${Math.floor(next() * 100_000)}`,
    kind: ['view', 'click', 'purchase', 'refund'][Math.floor(next() * 4)] as string,
    at: 1_700_000_000_000 + Math.floor(next() * 86_400_000),
    amount: Math.round(next() * 1e6) / 100,
    isNew: next() < 0.1,
    note: next() < 0.5 ? null : words(random, noteLength),
    tags: ['web', `r${Math.floor(next() * 50)}`],
  }
}

/** Text that compresses about as well as people's. */
function words(random: Random, length: number): string {
  let text = ''
  while (text.length < length) text += `${VOCABULARY[Math.floor(random.next() * VOCABULARY.length)] as string} `
  return text.slice(0, length)
}

const VOCABULARY = [
  'order',
  'shipped',
  'to',
  'customer',
  'after',
  'delay',
  'in',
  'transit',
  'from',
  'port',
  'refund',
  'requested',
  'by',
  'phone',
]
