import type * as DuckDb from '@duckdb/node-api'
import { HeadgateError, messageOf } from '../../shared/errors.ts'
import type { Invocation } from '../command.ts'
import { exitCodes } from '../exit-codes.ts'
import { withoutControls } from '../output/text-width.ts'
import { loadDuckDb, openDuckDb } from './duckdb.ts'
import { lakeFormats, type LakeFormat, type UnreadableTable } from './lake-table.ts'
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
    for (const table of tables) await connection.run(viewSql(table, options))
    await connection.run(
      `SET search_path = '${[options.firstFormat, ...lakeFormats.filter((name) => name !== options.firstFormat)].join(',')}'`,
    )
    const result = await startQuery(connection, options.sql)
    await (options.isJson ? writeRowsAsJson(result, duckDb, world) : writeRowsAsTable(result, duckDb, world))
    return exitCodes.ok
  } catch (error) {
    world.signal.throwIfAborted()
    throw error
  } finally {
    world.signal.removeEventListener('abort', interrupt)
    sayUnreadable(unreadable, world)
    connection.closeSync()
  }
}

/** DuckDB's errors are about the SQL; one while rows are read, about the files. */
async function startQuery(connection: DuckDb.DuckDBConnection, sql: string): Promise<DuckDb.DuckDBResult> {
  try {
    return await connection.stream(sql)
  } catch (cause) {
    throw new HeadgateError('invalid-argument', messageOf(cause), { cause })
  }
}

/** The result goes on: the table may not be what the query is about. */
function sayUnreadable(unreadable: readonly UnreadableTable[], { stderr }: QueryWorld): void {
  for (const { format, namespace, table, problem } of unreadable)
    stderr.write(`headgate: left out ${format} table ${namespace}.${table}: ${withoutControls(problem)}\n`)
}
