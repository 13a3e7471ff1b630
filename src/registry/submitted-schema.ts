import type { ParsedSchema, SchemaType } from '../schema/language.ts'
import { limits } from '../shared/limits.ts'
import type { TagChanges } from './inline-tags.ts'
import { mergeMetadata, type Metadata } from './metadata.ts'
import type { RegistryConfig } from './config.ts'
import { registryErrors } from './registry-error.ts'
import type { RegistryView } from './registry-view.ts'
import { mergeRuleSets, nonEmptyRuleSet, type RuleSet } from './rule-set.ts'
import type { SchemaContent, SchemaReference } from './schema-content.ts'
import { subjectBeside } from './subject.ts'
import { compareText } from '../shared/text-order.ts'

/** A schema as a client sends it. */
export interface SubmittedSchema {
  readonly schemaType: SchemaType
  /** Empty: that of the version before. */
  readonly schema: string
  readonly references: readonly SchemaReference[]
  readonly metadata?: Metadata
  readonly ruleSet?: RuleSet
  /** The id it has elsewhere; only in modes that take it. */
  readonly schemaId?: number
  /** The version it shall become; -1 for the next one, and to have it written into the metadata. */
  readonly version?: number
  /** Tags to put into the text, or to take out of it. */
  readonly tags?: TagChanges
  /** Whether the tags in the text of the version before go on. */
  readonly isTaggedAsBefore?: boolean
}

/** A submitted schema that was understood: canonical text, concrete references. */
export interface ReadSchema {
  readonly parsed: ParsedSchema
  readonly content: SchemaContent
}

export interface ReadOptions {
  readonly isNormalized: boolean
  /** A schema that is registered anew may not refer to what was deleted; one that is looked up may have. */
  readonly mayReferToDeleted: boolean
  /** Whether it is also held to what only new schemas are held to. */
  readonly isNew: boolean
}

/** Throws RegistryError 42201 or 42209. */
export function readSubmitted(
  { schemas, index }: RegistryView,
  subject: string,
  submitted: SubmittedSchema,
  { isNormalized, mayReferToDeleted, isNew }: ReadOptions,
): ReadSchema {
  const { schemaType, schema: text, metadata, ruleSet } = submitted
  if (text.trim() === '') throw registryErrors.emptySchema()
  checkSize(text)
  if (submitted.references.length > limits.schemaReferencesMax)
    throw registryErrors.invalidSchema(`Invalid schema of type ${schemaType}, details: more than ${limits.schemaReferencesMax} references`)
  const references = submitted.references.map((reference) => concreteReference(reference))
  const definition = { schemaType, text, references: schemas.resolve(references, subject) }
  const parsed = schemas.parseSubmitted(definition, { isNormalized, isNew })
  // What is stored is read again and again, and may be longer than what was sent.
  checkSize(parsed.canonicalText)
  const kept = isNormalized ? distinctSorted(references) : references
  return { parsed, content: contentOf({ schemaType, schema: parsed.canonicalText, references: kept, metadata, ruleSet }) }

  function concreteReference(reference: SchemaReference): SchemaReference {
    const target = subjectBeside(subject, reference.subject)
    const found = reference.version === -1 ? index.latest(target) : index.version(target, reference.version)
    if (found && (mayReferToDeleted || !found.isDeleted)) return { ...reference, version: found.version }
    throw registryErrors.invalidSchema(
      `Invalid schema of type ${schemaType}, details: No schema reference found for subject "${target}" and version ${reference.version}`,
    )
  }
}

function checkSize(text: string): void {
  if (Buffer.byteLength(text) > limits.schemaTextBytesMax) throw registryErrors.tooLarge(limits.schemaTextBytesMax)
}

/** What a subject's config and the version before add to what a schema brings itself. */
export function withInherited(
  submitted: SubmittedSchema,
  config: RegistryConfig,
  previous: Pick<SchemaContent, 'metadata' | 'ruleSet'> | undefined,
): SubmittedSchema {
  const metadata = mergeMetadata(mergeMetadata(config.defaultMetadata, submitted.metadata ?? previous?.metadata), config.overrideMetadata)
  const ownRuleSet = submitted.ruleSet ?? previous?.ruleSet
  const ruleSet = mergeRuleSets(mergeRuleSets(config.defaultRuleSet, ownRuleSet && nonEmptyRuleSet(ownRuleSet)), config.overrideRuleSet)
  const { metadata: _, ruleSet: __, ...rest } = submitted
  return { ...rest, ...(metadata ? { metadata } : {}), ...(ruleSet ? { ruleSet } : {}) }
}

function contentOf({
  metadata,
  ruleSet,
  ...content
}: Omit<SchemaContent, 'metadata' | 'ruleSet'> & { metadata: Metadata | undefined; ruleSet: RuleSet | undefined }): SchemaContent {
  return { ...content, ...(metadata ? { metadata } : {}), ...(ruleSet ? { ruleSet } : {}) }
}

/** Normalised schemas are one schema in whatever order they name what they use. */
function distinctSorted(references: readonly SchemaReference[]): SchemaReference[] {
  const byText = new Map(references.map((reference) => [JSON.stringify([reference.name, reference.subject, reference.version]), reference]))
  return [...byText.values()].sort((a, b) => compareText(a.name, b.name))
}
