import type * as DuckDb from '@duckdb/node-api'
import { HeadgateError, messageOf } from '../../shared/errors.ts'
import { limits } from '../../shared/limits.ts'
import type { Invocation } from '../command.ts'
import { exitCodes } from '../exit-codes.ts'
import { withoutControls } from '../output/text-width.ts'
import { loadDuckDb, openDuckDb } from './duckdb.ts'
import { lakeFormats, type LakeFormat, type LakeTable, type UnreadableTable } from './lake-table.ts'
import { lakeTables } from './lake-tables.ts'
import { viewSql } from './view-sql.ts'
import { writeRowsAsJson, writeRowsAsTable } from './write-rows.ts'

export interface QueryOptions {
  readonly sql: string
  readonly dataDir: string
  /** Whose tables need no qualification. */
  readonly namespace: string
  readonly firstFormat: LakeFormat
  readonly isJson: boolean
}

type QueryWorld = Pick<Invocation, 'stdout' | 'stderr' | 'environment' | 'signal'>

/** `headgate query`: a view for each table, then the SQL. Rows are made text a chunk at a time. */
export async function runQuery(options: QueryOptions, world: QueryWorld): Promise<number> {
  const duckDb = await loadDuckDb()
  const { tables, unreadable } = await lakeTables(options.dataDir, options.sql)
  const connection = await openDuckDb(duckDb)
  const stopInterrupting = interruptWhenAsked(connection, world.signal)
  try {
    for (const table of tables) await createView(connection, table, { namespace: options.namespace, unreadable })
    await connection.run(
      `SET search_path = '${[options.firstFormat, ...lakeFormats.filter((name) => name !== options.firstFormat)].join(',')}'`,
    )
    world.signal.throwIfAborted()
    // Not `stream`: where a streamed result fails half-way, the binding lets it end as if that were all of it.
    const result = await connection.run(options.sql)
    await (options.isJson ? writeRowsAsJson(result, duckDb, world) : writeRowsAsTable(result, duckDb, world))
    return exitCodes.ok
  } catch (error) {
    world.signal.throwIfAborted()
    throw failureOf(error)
  } finally {
    stopInterrupting()
    sayUnreadable(unreadable, world)
    connection.closeSync()
  }
}

/** Returns how to stop. DuckDB forgets an interruption that comes between two statements, so it is told again. */
function interruptWhenAsked(connection: DuckDb.DuckDBConnection, signal: AbortSignal): () => void {
  let again: NodeJS.Timeout | undefined
  const interrupt = (): void => {
    connection.interrupt()
    again = setTimeout(interrupt, limits.queryInterruptAgainMs)
  }
  if (signal.aborted) interrupt()
  signal.addEventListener('abort', interrupt)
  return () => {
    signal.removeEventListener('abort', interrupt)
    clearTimeout(again)
  }
}

/** A table whose files DuckDB cannot read is left out like one whose metadata cannot be. */
async function createView(
  connection: DuckDb.DuckDBConnection,
  table: LakeTable,
  { namespace, unreadable }: { namespace: string; unreadable: UnreadableTable[] },
): Promise<void> {
  try {
    await connection.run(viewSql(table, { namespace }))
  } catch (error) {
    unreadable.push({ format: table.format, namespace: table.namespace, table: table.table, problem: messageOf(error) })
  }
}

/** What DuckDB refuses is mostly the SQL; files can be gone, because a table was maintained meanwhile. */
function failureOf(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof HeadgateError) return error
  const [, duckDbKind] = /\b([A-Z][\w ]*) Error: /.exec(error.message) ?? []
  if (duckDbKind === undefined) return error
  return new HeadgateError(duckDbKind === 'IO' ? 'store-unavailable' : 'invalid-argument', error.message, { cause: error })
}

/** The result goes on: the table may not be what the query is about. */
function sayUnreadable(unreadable: readonly UnreadableTable[], { stderr }: QueryWorld): void {
  for (const { format, namespace, table, problem } of unreadable)
    stderr.write(`headgate: left out ${format} table ${namespace}.${table}: ${withoutControls(problem)}\n`)
}
