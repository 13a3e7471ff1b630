import type * as DuckDb from '@duckdb/node-api'
import { HeadgateError, messageOf } from '../../shared/errors.ts'

export type DuckDbModule = typeof DuckDb

/** DuckDB comes as an optional dependency: a production image may be without it, or a platform have no build of it. */
export async function loadDuckDb(): Promise<DuckDbModule> {
  try {
    return await import('@duckdb/node-api')
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    const isMissing = code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND'
    throw new HeadgateError(
      'unsupported',
      isMissing
        ? 'headgate query needs DuckDB, which is not installed; install it with: npm install @duckdb/node-api'
        : `DuckDB does not start here: ${messageOf(cause)}`,
      { cause },
    )
  }
}

/** A database in memory that never reaches for the network: extensions are neither downloaded nor looked for. */
export async function openDuckDb({ DuckDBInstance, DuckDBTimestampTZValue }: DuckDbModule): Promise<DuckDb.DuckDBConnection> {
  const instance = await DuckDBInstance.create(':memory:', { autoinstall_known_extensions: 'false', autoload_known_extensions: 'false' })
  const connection = await instance.connect()
  await connection.run("SET TimeZone = 'UTC'; CREATE SCHEMA iceberg; CREATE SCHEMA delta")
  DuckDBTimestampTZValue.timezoneOffsetInMinutes = 0
  return connection
}
