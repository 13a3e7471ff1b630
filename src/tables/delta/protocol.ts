import { HeadgateError } from '../../shared/errors.ts'
import type { Protocol } from './actions.ts'

/**
 * Whether this writer may append under a table's protocol. The protocol asks a writer to refuse what it does not
 * implement: a foreign writer may have switched on constraints or generated columns that an append must honour.
 */
export function assertWritable(
  { minReaderVersion, minWriterVersion, readerFeatures = [], writerFeatures = [] }: Protocol,
  table: string,
): void {
  if (minWriterVersion <= 2 && minReaderVersion <= 1) return
  const unknown = [...readerFeatures, ...writerFeatures].find((feature) => !appendableFeatures.has(feature))
  if (minWriterVersion === 7 && minReaderVersion <= 3 && unknown === undefined) return
  const what = unknown === undefined ? `protocol (${minReaderVersion},${minWriterVersion})` : `table feature ${unknown}`
  throw new HeadgateError('unsupported', `Delta table ${table} asks its writers for ${what}, which an append of Headgate's cannot honour`)
}

/** Features that ask nothing of an append, or that an append keeps. */
const appendableFeatures: ReadonlySet<string> = new Set([
  'appendOnly',
  'timestampNtz',
  // Old rows may be marked as deleted; new files carry no marks.
  'deletionVectors',
  'domainMetadata',
  'vacuumProtocolCheck',
])
