import { assert } from '../../shared/assert.ts'
import { utf8Bytes } from '../../shared/bytes.ts'
import type { Clock } from '../../shared/clock.ts'
import { isErrorOfKind, messageOf } from '../../shared/errors.ts'
import type { JsonObject } from '../../shared/json.ts'
import { limits } from '../../shared/limits.ts'
import { randomUuid, type Random } from '../../shared/random.ts'
import { backoffMs } from '../../shared/retry.ts'
import type { AppendOutcome, PreparedFile, TableAppend, TableProgress } from '../table-commit.ts'
import { addLine, formatCommit, txnLine, type Txn } from './actions.ts'
import { commitName } from './log-names.ts'
import { followCommits, type DeltaLog } from './load.ts'
import { statsText } from './stats.ts'
import { assertWritable } from './protocol.ts'
import { ownedRowType } from './new-table.ts'
import type { NewTable } from '../table-commit.ts'
import { applyActions, type TableState } from './table-state.ts'

export interface DeltaWriter {
  readonly log: DeltaLog
  readonly table: NewTable
  readonly engineInfo: string
  readonly clock: Clock
  readonly random: Random
}

/**
 * Appends files as a blind append (Delta protocol, "Transaction Identifiers"; conflict rules of a blind append): the
 * next version is taken by whoever creates its file first. Each partition's `txn` carries its next offset, so that the
 * table itself says whether an append is in it, whoever's answer was lost. Answers the state after it, too.
 */
export async function commitAppend(
  writer: DeltaWriter,
  known: TableState,
  append: TableAppend,
  signal?: AbortSignal,
): Promise<{ outcome: AppendOutcome; state: TableState }> {
  const { clock, random, log } = writer
  const lines = appendLines(writer, append)
  let state = known
  let reason = 'other writers took every version that was tried'
  for (let attempt = 1; attempt <= limits.commitAttemptsMax; attempt++) {
    try {
      state = (await followCommits(log, state, { signal })) ?? state
      const settled = settledOutcome(writer, state, append)
      if (settled) return { outcome: settled, state }
      const version = state.version + 1n
      const text = formatCommit([commitInfoLine(writer, append), ...lines])
      if (
        (await log.store.putIfAbsent(`${log.logPrefix}/${commitName(version)}`, utf8Bytes(text), signal ? { signal } : {})) === 'created'
      ) {
        const actions = append.ranges.map((range) => ({ kind: 'txn', txn: txnOf(writer, range) }) as const)
        return { outcome: { kind: 'committed', version }, state: applyActions(state, { version, actions }) }
      }
    } catch (error) {
      if (!isErrorOfKind(error, 'store-unavailable') && !isErrorOfKind(error, 'store-outcome-unknown')) throw error
      // After a lost answer the next turn looks first: the file may be ours.
      reason = messageOf(error)
    }
    await clock.sleep(backoffMs(attempt, limits.commitBackoff, random), signal)
  }
  return { outcome: { kind: 'unresolved', reason }, state }
}

/** Next offsets per partition, as the table's `txn` actions say. */
export function progressOf({ txns }: TableState, topicId: string): TableProgress {
  const prefix = appIdPrefix(topicId)
  const own = [...txns].filter(([appId]) => appId.startsWith(prefix))
  return { nextOffsets: new Map(own.map(([appId, { version }]) => [Number(appId.slice(prefix.length)), version])) }
}

/** Committed already, or not appendable at all; undefined when the append can be tried. */
function settledOutcome({ table }: DeltaWriter, state: TableState, { ranges }: TableAppend): AppendOutcome | undefined {
  assertWritable(state, `${table.namespace}.${table.table}`)
  ownedRowType(state.metaData, table)
  assert(ranges.length > 0, 'an append without a range')
  const progress = progressOf(state, table.topicId)
  const at = (partition: number): bigint => progress.nextOffsets.get(partition) ?? 0n
  if (ranges.every(({ partition, nextOffset }) => at(partition) >= nextOffset)) {
    const versions = ranges.map(({ partition }) => state.txns.get(appIdOf(table.topicId, partition))?.setAt ?? state.version)
    return { kind: 'committed', version: versions.reduce((latest, version) => (version > latest ? version : latest)) }
  }
  return ranges.every(({ partition, offsetFirst }) => at(partition) === offsetFirst) ? undefined : { kind: 'stale', progress }
}

function appendLines(writer: DeltaWriter, { files, ranges }: TableAppend): JsonObject[] {
  const nowMs = writer.clock.now()
  return [...ranges.map((range) => txnLine(txnOf(writer, range))), ...files.map((file) => addLine(addOf(writer, file, nowMs)))]
}

function addOf({ table }: DeltaWriter, { key, metrics }: PreparedFile, nowMs: number): Parameters<typeof addLine>[0] {
  const root = `${dataPrefix(table)}/`
  assert(key.startsWith(root), 'a file outside the table')
  return {
    path: key.slice(root.length),
    sizeBytes: metrics.sizeBytes,
    modificationTimeMs: nowMs,
    partitionValues: {},
    stats: statsText(table.rowType, metrics),
  }
}

function txnOf({ clock, table }: DeltaWriter, { partition, nextOffset }: TableAppend['ranges'][number]): Txn {
  return { appId: appIdOf(table.topicId, partition), version: nextOffset, lastUpdatedMs: clock.now() }
}

function commitInfoLine({ clock, engineInfo, random, table }: DeltaWriter, { files, ranges, schemaIds }: TableAppend): JsonObject {
  const sum = (of: (file: PreparedFile) => number): string => String(files.reduce((total, file) => total + of(file), 0))
  return {
    commitInfo: {
      timestamp: clock.now(),
      operation: 'STREAMING UPDATE',
      operationParameters: { outputMode: 'Append', queryId: table.topicId },
      engineInfo,
      txnId: randomUuid(random),
      isBlindAppend: true,
      operationMetrics: {
        numAddedFiles: String(files.length),
        numOutputRows: sum(({ metrics }) => metrics.rowCount),
        numOutputBytes: sum(({ metrics }) => metrics.sizeBytes),
      },
      'headgate.ranges': ranges.map(({ partition, offsetFirst, nextOffset, highTimestampMs }) => ({
        partition,
        offsetFirst,
        nextOffset,
        highTimestampMs,
      })),
      'headgate.schema-ids': [...schemaIds],
    },
  }
}

export function dataPrefix({ namespace, table }: { namespace: string; table: string }): string {
  return `${namespace}/${table}/data`
}

function appIdPrefix(topicId: string): string {
  return `headgate/${topicId}/`
}

function appIdOf(topicId: string, partition: number): string {
  return `${appIdPrefix(topicId)}${partition}`
}
