import avsc from 'avsc'
import { longAsBigint } from '../../schema/avro/avsc-types.ts'
import { Days, days, Decimal, long, MapOf, Micros, micros, nines, rowsOf, type Column, type Sample } from './values.ts'

/** Every Avro type with its extremes, encoded by avsc, which is told nothing of logical types. */
const utc = (value: bigint): Micros => new Micros(value, { isUtc: true })
const local = (value: bigint): Micros => new Micros(value, { isUtc: false })

function bigEndian(value: bigint, size: number): Buffer {
  return Buffer.from(
    BigInt.asUintN(size * 8, value)
      .toString(16)
      .padStart(size * 2, '0'),
    'hex',
  )
}

function months12(months: number, dayCount: number, millis: number): Buffer {
  const bytes = Buffer.alloc(12)
  for (const [index, part] of [months, dayCount, millis].entries()) bytes.writeUInt32LE(part, index * 4)
  return bytes
}

const decimalBytes = { type: 'bytes', logicalType: 'decimal', precision: 38, scale: 10 }
const decimalFixed = { type: 'fixed', name: 'D9', size: 4, logicalType: 'decimal', precision: 9, scale: 2 }
const wideDecimal = { type: 'bytes', logicalType: 'decimal', precision: 50, scale: 3 }
const place = {
  type: 'record',
  name: 'Place',
  fields: [
    { name: 'lat', type: 'double' },
    { name: 'label', type: ['null', 'string'] },
  ],
}

