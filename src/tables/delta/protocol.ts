import { HeadgateError } from '../../shared/errors.ts'
import type { MetaData, Protocol } from './actions.ts'

/**
 * Throws unless this writer may append under a table's protocol. The protocol asks a writer to refuse what it does not
 * implement: a foreign writer may have switched on constraints or generated columns that an append must honour.
 */
export function assertWritable({ protocol, metaData }: { protocol: Protocol; metaData: MetaData }, table: string): void {
  const { minReaderVersion, minWriterVersion, readerFeatures = [], writerFeatures = [] } = protocol
  // The expression of a column invariant (Delta protocol, "Column Invariants"); that a column is not null needs none.
  if (metaData.schemaString.includes('"delta.invariants"')) throw unwritable(table, 'a column invariant')
  if (minWriterVersion <= 2 && minReaderVersion <= 1) return
  const unknown = [...readerFeatures, ...writerFeatures].find((feature) => !appendableFeatures.has(feature))
  if (minWriterVersion === 7 && minReaderVersion <= 3 && unknown === undefined) return
  throw unwritable(table, unknown === undefined ? `protocol (${minReaderVersion},${minWriterVersion})` : `table feature ${unknown}`)
}

function unwritable(table: string, what: string): HeadgateError {
  return new HeadgateError('unsupported', `Delta table ${table} asks its writers for ${what}, which an append of Headgate's cannot honour`)
}

/** Features that ask nothing of an append, or that an append keeps. */
const appendableFeatures: ReadonlySet<string> = new Set([
  'appendOnly',
  'invariants',
  'timestampNtz',
  // Old rows may be marked as deleted; new files carry no marks.
  'deletionVectors',
  'domainMetadata',
  'vacuumProtocolCheck',
])
