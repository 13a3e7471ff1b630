import type { StructColumn } from '../columns/nested-columns.ts'
import type { StructType } from '../columns/row-type.ts'
import type { CheckCompatibility } from './compatibility.ts'
import type { HasMessage } from './wire-framing.ts'

/** The registry's names for the three languages. */
export type SchemaType = 'AVRO' | 'JSON' | 'PROTOBUF'

/** A schema as registered, with the text of everything it refers to. Plain data: it crosses to a lane's thread. */
export interface SchemaDefinition {
  readonly schemaType: SchemaType
  readonly text: string
  /** Resolved transitively, dependencies first. */
  readonly references: readonly ResolvedReference[]
}

export interface ResolvedReference {
  /** Avro: full type name; JSON: the `$ref` document URI; Protobuf: import path. */
  readonly name: string
  readonly text: string
}

/**
 * What a language's room offers. `parse` throws HeadgateError `invalid-schema` with where and why; the work is bounded
 * by the text's size.
 */
export interface SchemaLanguage {
  readonly schemaType: SchemaType
  parse(definition: SchemaDefinition): ParsedSchema
  /** Both schemas come from this language's `parse`. */
  readonly checkCompatibility: CheckCompatibility
}

export interface ParsedSchema {
  readonly schemaType: SchemaType
  /** The text the registry stores, hashes and answers. */
  readonly canonicalText: string
  /** The text behind `normalize=true`: schemas that differ only in how they are written share it. */
  normalizedText(): string
  /**
   * The text in the form that `?format=` names: `resolved` for Avro, `serialized` and `ignore_extensions` for Protobuf.
   * Undefined for a form that the language does not have.
   */
  formattedText(format: string): string | undefined
  /**
   * Throws HeadgateError `invalid-schema` for what is taken of schemas that exist elsewhere already, but of no new one: in
   * Avro a default that is not a value of its field's type.
   */
  checkAsNew(): void
  /**
   * The value columns of this schema's table under the portable profile, without field ids. `messageIndexes` picks a
   * Protobuf message (default: the first). A root that is not a record is one column `value`.
   * Throws HeadgateError `unsupported` that names the construct and its path when the mapping has no place for it.
   */
  rowType(options?: { messageIndexes?: readonly number[] }): StructType
  /** Protobuf alone has messages to pick from. */
  readonly hasMessage?: HasMessage
  /** Compiles the judge: throws as `rowType` does. */
  compileDecoder(options?: { messageIndexes?: readonly number[] }): RecordDecoder
}

/** Compiled once per (schema, message); bound once per set of builders. */
export interface RecordDecoder {
  /** The columns this decoder writes: `rowType` of the same schema. */
  readonly rowType: StructType
  /** `columns` has one builder per field of `rowType`, in order. */
  bind(columns: StructColumn['fields']): DecodeRecord
}

/**
 * Judges one value, `bytes[start, end)`, and appends exactly one row to every bound column.
 * Throws RecordError when the value is invalid; the columns may then be uneven and the caller truncates them.
 */
export type DecodeRecord = (bytes: Uint8Array, start: number, end: number) => void

/** Why a record is invalid: `path` is like `$.payload.size`, `reason` like `expected long, got string "12k"`. */
export class RecordError extends Error {
  override name = 'RecordError'
  readonly path: string
  readonly reason: string

  constructor(path: string, reason: string) {
    super(`${path}: ${reason}`)
    this.path = path
    this.reason = reason
  }
}