const columns: readonly Column[] = [
  {
    name: 'flag',
    type: 'boolean',
    values: [
      [true, true],
      [false, false],
    ],
  },
  {
    name: 'small',
    type: 'int',
    values: [
      [-(2 ** 31), -2_147_483_648n],
      [2 ** 31 - 1, 2_147_483_647n],
      [0, 0n],
    ],
  },
  {
    name: 'big',
    type: 'long',
    values: [
      [long.min, long.min],
      [long.max, long.max],
      [0n, 0n],
      [-1n, -1n],
    ],
  },
  {
    name: 'ratio',
    type: 'float',
    values: [
      [Number.NaN, Number.NaN],
      [-0, -0],
      [Infinity, Infinity],
      [-Infinity, -Infinity],
      [1.5, 1.5],
    ],
  },
  {
    name: 'precise',
    type: 'double',
    values: [
      [Number.NaN, Number.NaN],
      [-0, -0],
      [Infinity, Infinity],
      [-Infinity, -Infinity],
      [Number.MIN_VALUE, Number.MIN_VALUE],
      [Number.MAX_VALUE, Number.MAX_VALUE],
    ],
  },
  {
    name: 'text',
    type: 'string',
    values: [
      ['', ''],
      ['Grüße, 世界 \u{1F6B0}', 'Grüße, 世界 \u{1F6B0}'],
      ['\u0000', '\u0000'],
    ],
  },
  {
    name: 'raw',
    type: 'bytes',
    values: [
      [Buffer.alloc(0), new Uint8Array(0)],
      [Buffer.from([0, 255]), Uint8Array.of(0, 255)],
    ],
  },
  { name: 'fixed4', type: { type: 'fixed', name: 'F4', size: 4 }, values: [[Buffer.from([1, 2, 3, 255]), Uint8Array.of(1, 2, 3, 255)]] },
  {
    name: 'color',
    type: { type: 'enum', name: 'Color', symbols: ['RED', 'GREEN'] },
    values: [
      ['RED', 'RED'],
      ['GREEN', 'GREEN'],
    ],
  },
  {
    name: 'price',
    type: decimalBytes,
    values: [
      [bigEndian(nines(38), 16), new Decimal(nines(38), 10)],
      [bigEndian(-nines(38), 16), new Decimal(-nines(38), 10)],
      [bigEndian(0n, 1), new Decimal(0n, 10)],
      [bigEndian(-1n, 1), new Decimal(-1n, 10)],
    ],
  },
  {
    name: 'amount',
    type: decimalFixed,
    values: [
      [bigEndian(nines(9), 4), new Decimal(nines(9), 2)],
      [bigEndian(-nines(9), 4), new Decimal(-nines(9), 2)],
    ],
  },
  {
    name: 'wide',
    type: wideDecimal,
    values: [
      [bigEndian(nines(50), 22), `${'9'.repeat(47)}.999`],
      [bigEndian(-5n, 1), '-0.005'],
    ],
  },
  {
    name: 'id',
    type: { type: 'string', logicalType: 'uuid' },
    values: [['6f1f3c1e-8c5b-4b1d-9d7e-0123456789ab', '6f1f3c1e-8c5b-4b1d-9d7e-0123456789ab']],
  },
  {
    name: 'id16',
    type: { type: 'fixed', name: 'U16', size: 16, logicalType: 'uuid' },
    values: [[Buffer.from('6f1f3c1e8c5b4b1d9d7e0123456789ab', 'hex'), '6f1f3c1e-8c5b-4b1d-9d7e-0123456789ab']],
  },
  {
    name: 'day',
    type: { type: 'int', logicalType: 'date' },
    values: [
      [days.year1, new Days(days.year1)],
      [days.end9999, new Days(days.end9999)],
      [-1, new Days(-1)],
    ],
  },
  {
    name: 'time_ms',
    type: { type: 'int', logicalType: 'time-millis' },
    values: [
      [0, '00:00:00.000000'],
      [86_399_999, '23:59:59.999000'],
    ],
  },
  {
    name: 'time_us',
    type: { type: 'long', logicalType: 'time-micros' },
    values: [
      [1n, '00:00:00.000001'],
      [86_399_999_999n, '23:59:59.999999'],
    ],
  },
  {
    name: 'at_ms',
    type: { type: 'long', logicalType: 'timestamp-millis' },
    values: [
      [-62_135_596_800_000n, utc(micros.year1)],
      [253_402_300_799_999n, utc(253_402_300_799_999_000n)],
      [-1n, utc(-1000n)],
    ],
  },
  {
    name: 'at_us',
    type: { type: 'long', logicalType: 'timestamp-micros' },
    values: [
      [micros.year1, utc(micros.year1)],
      [micros.end9999, utc(micros.end9999)],
      [-1n, utc(-1n)],
    ],
  },
  {
    name: 'at_ns',
    type: { type: 'long', logicalType: 'timestamp-nanos' },
    values: [
      [-1n, utc(-1n)],
      [1_999n, utc(1n)],
      [long.max, utc(long.max / 1000n)],
    ],
  },
  {
    name: 'local_us',
    type: { type: 'long', logicalType: 'local-timestamp-micros' },
    values: [
      [micros.year1, local(micros.year1)],
      [micros.end9999, local(micros.end9999)],
    ],
  },
  {
    name: 'span',
    type: { type: 'fixed', name: 'Span', size: 12, logicalType: 'duration' },
    values: [
      [months12(1, 2, 3), { months: 1n, days: 2n, millis: 3n }],
      [months12(2 ** 32 - 1, 0, 0), { months: 4_294_967_295n, days: 0n, millis: 0n }],
    ],
  },
  {
    name: 'place',
    type: place,
    values: [
      [
        { lat: -90, label: null },
        { lat: -90, label: null },
      ],
      [
        { lat: -0, label: '' },
        { lat: -0, label: '' },
      ],
    ],
  },
  {
    name: 'tags',
    type: { type: 'array', items: ['null', 'string'] },
    values: [
      [[], []],
      [
        ['', null, 'x'],
        ['', null, 'x'],
      ],
    ],
  },
  {
    name: 'grid',
    type: { type: 'array', items: { type: 'array', items: 'long' } },
    values: [
      [
        [[], [long.max, long.min]],
        [[], [long.max, long.min]],
      ],
    ],
  },
  {
    name: 'counts',
    type: { type: 'map', values: ['null', 'string'] },
    values: [
      [{}, new MapOf([])],
      [
        { a: 'x', '': null },
        new MapOf([
          ['a', 'x'],
          ['', null],
        ]),
      ],
    ],
  },
  {
    name: 'stops',
    type: {
      type: 'array',
      items: {
        type: 'record',
        name: 'Stop',
        fields: [
          { name: 'at', type: 'Place' },
          { name: 'notes', type: { type: 'map', values: { type: 'array', items: 'string' } } },
        ],
      },
    },
    values: [
      [
        [{ at: { lat: 1, label: 'one' }, notes: { k: ['v', ''] } }],
        [{ at: { lat: 1, label: 'one' }, notes: new MapOf([['k', ['v', '']]]) }],
      ],
    ],
  },
]

const schema = {
  type: 'record',
  name: 'Everything',
  fields: columns.map(({ name, type }) => ({ name, type: ['null', type], default: null })),
}

export function avroSample(): Sample {
  const registry = { long: longAsBigint }
  const types = columns.map(({ name, type }) => ({ name, type: avsc.Type.forSchema(plain(type) as never, { registry }) }))
  const rows = rowsOf(columns)
  const values = rows.map(({ written }) => Buffer.concat(types.map(({ name, type }) => optional(type, written[name]))))
  return { schemaType: 'AVRO', schema: JSON.stringify(schema), values, rows: rows.map(({ read }) => read) }
}

/** A value of `["null", type]`: the branch, then what it holds. */
function optional(type: avsc.Type, value: unknown): Buffer {
  return value === undefined ? Buffer.of(0) : Buffer.concat([Buffer.of(2), type.toBuffer(value)])
}

/** avsc takes a long that is annotated for another one than that of the registry. */
function plain(type: unknown): unknown {
  return (type as { type?: unknown }).type === 'long' ? 'long' : type
}
