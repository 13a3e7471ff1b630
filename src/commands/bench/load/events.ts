import type { JsonObject } from '../../../shared/json.ts'
import { randomInt, type Random } from '../../../shared/random.ts'
import type { SchemaType } from '../../../schema/language.ts'

/**
 * The events that ingest is measured with: eight fields of the commonest types, the same in every language, about 150
 * bytes as a Kafka value. What the field names of JSON take is missing from its note.
 */
export type Event = JsonObject

export function newEvent(random: Random, index: number, noteLength: number): Event {
  return {
    id: randomInt(random, 2 ** 40) + index,
    user: `u${randomInt(random, 100_000)}`,
    kind: kinds[randomInt(random, kinds.length)] ?? kinds[0],
    at: new Date(1_700_000_000_000 + randomInt(random, 86_400_000)).toISOString(),
    price: randomInt(random, 1_000_000) / 100,
    isNew: random.next() < 0.1,
    zone: `eu-${randomInt(random, 50)}`,
    note: random.next() < 0.25 ? null : words(random, noteLength),
  }
}

export interface EventSchema {
  readonly text: string
  /** Fills values up to 150 bytes on average. */
  readonly noteLength: number
}

const kinds = ['VIEW', 'CLICK', 'PURCHASE', 'REFUND'] as const

export const eventSchemas: { readonly [Type in SchemaType]: EventSchema } = {
  AVRO: {
    noteLength: 144,
    text: JSON.stringify({
      type: 'record',
      name: 'Event',
      fields: [
        { name: 'id', type: 'long' },
        { name: 'user', type: 'string' },
        { name: 'kind', type: { type: 'enum', name: 'Kind', symbols: kinds } },
        { name: 'at', type: { type: 'long', logicalType: 'timestamp-millis' } },
        { name: 'price', type: 'double' },
        { name: 'isNew', type: 'boolean' },
        { name: 'zone', type: 'string' },
        { name: 'note', type: ['null', 'string'], default: null },
      ],
    }),
  },
  JSON: {
    noteLength: 10,
    text: JSON.stringify({
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      title: 'Event',
      type: 'object',
      properties: {
        id: { type: 'integer' },
        user: { type: 'string' },
        kind: { type: 'string', enum: kinds },
        at: { type: 'string', format: 'date-time' },
        price: { type: 'number' },
        isNew: { type: 'boolean' },
        zone: { type: 'string' },
        note: { type: ['string', 'null'] },
      },
      required: ['id', 'user', 'kind', 'at'],
    }),
  },
  PROTOBUF: {
    noteLength: 125,
    text: [
      'syntax = "proto3";',
      'import "google/protobuf/timestamp.proto";',
      `enum Kind { ${kinds.map((kind, number) => `${kind} = ${number};`).join(' ')} }`,
      'message Event {',
      '  int64 id = 1;',
      '  string user = 2;',
      '  Kind kind = 3;',
      '  google.protobuf.Timestamp at = 4;',
      '  double price = 5;',
      '  bool is_new = 6;',
      '  string zone = 7;',
      '  optional string note = 8;',
      '}',
    ].join('\n'),
  },
}

/** Text that compresses about as well as people's. */
function words(random: Random, length: number): string {
  let text = ''
  while (text.length < length) text += `${vocabulary[randomInt(random, vocabulary.length)] ?? ''} `
  return text.slice(0, length)
}

const vocabulary = 'order shipped to customer after delay in transit from port refund requested by phone'.split(' ')
