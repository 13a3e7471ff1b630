import { hash } from 'node:crypto'
import { uriOf, type LakeRoot } from '../../objects/lake-root.ts'
import { partitionValueOf } from '../../lanes/time-partition.ts'
import { assert } from '../../shared/assert.ts'
import type { Random } from '../../shared/random.ts'
import type { PreparedFile, TableAppend } from '../table-commit.ts'
import type { AvroRecord } from './avro-schema.ts'
import { dataFileRecord, type DataFileContext } from './data-file.ts'
import { encodeManifest, entryField, entryStatus } from './manifest.ts'
import { listField, type ManifestFile } from './manifest-list.ts'
import { PARTITION_SOURCE, type ChosenSpec } from './partition-spec.ts'
import { partitionCount, partitionSummaries } from './partition-summary.ts'
import type { AddedTotals } from './plan-append.ts'
import { putNew } from './put-new.ts'
import type { IcebergSchema, Leaf } from './schema.ts'
import { isTimeTransform } from './transforms.ts'

/**
 * The half of a commit that does not depend on what others do meanwhile: the manifest of the new files. It is written
 * once, before the first attempt; its entries leave the sequence number to be inherited, so that it survives retries.
 */
export interface PreparedAppend {
  readonly snapshotId: bigint
  readonly added: AddedTotals
  /** Complete but for the sequence number; undefined when the append only moves offsets. */
  readonly manifest: ManifestFile | undefined
}

export interface AppendContext {
  readonly root: LakeRoot
  readonly schema: IcebergSchema
  readonly spec: ChosenSpec
  readonly leaves: ReadonlyMap<number, Leaf>
  readonly metricsIds: ReadonlySet<number>
  /** Object key for the manifest. */
  readonly key: string
  readonly snapshotId: bigint
  readonly random: Random
}

export async function prepareAppend({ files }: TableAppend, context: AppendContext): Promise<PreparedAppend> {
  const { root, schema, spec, key, snapshotId, random } = context
  const entries = files.map((file) => addedEntry(file, snapshotId, context))
  const rows = files.reduce((sum, { metrics }) => sum + metrics.rowCount, 0)
  const sizeBytes = files.reduce((sum, { metrics }) => sum + metrics.sizeBytes, 0)
  const added = { files: files.length, rows, sizeBytes, partitions: partitionCount(spec.spec, entries) }
  if (files.length === 0) return { snapshotId, added, manifest: undefined }
  const bytes = await encodeManifest({ schema, spec: spec.spec, entries }, random)
  await putNew(root, key, bytes)
  const manifest = {
    [listField.path]: uriOf(root, key),
    [listField.lengthBytes]: bytes.byteLength,
    [listField.specId]: spec.spec['spec-id'],
    [listField.content]: 0,
    [listField.addedSnapshotId]: snapshotId,
    [listField.addedFiles]: files.length,
    [listField.existingFiles]: 0,
    [listField.deletedFiles]: 0,
    [listField.addedRows]: rows,
    [listField.existingRows]: 0,
    [listField.deletedRows]: 0,
    [listField.partitions]: partitionSummaries(spec.spec, entries),
  }
  return { snapshotId, added, manifest }
}

function addedEntry(file: PreparedFile, snapshotId: bigint, context: AppendContext): AvroRecord {
  assertInPartition(file, context)
  return {
    [entryField.status]: entryStatus.added,
    [entryField.snapshotId]: snapshotId,
    [entryField.sequenceNumber]: null,
    [entryField.fileSequenceNumber]: null,
    [entryField.dataFile]: dataFileRecord(file, dataFileContext(file, context)),
  }
}

function dataFileContext(file: PreparedFile, { root, spec, leaves, metricsIds }: AppendContext): DataFileContext {
  const field = spec.spec.fields.find(({ transform }) => isTimeTransform(transform))
  return { uri: uriOf(root, file.key), partitionFieldId: field?.['field-id'], leaves, metricsIds }
}

/** A file filed under the wrong partition is invisible to every query with a predicate on time, and nothing else would say so. */
function assertInPartition({ key, partitionValue, metrics }: PreparedFile, { spec, leaves }: AppendContext): void {
  const { partitionBy } = spec
  assert(
    (partitionBy === 'none') === (partitionValue === null),
    `${key}: a partition value does not fit a table partitioned by ${partitionBy}`,
  )
  if (partitionBy === 'none') return
  const bounds = metrics.columns.find(({ fieldId }) => leaves.get(fieldId)?.path === PARTITION_SOURCE)
  for (const bound of [bounds?.lower, bounds?.upper])
    assert(
      typeof bound !== 'bigint' || partitionValueOf(partitionBy, Number(bound / MICROS_PER_MS)) === partitionValue,
      `${key}: some rows do not belong to the ${partitionBy} ${partitionValue}`,
    )
}

/** The same append has the same id in every process that retries it; file names are drawn at random, so no other has it. */
export function appendIdOf({ files, ranges }: TableAppend): string {
  const keys = files.map(({ key }) => key).sort()
  const offsets = ranges.map(({ partition, offsetFirst, nextOffset }) => `${partition}:${offsetFirst}-${nextOffset}`)
  return hash('sha256', [...keys, ...offsets].join('\n'), 'hex').slice(0, 32)
}

/** Kafka's timestamps are whole milliseconds, so nothing is cut off. */
const MICROS_PER_MS = 1000n
