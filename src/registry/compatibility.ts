import type { CompatibilityPolicy, Incompatibility } from '../schema/compatibility.ts'
import type { ParsedSchema, SchemaLanguage } from '../schema/language.ts'
import { HeadgateError } from '../shared/errors.ts'
import { limits } from '../shared/limits.ts'
import type { CompatibilityLevel, RegistryConfig } from './config.ts'
import type { Metadata } from './metadata.ts'
import { registryErrors } from './registry-error.ts'

/** A version as compatibility sees it. */
export interface ComparedSchema {
  readonly parsed: ParsedSchema
  readonly metadata: Metadata | undefined
}

/** An earlier version; parsed only when it is compared. */
export interface EarlierVersion {
  readonly version: number
  readonly schemaType: ParsedSchema['schemaType']
  readonly metadata: () => Metadata | undefined
  readonly parsed: () => ParsedSchema
}

/**
 * Whether a schema may follow the versions of its subject, as messages for people: none when it may. `earlier` is newest
 * first. The level says which versions are looked at and in which direction; the languages' own rules do the rest.
 */
export function incompatibilities(
  candidate: ComparedSchema,
  earlier: readonly EarlierVersion[],
  { config, language }: { config: RegistryConfig & { readonly compatibilityLevel: CompatibilityLevel }; language: SchemaLanguage },
): string[] {
  const { compatibilityLevel: level, compatibilityPolicy: policy = 'STRICT', compatibilityGroup } = config
  const { directions, isTransitive } = rulesOfLevel[level]
  const group = compatibilityGroup === undefined ? earlier : sameGroup(candidate, earlier, compatibilityGroup)
  for (const version of group.slice(0, isTransitive ? group.length : 1)) {
    const messages = directions.length === 0 ? [] : compare(candidate.parsed, version, { directions, policy, language })
    // The newest version that does not fit is enough to say.
    if (messages.length > 0) return messages
  }
  return []
}

type Direction = 'backward' | 'forward'

const rulesOfLevel: {
  readonly [Level in CompatibilityLevel]: { readonly directions: readonly Direction[]; readonly isTransitive: boolean }
} = {
  NONE: { directions: [], isTransitive: false },
  BACKWARD: { directions: ['backward'], isTransitive: false },
  BACKWARD_TRANSITIVE: { directions: ['backward'], isTransitive: true },
  FORWARD: { directions: ['forward'], isTransitive: false },
  FORWARD_TRANSITIVE: { directions: ['forward'], isTransitive: true },
  FULL: { directions: ['backward', 'forward'], isTransitive: false },
  FULL_TRANSITIVE: { directions: ['backward', 'forward'], isTransitive: true },
}

function sameGroup({ metadata }: ComparedSchema, earlier: readonly EarlierVersion[], property: string): EarlierVersion[] {
  const wanted = metadata?.properties?.[property]
  return earlier.filter((version) => version.metadata()?.properties?.[property] === wanted)
}

interface Comparison {
  readonly directions: readonly Direction[]
  readonly policy: CompatibilityPolicy
  readonly language: SchemaLanguage
}

function compare(candidate: ParsedSchema, earlier: EarlierVersion, { directions, policy, language }: Comparison): string[] {
  if (earlier.schemaType !== candidate.schemaType) return ['Incompatible because of different schema type']
  const found = directions.flatMap((direction) => checked(() => check(candidate, earlier.parsed(), { direction, policy, language })))
  if (found.length === 0) return []
  return [
    ...found.map((one) => messageText(one, candidate)),
    `{oldSchemaVersion: ${earlier.version}}`,
    `{oldSchema: '${shortened(earlier.parsed().canonicalText)}'}`,
  ]
}

function check(
  candidate: ParsedSchema,
  earlier: ParsedSchema,
  { direction, policy, language }: { direction: Direction; policy: CompatibilityPolicy; language: SchemaLanguage },
): readonly Incompatibility[] {
  return direction === 'backward'
    ? language.checkCompatibility({ reader: candidate, writer: earlier, names: { reader: 'new', writer: 'old' }, policy })
    : language.checkCompatibility({ reader: earlier, writer: candidate, names: { reader: 'old', writer: 'new' }, policy })
}

/** A comparison that would take too long is no permission. */
function checked(check: () => readonly Incompatibility[]): readonly Incompatibility[] {
  try {
    return check()
  } catch (error) {
    if (!(error instanceof HeadgateError)) throw error
    throw registryErrors.invalidSchema(`Invalid schema, details: its compatibility cannot be decided: ${error.message}`)
  }
}

/** As Confluent's registry words it: Avro's entries in single quotes, the others' in double ones. */
function messageText({ errorType, description, additionalInfo }: Incompatibility, { schemaType }: ParsedSchema): string {
  if (schemaType === 'AVRO') return `{errorType:'${errorType}', description:'${description}', additionalInfo:'${additionalInfo ?? ''}'}`
  const info = additionalInfo === undefined ? '' : `, additionalInfo:"${additionalInfo}"`
  return `{errorType:"${errorType}", description:"${description}"${info}}`
}

function shortened(text: string): string {
  return text.length <= limits.oldSchemaShownLengthMax ? text : `${text.slice(0, limits.oldSchemaShownLengthMax)}...`
}
