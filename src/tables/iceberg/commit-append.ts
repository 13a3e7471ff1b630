import { uriOf, type LakeRoot } from '../../objects/lake-root.ts'
import { assert, assertNever } from '../../shared/assert.ts'
import type { Clock } from '../../shared/clock.ts'
import { HeadgateError, messageOf } from '../../shared/errors.ts'
import { limits } from '../../shared/limits.ts'
import type { Logger } from '../../shared/log.ts'
import { randomUuid, type Random } from '../../shared/random.ts'
import { backoffMs } from '../../shared/retry.ts'
import type { AppendOutcome, TableAppend } from '../table-commit.ts'
import { droppedMetadataFiles } from './history.ts'
import { keyInLake, loadTable, type LoadedTable } from './loaded-table.ts'
import { encodeManifestList, listField, manifestPath, type ManifestFile } from './manifest-list.ts'
import type { ManifestListCache } from './manifest-list-cache.ts'
import { mergeManifests, pickMerge, type ManifestMerge } from './merge-manifests.ts'
import { currentSnapshot, idOf, snapshotsOf, type TableMetadata } from './metadata.ts'
import type { ChosenSpec } from './partition-spec.ts'
import { planAppend, planSnapshot } from './plan-append.ts'
import { appendIdOf, prepareAppend, type PreparedAppend } from './prepare-append.ts'
import { isOwnAppend, latestOwnSnapshot, ownLineage, progressOf, progressSummary, type AppendIdentity } from './progress.ts'
import { putNew } from './put-new.ts'
import type { IcebergSchema, Leaf } from './schema.ts'
import type { TablePointer } from './table-pointer.ts'

/** What a commit needs to know of the table it writes; fixed while the table is open. */
export interface TableWriter {
  readonly pointer: TablePointer
  readonly root: LakeRoot
  readonly tableUuid: string
  readonly topicId: string
  /** Object keys of metadata files begin with it: `<namespace>/<table>/metadata`. */
  readonly metadataKey: string
  /** The schema and spec that the files were written with; the table may have newer ones. */
  readonly schema: IcebergSchema
  readonly spec: ChosenSpec
  readonly leaves: ReadonlyMap<number, Leaf>
  readonly metricsIds: ReadonlySet<number>
  readonly clock: Clock
  readonly random: Random
  readonly logger: Logger
  readonly lists: ManifestListCache
}

/**
 * Makes prepared files visible exactly once. The new files' manifest is written before the first attempt; each attempt
 * loads the table, looks whether the append is in it already, and otherwise swaps the pointer to a metadata file that
 * has it. Whatever a lost answer hid, the next look at the table shows.
 */
export async function commitAppend(writer: TableWriter, append: TableAppend, signal?: AbortSignal): Promise<AppendOutcome> {
  assertAppend(append)
  const identity = { topicId: writer.topicId, appendId: appendIdOf(append) }
  let draft: Draft | undefined
  let reason = ''
  for (let attempt = 1; attempt <= limits.commitAttemptsMax; attempt++) {
    const table = await loadForWriting(writer, signal)
    const settled = settledOutcome(table.metadata, append, identity)
    if (settled !== undefined) return settled
    draft ??= await draftAppend(writer, append, table.metadata)
    const outcome = await attemptCommit(writer, table, { append, identity, draft, attempt }, signal)
    if (outcome.kind === 'committed') return outcome
    reason = outcome.reason
    writer.logger.debug({ table: table.metadata.location, attempt, reason }, 'a commit is tried again')
    await writer.clock.sleep(backoffMs(attempt, limits.commitBackoff, writer.random), signal)
  }
  const last = await loadForWriting(writer, signal)
  return (
    settledOutcome(last.metadata, append, identity) ?? { kind: 'unresolved', reason: `${limits.commitAttemptsMax} attempts: ${reason}` }
  )
}

