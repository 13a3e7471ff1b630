import type { JsonNode } from '../json-text.ts'
import type { LogicalType } from './logical-type.ts'

/**
 * An Avro schema, resolved: a use of a named type is the very object of its definition, so that the graph may have
 * cycles. Everything the text said that matters to a reader, a writer or the registry is here.
 */
export type AvroType = PrimitiveType | RecordType | EnumType | FixedType | ArrayType | MapType | UnionType
export type NamedType = RecordType | EnumType | FixedType

/** Attributes that the specification does not reserve, in source order: logicalType among them. */
export type Properties = ReadonlyMap<string, JsonNode>

interface Annotated {
  readonly props: Properties
  /** What `logicalType` means here; undefined when it is absent, unknown or wrong for the type (which Avro ignores). */
  readonly logical: LogicalType | undefined
}

export interface PrimitiveType extends Annotated {
  readonly kind: PrimitiveKind
}

export const primitiveKinds = ['null', 'boolean', 'int', 'long', 'float', 'double', 'bytes', 'string'] as const
export type PrimitiveKind = (typeof primitiveKinds)[number]

export interface TypeName {
  /** Without its namespace. */
  readonly name: string
  /** '' is the null namespace. */
  readonly namespace: string
  /** `namespace.name`, or the name alone. */
  readonly full: string
}

interface Named extends Annotated {
  readonly name: TypeName
  readonly doc: string | undefined
  readonly aliases: readonly TypeName[]
}

export interface RecordType extends Named {
  readonly kind: 'record'
  /** Written as `error`: a record in all but name. */
  readonly isError: boolean
  readonly fields: readonly RecordField[]
}

export interface RecordField {
  readonly name: string
  /** As the schema has it. */
  readonly type: AvroType
  /** How values are read: `type`, with a logicalType that stands beside a plain type name in the field. */
  readonly valueType: AvroType
  readonly doc: string | undefined
  readonly default: JsonNode | undefined
  readonly order: 'ascending' | 'descending' | 'ignore'
  readonly aliases: readonly string[]
  readonly props: Properties
}

export interface EnumType extends Named {
  readonly kind: 'enum'
  readonly symbols: readonly string[]
  readonly default: string | undefined
}

export interface FixedType extends Named {
  readonly kind: 'fixed'
  /** Bytes. */
  readonly size: number
}

export interface ArrayType extends Annotated {
  readonly kind: 'array'
  readonly items: AvroType
}

export interface MapType extends Annotated {
  readonly kind: 'map'
  readonly values: AvroType
}

export interface UnionType {
  readonly kind: 'union'
  readonly branches: readonly AvroType[]
}

/** A default and where it stands. It may be of a type that is still open there. */
export interface FieldDefault {
  readonly type: AvroType
  readonly value: JsonNode
  readonly path: string
}

/** A parsed definition: the root type and every named type by full name, the references' included. */
export interface AvroSchema {
  readonly root: AvroType
  readonly names: ReadonlyMap<string, NamedType>
  /** Full names that the references define: the canonical text uses them without repeating them. */
  readonly referencedNames: ReadonlySet<string>
  /** Of the fields of the text itself: Java reads a schema whatever they are, and checks them only where one is new. */
  readonly defaults: readonly FieldDefault[]
}

export function isNamed(type: AvroType): type is NamedType {
  return type.kind === 'record' || type.kind === 'enum' || type.kind === 'fixed'
}

/** What a union calls a branch, and a message a type: the full name, or the kind. */
export function branchName(type: AvroType): string {
  return isNamed(type) ? type.name.full : type.kind
}
