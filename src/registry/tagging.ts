import { withTags, type TagChanges } from './inline-tags.ts'
import type { Metadata } from './metadata.ts'
import type { RegisteredVersion } from './registry-index.ts'
import type { RegistryView } from './registry-view.ts'
import { mergeRuleSets, withoutRules, type RuleSet } from './rule-set.ts'
import type { SubmittedSchema } from './submitted-schema.ts'

/** How a version is to be said anew: tags in its text, its metadata, its rules. */
export interface Tagging extends TagChanges {
  readonly newVersion: number | undefined
  readonly metadata: Metadata | undefined
  readonly ruleSet: RuleSet | undefined
  /** Over the rules of the version before, instead of `ruleSet`. */
  readonly rulesToMerge: RuleSet | undefined
  readonly rulesToRemove: readonly string[]
}

/** The version as it is to be registered next. Throws RegistryError 42201. */
export function taggedSchema(view: RegistryView, version: RegisteredVersion, tagging: Tagging): SubmittedSchema {
  const content = view.schemas.content(version.schema)
  const { newVersion = -1, rulesToMerge, rulesToRemove } = tagging
  const isMerged = rulesToMerge !== undefined || rulesToRemove.length > 0
  const ruleSet = isMerged
    ? withoutRules(mergeRuleSets(rulesBefore(view, version, newVersion), rulesToMerge), rulesToRemove)
    : tagging.ruleSet
  const metadata = tagging.metadata ?? content.metadata
  return {
    schemaType: content.schemaType,
    schema: withTags(content.schemaType, content.schema, tagging),
    references: content.references,
    version: newVersion,
    ...(metadata ? { metadata } : {}),
    // Rules that were all taken away are none, not those of the version before.
    ...(ruleSet || isMerged ? { ruleSet: ruleSet ?? {} } : {}),
  }
}

function rulesBefore({ index, schemas }: RegistryView, { subject }: RegisteredVersion, newVersion: number): RuleSet | undefined {
  const before = newVersion > 1 ? index.version(subject, newVersion - 1) : index.latest(subject)
  return before && schemas.content(before.schema).ruleSet
}
