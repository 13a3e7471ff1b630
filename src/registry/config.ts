import type { CompatibilityPolicy } from '../schema/compatibility.ts'
import type { Metadata } from './metadata.ts'
import type { RegistryIndex } from './registry-index.ts'
import type { RuleSet } from './rule-set.ts'
import { contextPrefix, DEFAULT_CONTEXT, GLOBAL_SCOPE, splitSubject } from './subject.ts'

export const compatibilityLevels = [
  'NONE',
  'BACKWARD',
  'BACKWARD_TRANSITIVE',
  'FORWARD',
  'FORWARD_TRANSITIVE',
  'FULL',
  'FULL_TRANSITIVE',
] as const
export type CompatibilityLevel = (typeof compatibilityLevels)[number]

export const compatibilityPolicies = ['STRICT', 'LENIENT'] as const satisfies readonly CompatibilityPolicy[]

/** What is configured at one place. A field that is absent is inherited. */
export interface RegistryConfig {
  readonly compatibilityLevel?: CompatibilityLevel
  readonly compatibilityPolicy?: CompatibilityPolicy
  /** A metadata property: versions are held only against versions with the same value of it. */
  readonly compatibilityGroup?: string
  /** Every schema is normalised before it is looked up or registered. */
  readonly normalize?: boolean
  /** The subject that is meant when this one is named in a path. */
  readonly alias?: string
  /** Fields that `confluent:reserved` names may not be used. */
  readonly validateFields?: boolean
  /** Whether the defaults of Avro schemas are checked; they are unless this is false. What is imported never is. */
  readonly validateNewSchemas?: boolean
  /** Whether rule sets are checked; they are unless this is false. */
  readonly validateRules?: boolean
  /** Under and over what a schema brings itself. */
  readonly defaultMetadata?: Metadata
  readonly overrideMetadata?: Metadata
  readonly defaultRuleSet?: RuleSet
  readonly overrideRuleSet?: RuleSet
}

/** A change of a config, field by field; null clears. */
export type ConfigUpdate = { readonly [Field in keyof RegistryConfig]: RegistryConfig[Field] | null }

export const defaultConfig = { compatibilityLevel: 'BACKWARD' } as const satisfies RegistryConfig

/** The place of the whole registry: the default context's own. */
export const ROOT_SCOPE = ''

export function configKey(scope: string): string {
  return `config/${scope}`
}

export function configAt(index: RegistryIndex, scope: string): RegistryConfig | undefined {
  return index.document(configKey(scope)) as RegistryConfig | undefined
}

/**
 * What holds for a subject: each field from the nearest place that sets it, of the subject, its context, all contexts
 * and the built-in default.
 */
export function configInScope(index: RegistryIndex, subject: string): RegistryConfig & { readonly compatibilityLevel: CompatibilityLevel } {
  const places = scopesOf(subject).map((scope) => configAt(index, scope) ?? {})
  // An alias is a second name of one subject, never of a context's every subject.
  const { alias: _, ...inherited } = Object.assign({}, ...places.slice(1).toReversed()) as RegistryConfig
  return { ...defaultConfig, ...inherited, ...places[0] }
}

/** Where settings of a subject are looked for, nearest first. */
export function scopesOf(subject: string): string[] {
  const { context, name } = splitSubject(subject)
  const ofContext = context === DEFAULT_CONTEXT ? ROOT_SCOPE : contextPrefix(context)
  return [...(name === '' ? [] : [subject]), ...(ofContext === GLOBAL_SCOPE ? [] : [ofContext]), GLOBAL_SCOPE]
}

export function updatedConfig(config: RegistryConfig | undefined, update: ConfigUpdate): RegistryConfig {
  const merged = { ...config, ...update }
  return Object.fromEntries(Object.entries(merged).filter(([, value]) => value !== null && value !== undefined)) as RegistryConfig
}
