import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { assignFieldIds, listType, rowField, structType, type StructType } from '../../src/columns/row-type.ts'
import type { Encoder } from '../../src/lanes/encoder.ts'
import type { Chunk } from '../../src/lanes/lane.ts'
import { byteLengthOf } from '../../src/columns/column-buffers.ts'
import { duckdbRows } from '../parquet/read-back.ts'
import { columnsOf, type RowValue } from '../parquet/row-values.ts'
import { concatBytes } from '../../src/shared/bytes.ts'

const rowType = assignFieldIds(
  structType([
    rowField('id', { kind: 'long' }, { isNullable: false }),
    rowField('score', { kind: 'double' }),
    rowField('tags', listType({ kind: 'string' })),
  ]),
)

function rowsFrom(first: number, count: number): RowValue[] {
  return Array.from({ length: count }, (_, index) => ({
    id: BigInt(first + index),
    score: index % 3 === 0 ? null : (first + index) / 4,
    tags: index % 2 === 0 ? [] : [`tag ${first + index}`, null],
  }))
}

function chunkOf(rows: readonly RowValue[], type: StructType = rowType): Chunk {
  const columns = columnsOf(type, rows)
  return { partitionValue: null, rowCount: rows.length, byteLength: byteLengthOf(columns), columns }
}

/** What every encoder promises, whichever thread it works on. */
export function encoderConformance(engine: string, newEncoder: () => Encoder): void {
  describe(`${engine} keeps the contract of encoders`, () => {
    let encoder: Encoder
    beforeEach(() => {
      encoder = newEncoder()
    })
    afterEach(() => encoder.close())

    const open = (fileKey: string, rowGroupRows = 1_000, rowGroupBytes = Infinity): void =>
      encoder.open({ fileKey, rowType, rowGroupRows, rowGroupBytes })

    test('a file holds the rows of its chunks, in order, in row groups of the size that was asked for', async () => {
      open('file', 100)
      for (let chunk = 0; chunk < 5; chunk++) await encoder.write('file', chunkOf(rowsFrom(chunk * 50, 50)))
      const { pieces, metrics } = await encoder.finish('file')
      const bytes = concatBytes(pieces)
      expect(await duckdbRows(bytes)).toEqual(Array.from({ length: 5 }, (_, chunk) => rowsFrom(chunk * 50, 50)).flat())
      expect(metrics).toMatchObject({ rowCount: 250, sizeBytes: bytes.length })
      expect(metrics.splitOffsets).toHaveLength(3)
      expect(metrics.columns).toMatchObject([
        { fieldId: 1, valueCount: 250, nullCount: 0, lower: 0n, upper: 249n },
        { fieldId: 2, valueCount: 250, nullCount: 85, nanCount: 0 },
        { fieldId: 4, valueCount: 250, nullCount: 125 },
      ])
    })

    test('progress tells the bytes of finished row groups', async () => {
      open('file', 5_000)
      const sizes: number[] = []
      for (let chunk = 0; chunk < 6; chunk++)
        sizes.push((await encoder.write('file', chunkOf(rowsFrom(chunk * 4_000, 4_000)))).encodedBytes)
      const bytes = concatBytes((await encoder.finish('file')).pieces)
      expect([...sizes].sort((a, b) => a - b)).toEqual(sizes)
      expect(sizes[5]).toBeGreaterThan(sizes[0] as number)
      expect(sizes[5]).toBeLessThan(bytes.length)
    })

    test('wide rows end a row group before its rows are many, and progress tells what the open one holds', async () => {
      const chunks = Array.from({ length: 5 }, (_, chunk) => chunkOf(rowsFrom(chunk * 1_000, 1_000)))
      const chunkBytes = (chunks[0] as Chunk).byteLength
      open('file', 1_000_000, chunkBytes * 2.5)
      const openChunks: number[] = []
      for (const chunk of chunks) openChunks.push((await encoder.write('file', chunk)).openBytes / chunkBytes)
      for (const [index, expected] of [1, 2, 0.5, 1.5, 0].entries()) expect(openChunks[index]).toBeCloseTo(expected, 1)
      const { metrics } = await encoder.finish('file')
      expect(metrics.splitOffsets).toHaveLength(2)
    })

    test('files that are open at the same time do not mix, and calls need not be awaited one by one', async () => {
      const keys = ['a', 'b', 'c']
      for (const key of keys) open(key, 30)
      await Promise.all(Array.from({ length: 12 }, (_, call) => encoder.write(keys[call % 3] as string, chunkOf(rowsFrom(call * 20, 20)))))
      const files = await Promise.all(keys.map((key) => encoder.finish(key)))
      for (const [index, { pieces }] of files.entries())
        expect(await duckdbRows(concatBytes(pieces))).toEqual([0, 3, 6, 9].flatMap((call) => rowsFrom((call + index) * 20, 20)))
    })

    test('chunks without rows add nothing', async () => {
      open('file')
      await encoder.write('file', chunkOf([]))
      await encoder.write('file', chunkOf(rowsFrom(0, 1)))
      await encoder.write('file', chunkOf([]))
      expect((await encoder.finish('file')).metrics.rowCount).toBe(1)
    })

    test('a file without rows cannot be finished, and harms no other', async () => {
      open('empty')
      open('file')
      await expect(encoder.finish('empty')).rejects.toThrow('a Parquet file needs a row')
      await encoder.write('file', chunkOf(rowsFrom(0, 3)))
      expect((await encoder.finish('file')).metrics.rowCount).toBe(3)
    })

    test('a file that was given up is gone, and its key can be used again', async () => {
      open('file')
      await encoder.write('file', chunkOf(rowsFrom(0, 10)))
      encoder.abort('file')
      encoder.abort('never opened')
      await expect(encoder.write('file', chunkOf(rowsFrom(0, 1)))).rejects.toMatchObject({ kind: 'not-found' })
      open('file')
      await encoder.write('file', chunkOf(rowsFrom(7, 1)))
      expect(await duckdbRows(concatBytes((await encoder.finish('file')).pieces))).toEqual(rowsFrom(7, 1))
      await expect(encoder.finish('file')).rejects.toMatchObject({ kind: 'not-found' })
    })

    test('a row type that Parquet has no place for is refused with the first chunk', async () => {
      const empty = assignFieldIds(structType([rowField('nothing', structType([]))]))
      encoder.open({ fileKey: 'file', rowType: empty, rowGroupRows: 10, rowGroupBytes: Infinity })
      await expect(encoder.write('file', chunkOf([{ nothing: {} }], empty))).rejects.toMatchObject({
        kind: 'unsupported',
        message: 'column nothing is a struct without fields, which Parquet cannot hold',
      })
      encoder.abort('file')
      open('file')
      await encoder.write('file', chunkOf(rowsFrom(0, 1)))
      expect((await encoder.finish('file')).metrics.rowCount).toBe(1)
    })

    test('a closed encoder refuses work', async () => {
      open('file')
      await encoder.close()
      await expect(encoder.write('file', chunkOf(rowsFrom(0, 1)))).rejects.toMatchObject({ kind: 'shutting-down' })
    })
  })
}
