import type { SchemaType } from '../schema/language.ts'
import type { Metadata } from './metadata.ts'
import type { RuleSet } from './rule-set.ts'

/** What is registered, in canonical text: everything that its identity covers, and its type. */
export interface SchemaContent {
  readonly schemaType: SchemaType
  readonly schema: string
  readonly references: readonly SchemaReference[]
  readonly metadata?: Metadata
  readonly ruleSet?: RuleSet
}

export interface SchemaReference {
  readonly name: string
  readonly subject: string
  readonly version: number
}

export const schemaTypes = ['JSON', 'PROTOBUF', 'AVRO'] as const satisfies readonly SchemaType[]

/**
 * The content as it is stored, which is as it is answered: an answer is this text with a few members put in front, and
 * nothing is parsed for it. What is empty is left out.
 */
export function contentText({ schemaType, schema, references, metadata, ruleSet }: SchemaContent): string {
  return JSON.stringify({
    schemaType,
    schema,
    ...(references.length > 0 ? { references } : {}),
    ...(metadata ? { metadata } : {}),
    ...(ruleSet ? { ruleSet } : {}),
  })
}

export function parseContent(text: string): SchemaContent {
  const { references = [], ...content } = JSON.parse(text) as Omit<SchemaContent, 'references'> & Partial<SchemaContent>
  return { ...content, references }
}

/**
 * A reference as the index keeps it: with the id of what it meant when it was registered. A version that is deleted for
 * good is gone as a version, and records of schemas that referred to it must still be read.
 */
export interface ResolvedSchemaReference extends SchemaReference {
  readonly schemaId: number
}

/** Empty when there are none. */
export function referencesText(references: readonly ResolvedSchemaReference[]): string {
  return references.length === 0 ? '' : JSON.stringify(references)
}

export function parseReferences(text: string): readonly ResolvedSchemaReference[] {
  return text === '' ? NO_REFERENCES : (JSON.parse(text) as ResolvedSchemaReference[])
}

/** One for all: nearly every schema refers to nothing. */
const NO_REFERENCES: readonly ResolvedSchemaReference[] = []
