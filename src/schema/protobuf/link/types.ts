import type { EnumNode, ExtendNode, FieldNode, MessageNode, MethodNode, ProtoFile } from '../ast.ts'
import type { SourceText } from '../source-text.ts'
import type { Scope } from './scope.ts'

/**
 * A schema whose names are resolved: messages point to fields, fields to the types they hold. Built by `link` and not
 * changed afterwards. Types may be recursive.
 */
export interface LinkedSchema {
  readonly main: LinkedFile
  /** Every file that was needed, dependencies first, `main` last. */
  readonly files: readonly LinkedFile[]
  readonly messages: ReadonlyMap<string, MessageType>
  /** From what was written to what it means. */
  readonly meanings: Meanings
}

export interface Meanings {
  readonly messages: ReadonlyMap<MessageNode, MessageType>
  readonly fields: ReadonlyMap<FieldNode, FieldType>
  readonly extendees: ReadonlyMap<ExtendNode, MessageType>
  readonly methods: ReadonlyMap<MethodNode, { readonly input: MessageType; readonly output: MessageType }>
  /** The names inside of a package or message, by its full name. */
  readonly scopes: ReadonlyMap<string, Scope>
  /** What a file may refer to: itself, its imports and what these import publicly. */
  readonly visibleTo: ReadonlyMap<LinkedFile, ReadonlySet<LinkedFile>>
}

export interface LinkedFile {
  readonly source: SourceText
  readonly ast: ProtoFile
  /** In the order of the imports. */
  readonly imports: readonly LinkedFile[]
  /** The top-level messages, in order. */
  readonly messages: MessageType[]
}

export interface MessageType {
  readonly kind: 'message'
  /** `pkg.Outer.Inner`, without a leading dot. */
  readonly fullName: string
  readonly file: LinkedFile
  /** Null for the entry message of a map, which nobody wrote. */
  readonly node: MessageNode | null
  /** Plain fields, then the members of each oneof, then groups: the order of the canonical text. */
  readonly fields: FieldType[]
  readonly fieldByNumber: Map<number, FieldType>
  /** By the name as declared and, where that is free, by the JSON name. */
  readonly fieldByName: Map<string, FieldType>
  readonly oneofs: OneofType[]
  /** Declared inside, in order: what a message index counts. Groups and map entries are not among them. */
  readonly messages: MessageType[]
  readonly isMapEntry: boolean
  /** Extensions that any file of the schema declares for this message. */
  readonly extensionByNumber: Map<number, FieldType>
}

export interface OneofType {
  readonly name: string
  readonly fields: FieldType[]
}

export interface FieldType {
  readonly name: string
  readonly fullName: string
  readonly jsonName: string
  readonly number: number
  /** Null for key and value of a map entry. */
  readonly node: FieldNode | null
  readonly type: FieldValueType
  /** A map is a repeated entry message on the wire. */
  readonly repetition: 'singular' | 'repeated' | 'map'
  readonly presence: Presence
  readonly oneof: OneofType | null
  readonly isPacked: boolean
  readonly isExtension: boolean
}

/**
 * implicit: no difference between unset and the default (proto3). explicit: unset is known. required: proto2, must be set.
 * A repeated field is implicit.
 */
export type Presence = 'implicit' | 'explicit' | 'required'

export type FieldValueType =
  | { readonly kind: 'scalar'; readonly scalar: ScalarType }
  | EnumType
  /** `isDelimited`: between group tags instead of behind a length. */
  | { readonly kind: 'message'; readonly message: MessageType; readonly isDelimited: boolean }

export interface EnumType {
  readonly kind: 'enum'
  readonly fullName: string
  readonly node: EnumNode
  readonly isClosed: boolean
  /** The first name of each number. */
  readonly nameByNumber: Map<number, string>
  readonly numberByName: Map<string, number>
  /** The number of the first value: what an absent value means. */
  readonly defaultNumber: number
}

const SCALAR_TYPES = [
  'double',
  'float',
  'int64',
  'uint64',
  'int32',
  'fixed64',
  'fixed32',
  'bool',
  'string',
  'bytes',
  'uint32',
  'sfixed32',
  'sfixed64',
  'sint32',
  'sint64',
] as const

export type ScalarType = (typeof SCALAR_TYPES)[number]

export function scalarType(name: string): ScalarType | undefined {
  return SCALAR_TYPES.find((scalar) => scalar === name)
}

export const WireType = { varint: 0, fixed64: 1, delimited: 2, groupStart: 3, groupEnd: 4, fixed32: 5 } as const

/** How one value of a type stands on the wire. */
export function wireTypeOf(type: FieldValueType): number {
  if (type.kind === 'enum') return WireType.varint
  if (type.kind === 'message') return type.isDelimited ? WireType.groupStart : WireType.delimited
  switch (type.scalar) {
    case 'string':
    case 'bytes':
      return WireType.delimited
    case 'fixed64':
    case 'sfixed64':
    case 'double':
      return WireType.fixed64
    case 'fixed32':
    case 'sfixed32':
    case 'float':
      return WireType.fixed32
    case 'int32':
    case 'int64':
    case 'uint32':
    case 'uint64':
    case 'sint32':
    case 'sint64':
    case 'bool':
      return WireType.varint
  }
}

/** Whether several values may stand behind one length: numbers, booleans and enums. */
export function isPackable(type: FieldValueType): boolean {
  const wireType = wireTypeOf(type)
  return wireType !== WireType.delimited && wireType !== WireType.groupStart
}
