import type { RowType } from '../../../columns/row-type.ts'
import type { MessageType } from '../link/types.ts'
import { wellKnownName } from '../well-known/well-known-files.ts'

/** Messages that become one value of a column. */
export type LeafPlan =
  /** google.protobuf.Timestamp: microseconds since the epoch. */
  | { readonly kind: 'timestamp' }
  /** google.protobuf.Duration: microseconds. */
  | { readonly kind: 'duration' }
  /** google.protobuf.Struct, Value and ListValue: the JSON that they stand for. */
  | { readonly kind: 'json'; readonly root: JsonRoot }
  /** google.protobuf.Empty: true. */
  | { readonly kind: 'empty' }
  /** Any other message without fields: `{}`, because a struct needs a field. */
  | { readonly kind: 'empty-struct' }
  /** google.protobuf.FieldMask: the text of its JSON. */
  | { readonly kind: 'field-mask' }
  /** google.type.Date: days since the epoch. */
  | { readonly kind: 'date' }
  /** google.type.TimeOfDay: `HH:mm:ss.ffffff`. */
  | { readonly kind: 'time-of-day' }
  /** google.type.Decimal (text) or confluent.type.Decimal (bytes and scale): a number when its field says which, else text. */
  | { readonly kind: 'decimal'; readonly form: 'text' | 'bytes'; readonly type: DecimalType | null }

export type JsonRoot = 'struct' | 'value' | 'list'

export type DecimalType = RowType & { readonly kind: 'decimal' }

/** Undefined for a message that becomes a struct. `decimalType` is what the field's annotation asks for. */
export function leafPlan(message: MessageType, decimalType: DecimalType | null): LeafPlan | undefined {
  switch (wellKnownName(message)) {
    case 'google.protobuf.Timestamp':
      return { kind: 'timestamp' }
    case 'google.protobuf.Duration':
      return { kind: 'duration' }
    case 'google.protobuf.Struct':
      return { kind: 'json', root: 'struct' }
    case 'google.protobuf.Value':
      return { kind: 'json', root: 'value' }
    case 'google.protobuf.ListValue':
      return { kind: 'json', root: 'list' }
    case 'google.protobuf.Empty':
      return { kind: 'empty' }
    case 'google.protobuf.FieldMask':
      return { kind: 'field-mask' }
    case 'google.type.Date':
      return { kind: 'date' }
    case 'google.type.TimeOfDay':
      return { kind: 'time-of-day' }
    case 'google.type.Decimal':
      return { kind: 'decimal', form: 'text', type: decimalType }
    case 'confluent.type.Decimal':
      return { kind: 'decimal', form: 'bytes', type: decimalType }
    default:
      return message.fields.length === 0 ? { kind: 'empty-struct' } : undefined
  }
}

export const WRAPPER_NAMES: ReadonlySet<string> = new Set(
  ['Double', 'Float', 'Int64', 'UInt64', 'Int32', 'UInt32', 'Bool', 'String', 'Bytes'].map((name) => `google.protobuf.${name}Value`),
)
