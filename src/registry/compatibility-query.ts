import { configInScope } from './config.ts'
import { mappedRowType, tableRefusal } from './lake-check.ts'
import { decideRegistration, messagesAgainst } from './registration.ts'
import { RegistryError, registryErrors } from './registry-error.ts'
import type { RegisteredVersion } from './registry-index.ts'
import type { RegistryView } from './registry-view.ts'
import { checkVersionedSubject } from './subject.ts'
import { readSubmitted, type ReadSchema, type SubmittedSchema } from './submitted-schema.ts'
import { topicOfValueSubject } from './subject-names.ts'
import { changesText, columnChanges, newColumns, type ColumnChange } from './table-preview.ts'
import type { WantedVersion } from './versions.ts'

export interface CompatibilityQuery {
  /** One version, or those that the subject's level looks at. */
  readonly against: WantedVersion | 'level'
  readonly isNormalized: boolean
  readonly isVerbose: boolean
  /** Also what a registration would be answered, and what it would do to the topic's table. */
  readonly withTable: boolean
}

export interface CompatibilityAnswer {
  readonly isCompatible: boolean
  /** Why not; empty unless it was asked for. */
  readonly messages: readonly string[]
  readonly table?: TablePreview
  readonly registration?: RegistrationAnswer
}

/** What a registration of the schema would be answered now. */
export type RegistrationAnswer =
  /** It would become this version. */
  | { readonly kind: 'registered'; readonly version: number }
  /** It is this version already: nothing would change. */
  | { readonly kind: 'known'; readonly version: number }
  | { readonly kind: 'refused'; readonly errorCode: number; readonly message: string }

export interface TablePreview {
  /** Null for a subject that feeds no table. */
  readonly topic: string | null
  /** False while the topic has no table: then every column is new. */
  readonly exists: boolean
  readonly changes: readonly ColumnChange[]
  /** The same, for people. */
  readonly text: string
  /** Why the table could not follow; null when it could. */
  readonly refusal: string | null
}

/** Holds a schema against versions, and changes nothing. Throws RegistryError 40402 or 42201. */
export function answerCompatibility(
  view: RegistryView,
  subject: string,
  submitted: SubmittedSchema,
  query: CompatibilityQuery,
): CompatibilityAnswer {
  const answer = heldAgainst(view, subject, submitted, query)
  return query.withTable ? { ...answer, registration: registrationAnswer(view, subject, submitted, query) } : answer
}

function heldAgainst(
  view: RegistryView,
  subject: string,
  submitted: SubmittedSchema,
  { against, isNormalized, isVerbose, withTable }: CompatibilityQuery,
): CompatibilityAnswer {
  const versions = versionsToCompare(view, subject, against)
  const config = configInScope(view.index, subject)
  try {
    const options = {
      isNormalized: isNormalized || config.normalize === true,
      mayReferToDeleted: false,
      isNew: config.validateNewSchemas !== false,
    }
    const read = readSubmitted(view, subject, submitted, options)
    const messages = messagesAgainst(view, read, versions, config)
    const table = withTable ? { table: previewTable(view, subject, read) } : {}
    return { isCompatible: messages.length === 0, messages: isVerbose ? messages : [], ...table }
  } catch (error) {
    if (!isVerbose || !(error instanceof RegistryError) || error.errorCode !== 42201) throw error
    return { isCompatible: false, messages: [error.message] }
  }
}

/** The decision itself says it, so that a check and a registration cannot disagree. */
function registrationAnswer(
  view: RegistryView,
  subject: string,
  submitted: SubmittedSchema,
  { isNormalized }: CompatibilityQuery,
): RegistrationAnswer {
  try {
    checkVersionedSubject(subject)
    const { changes, result } = decideRegistration(view, subject, submitted, { isNormalized })
    return { kind: changes.length === 0 ? 'known' : 'registered', version: result.version }
  } catch (error) {
    if (!(error instanceof RegistryError)) throw error
    return { kind: 'refused', errorCode: error.errorCode, message: error.message }
  }
}

function versionsToCompare({ index }: RegistryView, subject: string, against: WantedVersion | 'level'): readonly RegisteredVersion[] {
  if (against === 'level') return index.liveVersions(subject)
  const found = against === 'latest' ? index.latest(subject) : index.version(subject, against)
  if (found && !found.isDeleted) return [found]
  // Anything may become the first version. Of a subject that is not there the original says the same as of a version.
  if (against === 'latest') return []
  throw registryErrors.versionNotFound(against)
}

function previewTable({ tableOf }: RegistryView, subject: string, { parsed }: ReadSchema): TablePreview {
  const topic = topicOfValueSubject(subject)
  if (topic === undefined) return { topic: null, exists: false, changes: [], text: `${subject} feeds no table`, refusal: null }
  const rowType = mappedRowType(parsed)
  const table = tableOf(subject)
  const changes = table ? columnChanges(table, rowType) : newColumns(rowType)
  const refusal = tableRefusal(rowType, table) ?? null
  return { topic, exists: table !== undefined, changes, text: changesText(changes), refusal }
}
