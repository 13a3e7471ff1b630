import type { ColumnBuilder } from '../../../columns/column-builder.ts'
import type { StructColumn } from '../../../columns/nested-columns.ts'
import { assert } from '../../../shared/assert.ts'
import { limits } from '../../../shared/limits.ts'
import { RecordError, type DecodeRecord, type RecordDecoder } from '../../language.ts'
import type { MessageType } from '../link/types.ts'
import { checkMessage } from '../wire/check-message.ts'
import { doubleAt, floatAt, int32At, readGroup, readSpan, readTag, readVarint, scratch, skipFixed, skipValue, tagOf } from '../wire/wire.ts'
import { WireError, wireErrors } from '../wire/wire.ts'
import { planColumns } from './column-plan.ts'
import { EnumNames } from './enum-names.ts'
import { FieldIndex } from './field-index.ts'
import { generateDecoder, type DecoderTables, type RUNTIME_NAMES } from './generate-decoder.ts'
import { leafAppender, type AppendLeaf } from './leaves/leaf.ts'
import { MapEntries } from './map-entries.ts'
import { mergeRepeated } from './merge-repeated.ts'
import { rowTypeOf } from './row-type.ts'

type Factory = (runtime: DecoderRuntime, columns: StructColumn['fields']) => DecodeRecord

/**
 * Compiles the judge of one message: it reads the wire format once, writes into columns and refuses what is malformed.
 * The generated code knows no paths; when it meets bad bytes, the record is walked again to say where.
 */
export function compileProtobufDecoder(message: MessageType): RecordDecoder {
  const plan = planColumns(message)
  const { code, tables } = generateDecoder(plan)
  const factory = new Function('rt', 'columns', code) as Factory
  return {
    rowType: rowTypeOf(plan),
    bind: (columns) => withPaths(message, factory(runtimeOf(tables), columns)),
  }
}

function withPaths(message: MessageType, decode: DecodeRecord): DecodeRecord {
  return (bytes, start, end) => {
    try {
      decode(bytes, start, end)
    } catch (error) {
      if (!(error instanceof WireError)) throw error
      checkMessage(message, bytes, start, end)
      // The walk knows nothing of what a column cannot hold, such as JSON nested too deep.
      throw new RecordError('$', error.message)
    }
  }
}

/** What generated code is given: `DecoderRuntime` has every name that it may call. */
function runtimeOf(tables: DecoderTables): DecoderRuntime {
  return {
    readVarint,
    readTag,
    tagOf,
    readSpan,
    readGroup,
    skipFixed,
    skipValue,
    scratch,
    int32At,
    floatAt,
    doubleAt,
    zigZagLow,
    zigZagHigh,
    EMPTY: new Uint8Array(0),
    utf8Error: wireErrors.utf8,
    mismatchError: wireErrors.mismatch,
    cellsMax: limits.protobufCellsMax,
    enumNames: tables.enums.map((enumType) => new EnumNames(enumType)),
    leafAppender: (index: number, column: ColumnBuilder): AppendLeaf => {
      const { leaf, path } = entryOf(tables.leaves, index)
      return leafAppender(leaf, column, path)
    },
    fieldIndex: (index: number) => new FieldIndex(entryOf(tables.fieldNumbers, index)),
    mapEntries: (index: number) => {
      const { entry, key } = entryOf(tables.maps, index)
      return new MapEntries(entry, key)
    },
    mergeRepeated: (bytes: Uint8Array, start: number, end: number, messageIndex: number) =>
      mergeRepeated(bytes, start, end, entryOf(tables.messages, messageIndex)),
    missing: (pathIndex: number): never => {
      throw new RecordError(entryOf(tables.paths, pathIndex), 'a required field is missing')
    },
    tooMany: (pathIndex: number): never => {
      throw new RecordError(entryOf(tables.paths, pathIndex), `the record fills more than ${limits.protobufCellsMax} column values`)
    },
  }
}

type DecoderRuntime = Readonly<Record<(typeof RUNTIME_NAMES)[number] | 'enumNames' | 'leafAppender' | 'fieldIndex' | 'mapEntries', unknown>>

function entryOf<Entry>(table: readonly Entry[], index: number): Entry {
  const entry = table[index]
  assert(entry !== undefined, 'generated code asked for what its tables do not have')
  return entry
}

function zigZagLow(low: number, high: number): number {
  return ((low >>> 1) | (high << 31)) ^ -(low & 1)
}

function zigZagHigh(low: number, high: number): number {
  return (high >>> 1) ^ -(low & 1)
}
