import type * as DuckDb from '@duckdb/node-api'
import { HeadgateError, messageOf } from '../../shared/errors.ts'
import { limits } from '../../shared/limits.ts'
import type { Invocation } from '../command.ts'
import { exitCodes } from '../exit-codes.ts'
import { withoutControls } from '../output/text-width.ts'
import { loadDuckDb, openDuckDb, type DuckDbModule } from './duckdb.ts'
import { lakeFormats, type LakeFormat, type LakeTable, type UnreadableTable } from './lake-table.ts'
import { lakeTables } from './lake-tables.ts'
import { viewSql } from './view-sql.ts'
import { write } from '../output/write.ts'
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
    await runStatements(connection, options, { duckDb, world })
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

/** One after the other, because one may need what another makes; given all at once, DuckDB shows one result of many. */
async function runStatements(
  connection: DuckDb.DuckDBConnection,
  { sql, isJson }: Pick<QueryOptions, 'sql' | 'isJson'>,
  { duckDb, world }: { duckDb: DuckDbModule; world: QueryWorld },
): Promise<void> {
  const statements = await statementsOf(connection, sql)
  let written = 0
  for (let index = 0; index < statements.count; index++) {
    world.signal.throwIfAborted()
    // Not `stream`: where a streamed result fails half-way, the binding lets it end as if that were all of it.
    const result = await (await statements.prepare(index)).run()
    if (result.returnType === duckDb.ResultReturnType.NOTHING) continue
    if (isJson) await writeRowsAsJson(result, duckDb, world)
    else {
      if (written > 0) await write(world.stdout, '\n')
      await writeRowsAsTable(result, duckDb, world)
    }
    written++
  }
}

/** SQL that cannot be parsed fails with DuckDB's words; for SQL without a statement the binding has none. */
async function statementsOf(connection: DuckDb.DuckDBConnection, sql: string): Promise<DuckDb.DuckDBExtractedStatements> {
  try {
    return await connection.extractStatements(sql)
  } catch (error) {
    if (kindOf(error) !== undefined) throw error
    throw new HeadgateError('invalid-argument', 'SQL: expected a statement, got none', { cause: error })
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
  if (error instanceof HeadgateError) return error
  const duckDbKind = kindOf(error)
  if (duckDbKind === undefined) return error
  return new HeadgateError(duckDbKind === 'IO' ? 'store-unavailable' : 'invalid-argument', messageOf(error), { cause: error })
}

/** `Catalog` of `Catalog Error: ...`. */
function kindOf(error: unknown): string | undefined {
  return /\b([A-Z][\w ]*) Error: /.exec(messageOf(error))?.[1]
}

/** The result goes on: the table may not be what the query is about. */
function sayUnreadable(unreadable: readonly UnreadableTable[], { stderr }: QueryWorld): void {
  for (const { format, namespace, table, problem } of unreadable)
    stderr.write(`headgate: left out ${format} table ${namespace}.${table}: ${withoutControls(problem)}\n`)
}