/** The table now, if it is still the one that was opened. */
export async function loadForWriting(writer: TableWriter, signal?: AbortSignal): Promise<LoadedTable> {
  const table = await loadTable(writer.pointer, writer.root, signal)
  if (table === undefined)
    throw new HeadgateError('not-found', `the table at ${writer.metadataKey} is gone from the catalog; create it anew`)
  if (table.metadata['table-uuid'] !== writer.tableUuid)
    throw new HeadgateError('fenced', `${table.metadata.location} was dropped and created anew by somebody else; open it again`)
  return table
}

/** An answer that needs no commit: it is there already, or it does not follow what is there. */
function settledOutcome(metadata: TableMetadata, append: TableAppend, identity: AppendIdentity): AppendOutcome | undefined {
  const progress = progressOf(latestOwnSnapshot(metadata, identity.topicId))
  const nextOffset = (partition: number): bigint => progress.nextOffsets.get(partition) ?? 0n
  if (append.ranges.every(({ partition, offsetFirst }) => nextOffset(partition) === offsetFirst)) return undefined
  const version = landedSnapshotId(metadata, append, identity)
  return version === undefined ? { kind: 'stale', progress } : { kind: 'committed', version }
}

/** The snapshot that holds this very append; walks back no further than to where it would have begun. */
function landedSnapshotId(metadata: TableMetadata, { ranges }: TableAppend, { topicId, appendId }: AppendIdentity): bigint | undefined {
  for (const own of ownLineage(metadata, topicId)) {
    if (own.appendId === appendId) return own.snapshotId
    const isBefore = ranges.every(({ partition, offsetFirst }) => (own.nextOffsets.get(partition) ?? 0n) <= offsetFirst)
    if (isBefore) return undefined
  }
  return undefined
}

/** What was written already and serves every attempt. */
interface Draft {
  readonly uuid: string
  readonly prepared: PreparedAppend
  merge: ManifestMerge | undefined
}

async function draftAppend(writer: TableWriter, append: TableAppend, metadata: TableMetadata): Promise<Draft> {
  const uuid = randomUuid(writer.random)
  const snapshotId = unusedSnapshotId(metadata, writer.random)
  const prepared = await prepareAppend(append, { ...writer, snapshotId, key: `${writer.metadataKey}/${uuid}-m0.avro` })
  return { uuid, prepared, merge: undefined }
}

/** 52 bits, where the spec allows 63: JavaScript readers then see the id as it is. */
function unusedSnapshotId(metadata: TableMetadata, random: Random): bigint {
  const used = new Set(snapshotsOf(metadata).map((snapshot) => idOf(snapshot['snapshot-id'])))
  for (;;) {
    const id = BigInt(`0x${Buffer.from(random.bytes(7)).toString('hex')}`) >> 4n
    if (id > 0n && !used.has(id)) return id
  }
}

interface Attempt {
  readonly append: TableAppend
  readonly identity: AppendIdentity
  readonly draft: Draft
  readonly attempt: number
}

type AttemptOutcome = { readonly kind: 'committed'; readonly version: bigint } | { readonly kind: 'again'; readonly reason: string }

