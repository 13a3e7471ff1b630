import type { StructColumn } from '../../columns/nested-columns.ts'
import { assert } from '../../shared/assert.ts'
import type { DecodeRecord, RecordDecoder } from '../language.ts'
import type { AvroSchema } from './ast.ts'
import { planColumns } from './column-plan.ts'
import { generateDecoder, type Constant } from './decoder-codegen.ts'
import { readers, type ReaderName } from './readers.ts'
import { rowTypeOf } from './row-type.ts'
import { ValueCursor } from './value-cursor.ts'

/**
 * Compiles the judge of a schema: Avro binary values in, one row per value out, RecordError for anything that is not
 * exactly one value. Throws HeadgateError `unsupported` where the schema has no columns.
 */
export function compileAvroDecoder(schema: AvroSchema): RecordDecoder {
  const plan = planColumns(schema)
  const rowType = rowTypeOf(plan)
  const { source, constants, locations } = generateDecoder(plan, Object.keys(readers) as ReaderName[])
  const bindColumns = new Function('readers', 'constants', 'columns', 'cursor', source) as BindColumns
  return {
    rowType,
    bind(columns) {
      assert(columns.length === rowType.fields.length, 'one builder per column')
      return bindColumns(readers, constants, columns, new ValueCursor(locations))
    },
  }
}

type BindColumns = (
  readerFunctions: typeof readers,
  constants: readonly Constant[],
  columns: StructColumn['fields'],
  cursor: ValueCursor,
) => DecodeRecord
