import protobuf from 'protobufjs'
import { Decimal, long, MapOf, Micros, micros, rowsOf, type Column, type Sample } from './values.ts'

/** Every Protobuf type with its extremes, encoded by protobufjs from the very text that is registered. */
const utc = (value: bigint): Micros => new Micros(value, { isUtc: true })
const unsigned64 = (2n ** 64n - 1n).toString()

const columns: readonly Column[] = [
  {
    name: 'flag',
    type: 'optional bool',
    values: [
      [true, true],
      [false, false],
    ],
  },
  {
    name: 'small',
    type: 'optional sint32',
    values: [
      [-(2 ** 31), -2_147_483_648n],
      [2 ** 31 - 1, 2_147_483_647n],
    ],
  },
  {
    name: 'unsigned',
    type: 'optional uint32',
    values: [
      [2 ** 32 - 1, 4_294_967_295n],
      [0, 0n],
    ],
  },
  {
    name: 'big',
    type: 'optional int64',
    values: [
      [long.min.toString(), long.min],
      [long.max.toString(), long.max],
      ['0', 0n],
    ],
  },
  {
    name: 'zigzag',
    type: 'optional sint64',
    values: [
      [long.min.toString(), long.min],
      [long.max.toString(), long.max],
    ],
  },
  {
    name: 'fixed',
    type: 'optional sfixed64',
    values: [
      [long.min.toString(), long.min],
      [long.max.toString(), long.max],
    ],
  },
  {
    name: 'huge',
    type: 'optional uint64',
    values: [
      [unsigned64, new Decimal(2n ** 64n - 1n, 0)],
      ['0', new Decimal(0n, 0)],
    ],
  },
  {
    name: 'ratio',
    type: 'optional float',
    values: [
      [Number.NaN, Number.NaN],
      [-0, -0],
      [Infinity, Infinity],
      [1.5, 1.5],
    ],
  },
  {
    name: 'precise',
    type: 'optional double',
    values: [
      [Number.NaN, Number.NaN],
      [-0, -0],
      [-Infinity, -Infinity],
      [Number.MIN_VALUE, Number.MIN_VALUE],
    ],
  },
  {
    name: 'text',
    type: 'optional string',
    values: [
      ['', ''],
      ['Grüße, 世界 \u{1F6B0}', 'Grüße, 世界 \u{1F6B0}'],
    ],
  },
  {
    name: 'raw',
    type: 'optional bytes',
    values: [
      [Buffer.alloc(0), new Uint8Array(0)],
      [Buffer.from([0, 255]), Uint8Array.of(0, 255)],
    ],
  },
  { name: 'implicit', type: 'int64', values: [['7', 7n]], absent: 0n },
  {
    name: 'color',
    type: 'optional Color',
    values: [
      [0, 'RED'],
      [1, 'GREEN'],
      [7, '7'],
    ],
  },
  {
    name: 'at',
    type: 'google.protobuf.Timestamp',
    values: [
      [{ seconds: '-62135596800', nanos: 0 }, utc(micros.year1)],
      [{ seconds: '253402300799', nanos: 999_999_999 }, utc(micros.end9999)],
      [{ seconds: '-1', nanos: 999_999_999 }, utc(-1n)],
    ],
  },
  {
    name: 'span',
    type: 'google.protobuf.Duration',
    values: [
      [{ seconds: '1', nanos: 500_000_000 }, 1_500_000n],
      [{ seconds: '-315576000000' }, -315_576_000_000_000_000n],
    ],
  },
  {
    name: 'wrapped',
    type: 'google.protobuf.Int64Value',
    values: [
      [{ value: long.min.toString() }, long.min],
      [{}, 0n],
    ],
  },
  {
    name: 'anything',
    type: 'google.protobuf.Struct',
    values: [[{ fields: { a: { listValue: { values: [{ numberValue: 1 }, { nullValue: 0 }] } } } }, '{"a":[1,null]}']],
  },
  {
    name: 'place',
    type: 'Place',
    values: [
      [{ lat: -90 }, { lat: -90, label: null }],
      [{ label: '' }, { lat: 0, label: '' }],
    ],
  },
  {
    name: 'tags',
    type: 'repeated string',
    values: [
      [
        ['', 'x'],
        ['', 'x'],
      ],
      [[], []],
    ],
    absent: [],
  },
  {
    name: 'packed',
    type: 'repeated int64',
    values: [
      [
        [long.min.toString(), long.max.toString()],
        [long.min, long.max],
      ],
    ],
    absent: [],
  },
  {
    name: 'counts',
    type: 'map<string, int64>',
    values: [
      [
        { a: '1', '': '2' },
        new MapOf([
          ['a', 1n],
          ['', 2n],
        ]),
      ],
    ],
    absent: new MapOf([]),
  },
  {
    name: 'by_number',
    type: 'map<int32, Place>',
    values: [[{ 7: { lat: 1 } }, new MapOf([[7n, { lat: 1, label: null }]])]],
    absent: new MapOf([]),
  },
  {
    name: 'stops',
    type: 'repeated Stop',
    values: [[[{ at: { lat: 1, label: 'one' }, notes: ['v'] }], [{ at: { lat: 1, label: 'one' }, notes: ['v'] }]]],
    absent: [],
  },
]
/** Members of a oneof are columns of their own, of which one has a value. */
const members: readonly Column[] = [
  { name: 'as_number', type: 'int64', values: [['5', 5n]] },
  { name: 'as_text', type: 'string', values: [] },
]

const fields = columns.map(({ name, type }, index) => `  ${String(type)} ${name} = ${index + 1};`).join('\n')
const choices = members.map(({ name, type }, index) => `    ${String(type)} ${name} = ${index + 100};`).join('\n')
const schema = `syntax = "proto3";
package readback;
import "google/protobuf/timestamp.proto";
import "google/protobuf/duration.proto";
import "google/protobuf/wrappers.proto";
import "google/protobuf/struct.proto";
message Everything {
${fields}
  oneof choice {
${choices}
  }
}
message Place { double lat = 1; optional string label = 2; }
message Stop { Place at = 1; repeated string notes = 2; }
enum Color { RED = 0; GREEN = 1; }
`

export function protobufSample(): Sample {
  const { root } = protobuf.parse(schema, { keepCase: true })
  for (const file of ['timestamp', 'duration', 'wrappers', 'struct'])
    root.addJSON(protobuf.common.get(`google/protobuf/${file}.proto`)?.nested ?? {})
  const type = root.lookupType('readback.Everything')
  const rows = rowsOf([...columns, ...members])
  const values = rows.map(({ written }) => type.encode(type.fromObject(written)).finish())
  return { schemaType: 'PROTOBUF', schema, values, rows: rows.map(({ read }) => read) }
}
