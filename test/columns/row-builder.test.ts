import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { BytesColumn } from '../../src/columns/bytes-column.ts'
import type { DecimalColumn, Int64Column } from '../../src/columns/fixed-width-columns.ts'
import { columnBuilder, rowBuilder } from '../../src/columns/row-builder.ts'
import { mapType, listType, rowField, structType, type RowType } from '../../src/columns/row-type.ts'
import { byteLengthOf, transferList } from '../../src/columns/column-buffers.ts'
import { readColumn, type Plain } from './read-columns.ts'
import { appendChildren, appendValue, rowTypes, valuesOf } from './row-model.ts'

describe('a builder holds what a plain array of rows holds', () => {
  type Step =
    | { kind: 'append'; values: Plain[] }
    /** A record that fails half-way: some children got their value, the row did not. */
    | { kind: 'fail'; value: Plain; childrenMax: number }
    | { kind: 'truncate'; share: number }
    | { kind: 'adopt'; values: Plain[]; from: number; to: number }
    | { kind: 'finish' }

  const stepsOf = (type: RowType): fc.Arbitrary<Step[]> => {
    const values = fc.array(valuesOf(type), { maxLength: 6 })
    const share = fc.double({ min: 0, max: 1, noNaN: true })
    return fc.array(
      fc.oneof(
        fc.record({ kind: fc.constant('append' as const), values }),
        fc.record({ kind: fc.constant('fail' as const), value: valuesOf(type), childrenMax: fc.nat(3) }),
        fc.record({ kind: fc.constant('truncate' as const), share }),
        fc.record({ kind: fc.constant('adopt' as const), values, from: share, to: share }),
        fc.record({ kind: fc.constant('finish' as const) }),
      ),
      { maxLength: 12 },
    )
  }

  test('through appends, failed records, truncation, adoption of ranges and cuts', () => {
    const scenario = rowTypes.chain((type) => fc.tuple(fc.constant(type), stepsOf(type)))
    fc.assert(
      fc.property(scenario, ([type, steps]) => {
        const builder = columnBuilder(type)
        let model: Plain[] = []
        for (const step of steps) model = apply(type, builder, model, step)
        expect(builder.length).toBe(model.length)
        expect(readColumn(type, builder.finish())).toEqual(model)
      }),
      { numRuns: 300 },
    )
  })

  function apply(type: RowType, builder: ReturnType<typeof columnBuilder>, model: Plain[], step: Step): Plain[] {
    switch (step.kind) {
      case 'append':
        for (const value of step.values) appendValue(type, builder, value)
        return [...model, ...step.values]
      case 'fail':
        if (step.value !== null) appendChildren(type, builder, step.value, { childrenMax: step.childrenMax })
        builder.truncate(model.length)
        return model
      case 'truncate': {
        const length = Math.floor(step.share * model.length)
        builder.truncate(length)
        return model.slice(0, length)
      }
      case 'adopt': {
        const source = columnBuilder(type)
        for (const value of step.values) appendValue(type, source, value)
        const [start = 0, end = 0] = [step.from, step.to].map((share) => Math.floor(share * step.values.length)).sort((a, b) => a - b)
        builder.appendRange(source, start, end)
        return [...model, ...step.values.slice(start, end)]
      }
      case 'finish':
        expect(readColumn(type, builder.finish())).toEqual(model)
        return []
    }
  }
})

describe('rows are not lost when a column grows', () => {
  const rowCount = 20_000
  for (const [type, valueAt] of [
    [{ kind: 'boolean' }, (row) => row % 3 === 0],
    [{ kind: 'int' }, (row) => row * 7],
    [{ kind: 'long' }, (row) => BigInt(row) * 10_000_000_019n],
    [{ kind: 'double' }, (row) => row / 7],
    [{ kind: 'float' }, (row) => Math.fround(row / 7)],
    [{ kind: 'decimal', precision: 38, scale: 0 }, (row) => BigInt(row) ** 8n],
    [{ kind: 'string' }, (row) => `row ${row}`],
    [listType({ kind: 'long' }), (row) => [BigInt(row), BigInt(-row)]],
    [structType([rowField('a', { kind: 'long' })]), (row) => ({ a: BigInt(row) })],
  ] as const satisfies [RowType, (row: number) => Plain][])
    test(type.kind, () => {
      const builder = columnBuilder(type)
      const rows = Array.from({ length: rowCount }, (_, row) => valueAt(row))
      for (const value of rows) appendValue(type, builder, value)
      expect(readColumn(type, builder.finish())).toEqual(rows)
    })
})

