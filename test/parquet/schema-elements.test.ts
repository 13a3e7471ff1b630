import { expect, test } from 'vitest'
import { assignFieldIds, listType, mapType, rowField, structType } from '../../src/columns/row-type.ts'
import { ParquetWriter } from '../../src/parquet/writer.ts'
import { duckdbJson } from './read-back.ts'
import { columnsOf } from './row-values.ts'
import { concatBytes } from '../../src/shared/bytes.ts'

const rowType = assignFieldIds(
  structType([
    rowField('id', { kind: 'long' }, { isNullable: false }),
    rowField('tags', listType(structType([rowField('name', { kind: 'string' })]))),
    rowField('sizes', mapType({ kind: 'string' }, listType({ kind: 'int' }))),
    rowField('at', { kind: 'timestamp', isUtc: true }),
    rowField('local', { kind: 'timestamp', isUtc: false }),
    rowField('price', { kind: 'decimal', precision: 20, scale: 2 }),
    rowField('doc', { kind: 'json' }),
  ]),
)

test('names, ids, repetition and types are what the Parquet format and Iceberg ask for', async () => {
  const writer = new ParquetWriter({ rowType, rowGroupRows: 10 })
  await writer.write(columnsOf(rowType, [{ id: 1n }]), 1)
  const elements = await duckdbJson(
    concatBytes(await writer.finish()),
    'select name, field_id, repetition_type, type, coalesce(logical_type, converted_type) as meaning from parquet_schema($file)',
  )
  const rows = elements.slice(1).map((element) => Object.values(element).map(String).join(' '))
  expect(rows).toEqual([
    'id 1 REQUIRED INT64 null',
    'tags 2 OPTIONAL null ListType()',
    'list null REPEATED null null',
    'element 8 OPTIONAL null null',
    'name 9 OPTIONAL BYTE_ARRAY StringType()',
    'sizes 3 OPTIONAL null MapType()',
    'key_value null REPEATED null null',
    'key 10 REQUIRED BYTE_ARRAY StringType()',
    'value 11 OPTIONAL null ListType()',
    'list null REPEATED null null',
    'element 12 OPTIONAL INT32 null',
    'at 4 OPTIONAL INT64 TimestampType(isAdjustedToUTC=1, unit=TimeUnit(MILLIS=<null>, MICROS=MicroSeconds(), NANOS=<null>))',
    'local 5 OPTIONAL INT64 TimestampType(isAdjustedToUTC=0, unit=TimeUnit(MILLIS=<null>, MICROS=MicroSeconds(), NANOS=<null>))',
    'price 6 OPTIONAL FIXED_LEN_BYTE_ARRAY DecimalType(scale=2, precision=20)',
    'doc 7 OPTIONAL BYTE_ARRAY StringType()',
  ])
})

test('files say who wrote them and are compressed with zstd', async () => {
  const writer = new ParquetWriter({ rowType, rowGroupRows: 10 })
  await writer.write(columnsOf(rowType, [{ id: 1n }]), 1)
  const bytes = concatBytes(await writer.finish())
  expect(await duckdbJson(bytes, 'select created_by from parquet_file_metadata($file)')).toEqual([{ created_by: 'headgate' }])
  expect(await duckdbJson(bytes, 'select distinct compression from parquet_metadata($file)')).toEqual([{ compression: 'ZSTD' }])
})
