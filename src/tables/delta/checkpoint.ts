import { parquetReadObjects } from 'hyparquet'
import { compressors } from 'hyparquet-compressors'
import { parquetWriteBuffer } from 'hyparquet-writer'
import { zstdCompressSync } from 'node:zlib'
import { HeadgateError } from '../../shared/errors.ts'
import type { JsonObject } from '../../shared/json.ts'
import { actionsOf, type Action, type AddFile, type MetaData, type Protocol } from './actions.ts'
import { checkpointSchema } from './checkpoint-schema.ts'
import type { FileState, TableState } from './table-state.ts'

/**
 * A classic checkpoint (Delta protocol, "Checkpoints"): everything the log says up to a version, as Parquet rows. Reads
 * what others write, too. Files are a few thousand rows; the data files of the table are never touched here.
 */
export function encodeCheckpoint({ protocol, metaData, txns }: TableState, files: FileState): { bytes: Uint8Array; actionCount: number } {
  const rows: CheckpointRow[] = [
    { protocol: protocolRow(protocol) },
    { metaData: metaDataRow(metaData) },
    ...[...txns].map(([appId, { version, lastUpdatedMs }]) => ({ txn: { appId, version, lastUpdated: bigintOrNull(lastUpdatedMs) } })),
    ...[...files.removes.values()].map(({ path, deletionTimestampMs }) => ({
      remove: { path, deletionTimestamp: BigInt(deletionTimestampMs), dataChange: false },
    })),
    ...[...files.adds.values()].map((add) => ({ add: addRow(add) })),
  ]
  const column = (name: keyof CheckpointRow) => ({ name, data: rows.map((row) => row[name] ?? null) })
  const buffer = parquetWriteBuffer({
    schema: checkpointSchema,
    columnData: [column('txn'), column('add'), column('remove'), column('metaData'), column('protocol')],
    codec: 'ZSTD',
    compressors: { ZSTD: (input: Uint8Array) => zstdCompressSync(input) },
  })
  return { bytes: new Uint8Array(buffer), actionCount: rows.length }
}

/** The actions of one part of a checkpoint. Throws HeadgateError `store-corrupt` that names the file. */
export async function decodeCheckpoint(bytes: Uint8Array, key: string): Promise<Action[]> {
  try {
    const file = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer
    const columns = ['txn', 'add', 'remove', 'metaData', 'protocol']
    const rows = await parquetReadObjects({ file, compressors, columns })
    return rows.flatMap((row) => actionsOf(plainRow(row)))
  } catch (error) {
    throw new HeadgateError('store-corrupt', `${key} is no readable Delta checkpoint`, { cause: error })
  }
}

type CheckpointRow = { [Name in 'txn' | 'add' | 'remove' | 'metaData' | 'protocol']?: object }

function protocolRow({ minReaderVersion, minWriterVersion, readerFeatures, writerFeatures }: Protocol): object {
  return { minReaderVersion, minWriterVersion, readerFeatures: readerFeatures ?? null, writerFeatures: writerFeatures ?? null }
}

function metaDataRow({ id, name, schemaString, partitionColumns, configuration, createdTimeMs }: MetaData): object {
  return {
    id,
    name: name ?? null,
    format: { provider: 'parquet', options: {} },
    schemaString,
    partitionColumns,
    configuration,
    createdTime: bigintOrNull(createdTimeMs),
  }
}

function addRow({ path, partitionValues, sizeBytes, modificationTimeMs, stats }: AddFile): object {
  return {
    path,
    partitionValues,
    size: BigInt(sizeBytes),
    modificationTime: BigInt(modificationTimeMs),
    dataChange: false,
    stats: stats ?? null,
  }
}

function bigintOrNull(value: number | undefined): bigint | null {
  return value === undefined ? null : BigInt(value)
}

/** Groups whose members are all null are absent actions: some writers fill them so. */
function plainRow(row: { [column: string]: unknown }): JsonObject {
  return Object.fromEntries(
    Object.entries(row).map(([kind, action]) => {
      const isAbsent =
        action === null || action === undefined || Object.values(action).every((member) => member === null || member === undefined)
      return [kind, isAbsent ? undefined : (action as JsonObject)]
    }),
  )
}
