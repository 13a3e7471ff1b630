/**
 * A .proto file as written: what the parser gives, what the printer and the descriptor are made from. Order is kept
 * within each kind of declaration; comments are not kept. `offset` is where a node starts in the text, for messages
 * to people; NO_OFFSET when the file came as a descriptor.
 */
export interface ProtoFile {
  /** Null when the file has no syntax line, which means proto2. */
  readonly syntax: Syntax | null
  /** Empty when the file has no package. */
  readonly packageName: string
  readonly imports: readonly ImportNode[]
  readonly options: readonly OptionNode[]
  readonly messages: readonly MessageNode[]
  readonly enums: readonly EnumNode[]
  readonly extends: readonly ExtendNode[]
  readonly services: readonly ServiceNode[]
}

export type Syntax = 'proto2' | 'proto3' | '2023'

export const NO_OFFSET = -1

export interface ImportNode {
  readonly path: string
  readonly modifier: 'public' | 'weak' | null
  readonly offset: number
}

export interface MessageNode {
  readonly name: string
  readonly offset: number
  readonly options: readonly OptionNode[]
  /** Fields outside of a oneof; a group stands among them with its message as its type. */
  readonly fields: readonly FieldNode[]
  readonly oneofs: readonly OneofNode[]
  readonly messages: readonly MessageNode[]
  readonly enums: readonly EnumNode[]
  readonly extends: readonly ExtendNode[]
  readonly extensionRanges: readonly ExtensionRangeNode[]
  readonly reserved: readonly ReservedNode[]
}

export type FieldLabel = 'optional' | 'required' | 'repeated'

export interface FieldNode {
  readonly name: string
  readonly offset: number
  readonly label: FieldLabel | null
  readonly type: FieldTypeNode
  readonly number: number
  readonly options: readonly OptionNode[]
}

export type FieldTypeNode =
  /** A scalar, or a message or enum by a name that is yet to be resolved. */
  | { readonly kind: 'named'; readonly name: string }
  | { readonly kind: 'map'; readonly key: string; readonly value: string }
  | { readonly kind: 'group'; readonly message: MessageNode }

export interface OneofNode {
  readonly name: string
  readonly offset: number
  readonly options: readonly OptionNode[]
  readonly fields: readonly FieldNode[]
}

export interface EnumNode {
  readonly name: string
  readonly offset: number
  readonly options: readonly OptionNode[]
  readonly values: readonly EnumValueNode[]
  readonly reserved: readonly ReservedNode[]
}

export interface EnumValueNode {
  readonly name: string
  readonly offset: number
  readonly number: number
  readonly options: readonly OptionNode[]
}

/** One `extend X { ... }` block. */
export interface ExtendNode {
  readonly extendee: string
  readonly offset: number
  readonly fields: readonly FieldNode[]
}

/** One `extensions` statement. */
export interface ExtensionRangeNode {
  readonly ranges: readonly NumberRange[]
  readonly offset: number
  readonly options: readonly OptionNode[]
}

/** One `reserved` statement: numbers or names. */
export interface ReservedNode {
  readonly ranges: readonly NumberRange[]
  readonly names: readonly string[]
  readonly offset: number
}

/** Both ends belong to the range. */
export interface NumberRange {
  readonly start: number
  readonly end: number
}

export interface ServiceNode {
  readonly name: string
  readonly offset: number
  readonly options: readonly OptionNode[]
  readonly methods: readonly MethodNode[]
}

export interface MethodNode {
  readonly name: string
  readonly offset: number
  readonly input: string
  readonly output: string
  readonly isClientStreaming: boolean
  readonly isServerStreaming: boolean
  readonly options: readonly OptionNode[]
}

/** `option (a.b).c = value`: the parts are `a.b`, an extension, and `c`. */
export interface OptionNode {
  readonly name: readonly OptionNamePart[]
  readonly offset: number
  readonly value: OptionValue
}

export interface OptionNamePart {
  readonly text: string
  readonly isExtension: boolean
}

export type OptionValue =
  /** true, false, the name of an enum value, inf, nan; with its sign. */
  | { readonly kind: 'identifier'; readonly text: string }
  /** An integer or a float as written, with its sign. */
  | { readonly kind: 'number'; readonly text: string }
  /** Bytes, because `\xff` may stand in a string; UTF-8 otherwise. */
  | { readonly kind: 'string'; readonly bytes: Uint8Array }
  /** An aggregate in text format; a name in brackets is an extension or the type URL of an Any. */
  | { readonly kind: 'message'; readonly entries: readonly AggregateEntry[] }
  | { readonly kind: 'list'; readonly items: readonly OptionValue[] }

export interface AggregateEntry {
  readonly name: string
  readonly value: OptionValue
}

/** The value of an option with a plain name, such as `packed` or `allow_alias`; the last one counts. */
export function plainOption(options: readonly OptionNode[], name: string): OptionValue | undefined {
  return options.findLast((option) => option.name.length === 1 && option.name[0]?.text === name && !option.name[0].isExtension)?.value
}

/** Whether an option with a plain name is set to true. */
export function isOptionTrue(options: readonly OptionNode[], name: string): boolean {
  const value = plainOption(options, name)
  return value?.kind === 'identifier' && value.text === 'true'
}

export const FIELD_NUMBER_MAX = 536_870_911
export const ENUM_NUMBER_MIN = -2_147_483_648
export const ENUM_NUMBER_MAX = 2_147_483_647
