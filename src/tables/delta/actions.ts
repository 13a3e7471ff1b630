import { HeadgateError } from '../../shared/errors.ts'
import { parseJson, stringifyJson, type JsonObject } from '../../shared/json.ts'

/**
 * The actions of a Delta commit (Delta protocol, "Actions"), as far as a writer of appends reads or writes them. A line
 * of a commit file holds one; kinds that are not here (cdc, sidecar, ...) are left alone.
 */
export interface Protocol {
  readonly minReaderVersion: number
  readonly minWriterVersion: number
  readonly readerFeatures?: readonly string[]
  readonly writerFeatures?: readonly string[]
}

export interface MetaData {
  readonly id: string
  readonly schemaString: string
  readonly partitionColumns: readonly string[]
  readonly configuration: { readonly [key: string]: string }
  readonly createdTimeMs: number | undefined
  readonly name: string | undefined
}

export interface AddFile {
  /** RFC 2396, relative to the table's root. */
  readonly path: string
  readonly sizeBytes: number
  readonly modificationTimeMs: number
  readonly partitionValues: { readonly [column: string]: string | null }
  /** JSON text. */
  readonly stats: string | undefined
}

export interface RemoveFile {
  readonly path: string
  readonly deletionTimestampMs: number
}

export interface Txn {
  readonly appId: string
  readonly version: bigint
  readonly lastUpdatedMs: number | undefined
}

export type Action =
  | { readonly kind: 'protocol'; readonly protocol: Protocol }
  | { readonly kind: 'metaData'; readonly metaData: MetaData }
  | { readonly kind: 'add'; readonly add: AddFile }
  | { readonly kind: 'remove'; readonly remove: RemoveFile }
  | { readonly kind: 'txn'; readonly txn: Txn }
  | { readonly kind: 'commitInfo'; readonly commitInfo: JsonObject }

/** The actions of a commit file. Throws HeadgateError `store-corrupt` that names the file and the line. */
export function parseCommit(text: string, key: string): Action[] {
  return text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .flatMap((line, index) => {
      try {
        return actionsOf(parseJson(line) as JsonObject)
      } catch (error) {
        throw new HeadgateError('store-corrupt', `${key}, line ${index + 1}: not an action of a Delta commit`, { cause: error })
      }
    })
}

/** One line, or one row of a checkpoint: at most one of its members is set. */
export function actionsOf(line: JsonObject): Action[] {
  const { protocol, metaData, add, remove, txn, commitInfo } = line as { [kind: string]: JsonObject | null | undefined }
  return [
    ...(protocol ? [{ kind: 'protocol', protocol: protocolOf(protocol) } as const] : []),
    ...(metaData ? [{ kind: 'metaData', metaData: metaDataOf(metaData) } as const] : []),
    ...(add ? [{ kind: 'add', add: addOf(add) } as const] : []),
    ...(remove
      ? [
          {
            kind: 'remove',
            remove: { path: textOf(remove['path']), deletionTimestampMs: numberOf(remove['deletionTimestamp']) ?? 0 },
          } as const,
        ]
      : []),
    ...(txn ? [{ kind: 'txn', txn: txnOf(txn) } as const] : []),
    ...(commitInfo ? [{ kind: 'commitInfo', commitInfo } as const] : []),
  ]
}

export function formatCommit(lines: readonly JsonObject[]): string {
  return lines.map((line) => `${stringifyJson(line)}\n`).join('')
}

export function protocolLine({ minReaderVersion, minWriterVersion, readerFeatures, writerFeatures }: Protocol): JsonObject {
  return {
    protocol: {
      minReaderVersion,
      minWriterVersion,
      ...(readerFeatures ? { readerFeatures: [...readerFeatures] } : {}),
      ...(writerFeatures ? { writerFeatures: [...writerFeatures] } : {}),
    },
  }
}

export function metaDataLine({ id, schemaString, partitionColumns, configuration, createdTimeMs, name }: MetaData): JsonObject {
  return {
    metaData: {
      id,
      ...(name === undefined ? {} : { name }),
      format: { provider: 'parquet', options: {} },
      schemaString,
      partitionColumns: [...partitionColumns],
      ...(createdTimeMs === undefined ? {} : { createdTime: createdTimeMs }),
      configuration,
    },
  }
}

export function addLine({ path, sizeBytes, modificationTimeMs, partitionValues, stats }: AddFile): JsonObject {
  return {
    add: {
      path,
      partitionValues,
      size: sizeBytes,
      modificationTime: modificationTimeMs,
      dataChange: true,
      ...(stats === undefined ? {} : { stats }),
    },
  }
}

export function txnLine({ appId, version, lastUpdatedMs }: Txn): JsonObject {
  return { txn: { appId, version, ...(lastUpdatedMs === undefined ? {} : { lastUpdated: lastUpdatedMs }) } }
}

function protocolOf(protocol: JsonObject): Protocol {
  const readerFeatures = protocol['readerFeatures'] as string[] | null | undefined
  const writerFeatures = protocol['writerFeatures'] as string[] | null | undefined
  return {
    minReaderVersion: Number(protocol['minReaderVersion']),
    minWriterVersion: Number(protocol['minWriterVersion']),
    ...(readerFeatures ? { readerFeatures } : {}),
    ...(writerFeatures ? { writerFeatures } : {}),
  }
}

function metaDataOf(metaData: JsonObject): MetaData {
  return {
    id: textOf(metaData['id']),
    schemaString: textOf(metaData['schemaString']),
    partitionColumns: (metaData['partitionColumns'] ?? []) as string[],
    configuration: (metaData['configuration'] ?? {}) as { [key: string]: string },
    createdTimeMs: numberOf(metaData['createdTime']),
    name: (metaData['name'] ?? undefined) as string | undefined,
  }
}

function addOf(add: JsonObject): AddFile {
  return {
    path: textOf(add['path']),
    sizeBytes: Number(add['size']),
    modificationTimeMs: numberOf(add['modificationTime']) ?? 0,
    partitionValues: (add['partitionValues'] ?? {}) as { [column: string]: string | null },
    stats: (add['stats'] ?? undefined) as string | undefined,
  }
}

function txnOf(txn: JsonObject): Txn {
  return { appId: textOf(txn['appId']), version: BigInt(txn['version'] as number | bigint), lastUpdatedMs: numberOf(txn['lastUpdated']) }
}

function textOf(value: unknown): string {
  if (typeof value !== 'string') throw new TypeError('expected a string')
  return value
}

function numberOf(value: unknown): number | undefined {
  return value === null || value === undefined ? undefined : Number(value)
}
