import { settingSpecs } from '../settings.ts'
import { argument, choiceFlag, isFlagSet, jsonOption, textFlag, type Command } from './command.ts'

const query: Command = {
  name: 'query',
  summary: 'Run SQL over the tables of a data directory, whether its server is running or not.',
  usage: 'SQL [--data-dir DIR] [--format iceberg|delta] [--namespace NAME]',
  details: [
    'Each table is a view over the files that are live now: iceberg.orders and delta.orders, and for a table of',
    'another namespace iceberg."sales.orders". A bare name is looked up in the schema of --format, then in the other.',
    "The SQL is DuckDB's; it runs in this process, nothing is downloaded, and tables are only read.",
  ],
  options: {
    'data-dir': {
      type: 'string',
      value: 'DIR',
      doc: 'The data directory of the server. HEADGATE_DATA_DIR',
      fallback: settingSpecs['data-dir'].fallback,
    },
    format: { type: 'string', value: 'iceberg|delta', doc: 'Whose tables a bare name means first.', fallback: 'iceberg' },
    namespace: {
      type: 'string',
      value: 'NAME',
      doc: 'The namespace whose tables need no qualification. HEADGATE_NAMESPACE',
      fallback: settingSpecs.namespace.fallback,
    },
    ...jsonOption,
  },
  positionals: ['SQL'],
  examples: [
    "headgate query 'SELECT count(*) FROM orders'",
    "headgate query 'SELECT * FROM delta.orders ORDER BY _kafka_offset DESC LIMIT 10'",
    "headgate query 'SHOW ALL TABLES'",
    'headgate query \'SELECT * FROM iceberg."sales.orders"\' --json | jq .id',
  ],
  exits: ['notFound', 'unavailable'],
  async run(invocation) {
    const { environment, stdout, stderr, signal } = invocation
    const setting = (name: 'data-dir' | 'namespace', variable: string): string =>
      textFlag(invocation, name) ?? (environment[variable] || settingSpecs[name].fallback)
    const { runQuery } = await import('./query/run-query.ts')
    return runQuery(
      {
        sql: argument(invocation, 0),
        dataDir: setting('data-dir', 'HEADGATE_DATA_DIR'),
        namespace: setting('namespace', 'HEADGATE_NAMESPACE'),
        firstFormat: choiceFlag(invocation, 'format', ['iceberg', 'delta']) ?? 'iceberg',
        isJson: isFlagSet(invocation, 'json'),
      },
      { stdout, stderr, environment, signal },
    )
  },
}

export const queryCommands: readonly Command[] = [query]
