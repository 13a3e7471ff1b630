import type { ParsedSchema } from './language.ts'

/**
 * Whether what was written with one schema can be read with another: the question that every compatibility level is
 * made of. Levels, transitivity and directions are the registry's business (registry/compatibility.ts); a language only
 * answers this one question, by its own rules, for two schemas of its own language.
 */
export type CheckCompatibility = (question: CompatibilityQuestion) => readonly Incompatibility[]

export interface CompatibilityQuestion {
  /** The schema that reads: the newer one for BACKWARD, the older one for FORWARD. JSON and Protobuf rules call it `update`. */
  readonly reader: ParsedSchema
  /** The schema that wrote: the older one for BACKWARD, the newer one for FORWARD. JSON and Protobuf rules call it `original`. */
  readonly writer: ParsedSchema
  /** The words that stand for the two in descriptions: which is the one being registered (`new`)? */
  readonly names: { readonly reader: 'new' | 'old'; readonly writer: 'new' | 'old' }
  /** LENIENT differs from STRICT in JSON only. */
  readonly policy: CompatibilityPolicy
}

export type CompatibilityPolicy = 'STRICT' | 'LENIENT'

/** One rule that is broken. No incompatibility means that everything `writer` wrote can be read with `reader`. */
export interface Incompatibility {
  /** The rule's name in capitals, such as `READER_FIELD_MISSING_DEFAULT_VALUE` or `PROPERTY_REMOVED_FROM_CLOSED_CONTENT_MODEL`. */
  readonly errorType: string
  /** Where: a JSON pointer such as `/fields/2/type` (Avro) or `#/properties/a` (JSON, Protobuf). */
  readonly path: string
  /** One sentence for people that names the path and says `new` and `old` by `names`. */
  readonly description: string
  /** What was expected and found, where the rule has more to say (Avro). */
  readonly additionalInfo?: string
}

/*
 * A check is bounded work for any two schemas: past the bound it throws HeadgateError `too-large`, which the registry
 * answers as 42201, and the schema is not registered. It never guesses.
 */