describe('64-bit columns count without BigInt in the loop', () => {
  test('appendNumber, appendParts and appendBigint agree', () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), (value) => {
        const column = columnBuilder({ kind: 'long' }) as Int64Column
        column.appendNumber(value)
        column.appendBigint(BigInt(value))
        column.appendParts(Number(BigInt.asIntN(32, BigInt(value))), Number(BigInt(value) >> 32n))
        expect([column.valueAt(0), column.valueAt(1), column.valueAt(2)]).toEqual([BigInt(value), BigInt(value), BigInt(value)])
      }),
    )
  })

  test('addToRows adds to a range and wraps as 64 bits do', () => {
    const int64 = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })
    fc.assert(
      fc.property(fc.array(int64, { minLength: 3, maxLength: 3 }), int64, (values, addend) => {
        const column = columnBuilder({ kind: 'long' }) as Int64Column
        for (const value of values) column.appendBigint(value)
        column.addToRows(1, 3, addend)
        const expected = values.map((value, row) => (row === 0 ? value : BigInt.asIntN(64, value + addend)))
        expect(values.map((_, row) => column.valueAt(row))).toEqual(expected)
      }),
    )
  })

  test('fillRows sets a range, however often the column grew', () => {
    const column = columnBuilder({ kind: 'long' }) as Int64Column
    for (let row = 0; row < 5000; row++) column.appendNumber(row)
    column.fillRows(4000, 4999, -5n)
    expect([column.valueAt(3999), column.valueAt(4000), column.valueAt(4998), column.valueAt(4999)]).toEqual([3999n, -5n, -5n, 4999n])
  })

  test('decimals by words are the decimals by value', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(2n ** 127n), max: 2n ** 127n - 1n }), (value) => {
        const column = columnBuilder({ kind: 'decimal', precision: 38, scale: 0 }) as DecimalColumn
        const word = (shift: bigint): number => Number(BigInt.asIntN(32, value >> shift))
        column.appendWords(word(0n), word(32n), word(64n), word(96n))
        column.append(value)
        expect(readColumn({ kind: 'decimal', precision: 38, scale: 0 }, column.finish())).toEqual([value, value])
      }),
    )
  })
})

describe('appendUtf8 takes text and nothing else', () => {
  for (const size of [0, 1, 31, 32, 33, 300]) {
    test(`${size} bytes of text are copied`, () => {
      const column = columnBuilder({ kind: 'string' }) as BytesColumn
      const text = 'é'.repeat(size >> 1) + 'x'.repeat(size & 1)
      expect(column.appendUtf8(Buffer.from(`ab${text}cd`), 2, 2 + size)).toBe(true)
      expect(readColumn({ kind: 'string' }, column.finish())).toEqual([text])
    })
    if (size > 0)
      test(`${size} bytes that are not text append nothing`, () => {
        const column = columnBuilder({ kind: 'string' }) as BytesColumn
        column.appendText('before')
        const bytes = Buffer.alloc(size, 'x')
        bytes[size - 1] = 0xc3
        expect(column.appendUtf8(bytes, 0, size)).toBe(false)
        column.appendText('after')
        expect(readColumn({ kind: 'string' }, column.finish())).toEqual(['before', 'after'])
      })
  }
})

describe('what a finished column is made of', () => {
  const type = structType([
    rowField('id', { kind: 'long' }),
    rowField('tags', listType({ kind: 'string' })),
    rowField('counts', mapType({ kind: 'string' }, { kind: 'long' })),
  ])

  test('a column without nulls has no validity, and every buffer owns its memory', () => {
    const builder = rowBuilder(type)
    appendValue(type, builder, { id: 1n, tags: ['a'], counts: [['x', 2n]] })
    const columns = builder.finish().children
    expect(columns.map(({ validity }) => validity)).toEqual([null, null, null])
    const buffers = transferList(columns)
    const moved = structuredClone(columns, { transfer: buffers })
    expect(buffers.every((buffer) => buffer.byteLength === 0)).toBe(true)
    expect(readColumn({ kind: 'long' }, moved[0] as (typeof moved)[0])).toEqual([1n])
  })

  test('byteLength says before what the buffers take after, validity and the last offsets aside', () => {
    const builder = rowBuilder(type)
    for (let row = 0; row < 100; row++) appendValue(type, builder, { id: 1n, tags: ['abc'], counts: [] })
    // 100 longs, 100 list and 100 map offsets, 100 items of 3 bytes with their offsets.
    const expected = 800 + 400 + 400 + 700
    expect(builder.byteLength).toBe(expected)
    // Lists, their items, maps and their keys have one offset more than they have rows.
    expect(byteLengthOf(builder.finish().children)).toBe(expected + 4 * 4)
  })

  test('a struct whose fields are uneven cannot be finished', () => {
    const builder = rowBuilder(type)
    builder.fields[0]?.appendNull()
    expect(() => builder.finish()).toThrow('fields differ in length')
  })
})
