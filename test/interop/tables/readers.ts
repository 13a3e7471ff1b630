import type { Row, Value } from '../support/notation.ts'
import type { ToolProcess } from '../support/tool-process.ts'

/** What a reader says of a table: the type of each column as Iceberg calls it, and the rows in its order. */
export interface FoundTable {
  readonly columns: { readonly [name: string]: string }
  readonly rows: Row[]
  /** How many files were left to read, where the reader tells. */
  readonly files?: number
}

interface Asked {
  readonly tool: ToolProcess
  readonly dataDir: string
  readonly table: string
  /** In what SQL and PyIceberg's expressions have in common. Not every reader takes one. */
  readonly filter?: string
}

type Reader = (asked: Asked) => Promise<FoundTable>

/** Of a list of structs and a map to structs, PyIceberg 0.12 cannot tell null from empty, in its own files either. */
export const pyiceberg = 'PyIceberg, through the catalog'

export function asPyicebergReads(row: Row, columns: { readonly [name: string]: string }): Row {
  const blurred = Object.entries(columns).flatMap(([name, type]): [string, Value][] => {
    if (row[name] !== null) return []
    if (type.startsWith('list<struct')) return [[name, []]]
    return /^map<\w+, struct/.test(type) ? [[name, { $map: [] }]] : []
  })
  return { ...row, ...Object.fromEntries(blurred) }
}

/** Every way into the same rows, by format and by engine. */
export const readers = {
  [pyiceberg]: ({ tool, dataDir, table, filter = '' }) => ask(tool, 'iceberg_table.read', { data_dir: dataDir, table, filter }),
  'delta-rs, through PyArrow': ({ tool, dataDir, table }) => ask(tool, 'delta_table.read', { data_dir: dataDir, table }),
  'delta-rs, by its own engine': ({ tool, dataDir, table, filter = 'true' }) =>
    ask(tool, 'delta_table.query', { data_dir: dataDir, table, filter }),
  'DuckDB, over the files': async ({ tool, dataDir, table, filter = 'true' }) => {
    const paths = await tool.call<string[]>('iceberg_table.files', { data_dir: dataDir, table })
    return ask(tool, 'duckdb_reader.files', { paths, filter })
  },
  'DuckDB, by its Iceberg extension': async ({ tool, dataDir, table, filter = 'true' }) => {
    const location = await tool.call<string>('iceberg_table.metadata_location', { data_dir: dataDir, table })
    return ask(tool, 'duckdb_reader.iceberg', { metadata_location: location, filter })
  },
  'DuckDB, by its Delta extension': ({ tool, dataDir, table, filter = 'true' }) =>
    ask(tool, 'duckdb_reader.delta', { root: `${dataDir}/lake/default/${table}/data`, filter }),
} satisfies { [name: string]: Reader }

export type ReaderName = keyof typeof readers

async function ask(tool: ToolProcess, call: string, input: { readonly [argument: string]: unknown }): Promise<FoundTable> {
  return tool.call(call, input)
}

/** By partition and offset: no reader promises an order. */
export function sortRows(rows: readonly Row[]): Row[] {
  return rows.toSorted(
    (a, b) => Number(a['_kafka_partition']) - Number(b['_kafka_partition']) || Number(a['_kafka_offset']) - Number(b['_kafka_offset']),
  )
}
