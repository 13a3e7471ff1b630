import type * as DuckDb from '@duckdb/node-api'
import { HeadgateError, messageOf } from '../../shared/errors.ts'
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

/** `headgate query`: a view for each table, then the SQL, whose rows are written as they come. */
export async function runQuery(options: QueryOptions, world: QueryWorld): Promise<number> {
  const duckDb = await loadDuckDb()
  const { tables, unreadable } = await lakeTables(options.dataDir, options.sql)
  const connection = await openDuckDb(duckDb)
  const interrupt = (): void => connection.interrupt()
  world.signal.addEventListener('abort', interrupt)
  try {
    for (const table of tables) await createView(connection, table, { namespace: options.namespace, unreadable })
    await connection.run(
      `SET search_path = '${[options.firstFormat, ...lakeFormats.filter((name) => name !== options.firstFormat)].join(',')}'`,
    )
    const result = await connection.stream(options.sql)
    await (options.isJson ? writeRowsAsJson(result, duckDb, world) : writeRowsAsTable(result, duckDb, world))
    return exitCodes.ok
  } catch (error) {
    world.signal.throwIfAborted()
    throw failureOf(error)
  } finally {
    world.signal.removeEventListener('abort', interrupt)
    sayUnreadable(unreadable, world)
    connection.closeSync()
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
