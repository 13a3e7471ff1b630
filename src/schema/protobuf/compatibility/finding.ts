import type { FieldType, MessageType } from '../link/types.ts'

/** A rule of the registry that two messages, fields or files may break; compatible changes have no name here. */
export type Rule =
  | 'PACKAGE_CHANGED'
  | 'MESSAGE_REMOVED'
  | 'FIELD_KIND_CHANGED'
  | 'FIELD_SCALAR_KIND_CHANGED'
  | 'FIELD_NUMERIC_LABEL_CHANGED'
  | 'FIELD_NAMED_TYPE_CHANGED'
  | 'REQUIRED_FIELD_ADDED'
  | 'REQUIRED_FIELD_REMOVED'
  | 'ONEOF_FIELD_REMOVED'
  | 'MULTIPLE_FIELDS_MOVED_TO_ONEOF'
  | 'FIELD_MOVED_TO_EXISTING_ONEOF'

/** What holding one message against another comes to. `place` leads from the message on: `Inner`, `3` or `choice/3`. */
export type Finding = Breach | Nested | Use

export interface Breach {
  readonly kind: 'breach'
  readonly place: string
  readonly rule: Rule
  readonly words: Words
}

/** A message inside, with its counterpart. */
export interface Nested extends Messages {
  readonly kind: 'nested'
  readonly place: string
}

/** A field of messages that have one name, wherever they are declared. */
export interface Use extends Messages {
  readonly kind: 'use'
  readonly place: string
  readonly field: FieldType
}

export interface Messages {
  readonly writer: MessageType
  readonly reader: MessageType
}

/** What a sentence about a broken rule is made of: a name, and what the reader and the writer have there. */
export interface Words {
  readonly name?: string
  readonly ofReader?: string
  readonly ofWriter?: string
}

export function breach(rule: Rule, place: string, words: Words): Breach {
  return { kind: 'breach', place, rule, words }
}