async function attemptCommit(writer: TableWriter, table: LoadedTable, work: Attempt, signal?: AbortSignal): Promise<AttemptOutcome> {
  const { append, identity, draft, attempt } = work
  const { root, random, clock } = writer
  assertSpecKept(writer, table.metadata)
  const plan = planSnapshot(table.metadata, draft.prepared.snapshotId, clock.now())
  const manifests = await manifestsAfter(writer, table, draft, plan.sequenceNumber)
  const listKey = `${writer.metadataKey}/snap-${plan.snapshotId}-${attempt}-${draft.uuid}.avro`
  await putNew(root, listKey, await encodeManifestList({ ...plan, manifests }, random))
  const next = planAppend(table.metadata, {
    plan,
    manifestList: uriOf(root, listKey),
    added: draft.prepared.added,
    progress: progressSummary(append, identity, latestOwnSnapshot(table.metadata, identity.topicId)),
    baseLocation: table.current.location,
    isOwnAppend: (snapshot) => isOwnAppend(snapshot, identity.topicId),
  })
  const outcome = await writer.pointer.swap(table.current, next, signal)
  switch (outcome.kind) {
    case 'committed':
      writer.lists.remember(uriOf(root, listKey), manifests)
      await deleteQuietly(writer, droppedMetadataFiles(table.metadata, next))
      return { kind: 'committed', version: plan.snapshotId }
    case 'conflict':
      await deleteQuietly(writer, [uriOf(root, listKey)])
      return { kind: 'again', reason: 'other writers committed first' }
    case 'unknown':
      return { kind: 'again', reason: `the catalog's answer was lost (${messageOf(outcome.cause)})` }
    default:
      return assertNever(outcome)
  }
}

/** The new list: our manifest, a merged one now and then, and the parent's as they are. */
async function manifestsAfter(writer: TableWriter, table: LoadedTable, draft: Draft, sequenceNumber: bigint): Promise<ManifestFile[]> {
  const parent = currentSnapshot(table.metadata)
  const inherited = parent === undefined ? [] : await writer.lists.manifestsOf(table, parent)
  const merge = await mergeFor(writer, table, draft, inherited)
  const created: ManifestFile[] = []
  if (draft.prepared.manifest !== undefined)
    created.push({ ...draft.prepared.manifest, [listField.sequenceNumber]: sequenceNumber, [listField.minSequenceNumber]: sequenceNumber })
  if (merge !== undefined) created.push({ ...merge.output, [listField.sequenceNumber]: sequenceNumber })
  return [...created, ...inherited.filter((manifest) => !merge?.inputPaths.has(manifestPath(manifest)))]
}

/** A merge of an earlier attempt still fits unless somebody rewrote one of its inputs. */
async function mergeFor(
  writer: TableWriter,
  table: LoadedTable,
  draft: Draft,
  inherited: readonly ManifestFile[],
): Promise<ManifestMerge | undefined> {
  const paths = new Set(inherited.map(manifestPath))
  if (draft.merge !== undefined && [...draft.merge.inputPaths].every((path) => paths.has(path))) return draft.merge
  const inputs = pickMerge(inherited, writer.spec.spec)
  if (inputs.length === 0) return undefined
  const { schema, random, metadataKey } = writer
  const key = `${metadataKey}/${randomUuid(random)}-m1.avro`
  draft.merge = await mergeManifests(table, inputs, { snapshotId: draft.prepared.snapshotId, key, spec: writer.spec.spec, schema, random })
  return draft.merge
}

function assertSpecKept({ spec }: TableWriter, metadata: TableMetadata): void {
  if (metadata['partition-specs'].some((candidate) => candidate['spec-id'] === spec.spec['spec-id'])) return
  throw new HeadgateError(
    'fenced',
    `the partition spec ${spec.spec['spec-id']} was removed from ${metadata.location}; open the table again`,
  )
}

/** Tidying after the outcome is known never changes it. */
async function deleteQuietly({ root, logger }: TableWriter, uris: readonly string[]): Promise<void> {
  for (const uri of uris)
    try {
      await root.store.delete(keyInLake(root, uri))
    } catch (error) {
      logger.warn({ uri, reason: messageOf(error) }, 'a metadata file that is no longer needed was not deleted')
    }
}

function assertAppend({ ranges }: TableAppend): void {
  assert(ranges.length > 0, 'an append moves at least one partition')
  for (const [index, { partition, offsetFirst, nextOffset }] of ranges.entries()) {
    assert(offsetFirst < nextOffset, 'an offset range is not empty')
    const previous = ranges[index - 1]
    assert(previous === undefined || previous.partition < partition, 'ranges ascend by partition')
  }
}
