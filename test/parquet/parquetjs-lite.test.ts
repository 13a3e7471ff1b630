import { createRequire } from 'node:module'
import { describe, expect, test } from 'vitest'
import { assignFieldIds, rowField, structType } from '../../src/columns/row-type.ts'
import { type ParquetCodec, ParquetWriter } from '../../src/parquet/writer.ts'
import { columnsOf } from './row-values.ts'
import { concatBytes } from '../../src/shared/bytes.ts'

interface Reader {
  getCursor(): { next(): Promise<Record<string, unknown> | null> }
  close(): Promise<void>
}
// An old CommonJS package without types; it reads flat columns, and knows neither zstd nor dictionaries.
const { ParquetReader } = createRequire(import.meta.url)('parquetjs-lite') as {
  ParquetReader: { openBuffer(file: Buffer): Promise<Reader> }
}

const rowType = assignFieldIds(
  structType([
    rowField('flag', { kind: 'boolean' }),
    rowField('small', { kind: 'int' }),
    rowField('ratio', { kind: 'double' }),
    rowField('text', { kind: 'string' }),
  ]),
)
const rows = [
  { flag: true, small: -1, ratio: 0.5, text: 'é' },
  { flag: false, small: 2 ** 31 - 1, ratio: -Infinity, text: '' },
]

describe('parquetjs-lite reads flat rows', () => {
  for (const codec of ['snappy', 'none'] satisfies ParquetCodec[])
    test(`codec ${codec}`, async () => {
      const writer = new ParquetWriter({ rowType, rowGroupRows: 10, codec, dictionaries: 'none' })
      await writer.write(columnsOf(rowType, rows), rows.length)
      const reader = await ParquetReader.openBuffer(Buffer.from(concatBytes(await writer.finish())))
      const cursor = reader.getCursor()
      const read: unknown[] = []
      for (let row = await cursor.next(); row !== null; row = await cursor.next()) read.push({ ...row })
      expect(read).toEqual(rows)
      await reader.close()
    })
})
