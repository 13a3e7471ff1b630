import type { JsonObject, JsonValue } from '../../../shared/json.ts'
import { RecordError } from '../../language.ts'
import type { FieldType, FieldValueType, LinkedSchema, MessageType } from '../link/types.ts'
import { wellKnownName } from '../well-known/well-known-files.ts'
import { decodeDynamic } from '../wire/decode-dynamic.ts'
import { DynamicMessage, type DynamicValue } from '../wire/dynamic-message.ts'
import { durationText, timestampText } from './time-text.ts'
import { fieldMaskText } from './field-mask.ts'

/** A message as proto3 JSON: set fields by their JSON names, 64-bit integers as strings, well-known types in their own forms. */
export function toJson(message: DynamicMessage, schema: Pick<LinkedSchema, 'messages'>): JsonValue {
  return new JsonPrinter(schema).message(message, '$')
}

class JsonPrinter {
  readonly #schema: Pick<LinkedSchema, 'messages'>

  constructor(schema: Pick<LinkedSchema, 'messages'>) {
    this.#schema = schema
  }

  message(message: DynamicMessage, path: string): JsonValue {
    switch (wellKnownName(message.type)) {
      case 'google.protobuf.Timestamp':
        return textOrFail(timestampText(secondsAndNanos(message)), path, 'a Timestamp is within the years 0001 and 9999')
      case 'google.protobuf.Duration':
        return textOrFail(durationText(secondsAndNanos(message)), path, 'a Duration is within 10,000 years and has one sign')
      case 'google.protobuf.FieldMask':
        return textOrFail(fieldMaskText((message.get('paths') ?? []) as string[]), path, 'a path of a FieldMask has no JSON form')
      case 'google.protobuf.Struct':
        return this.#object((message.get('fields') ?? new Map()) as ReadonlyMap<string, DynamicValue>, path)
      case 'google.protobuf.ListValue':
        return ((message.get('values') ?? []) as DynamicMessage[]).map((item, index) => this.message(item, `${path}[${index}]`))
      case 'google.protobuf.Value':
        return this.#value(message, path)
      case 'google.protobuf.Any':
        return this.#any(message, path)
      default:
        return isWrapper(message.type) ? this.#wrapper(message, path) : this.#fields(message, path)
    }
  }

  #fields(message: DynamicMessage, path: string): JsonObject {
    const object = emptyObject()
    for (const field of message.type.fields) {
      const value = message.values.get(field)
      if (value === undefined || isImplicitDefault(field, value)) continue
      object[field.jsonName] = this.#field(field, value, `${path}.${field.name}`)
    }
    for (const [field, value] of message.values)
      if (field.isExtension) object[`[${field.fullName}]`] = this.#field(field, value, `${path}.[${field.fullName}]`)
    return object
  }

  #field({ type }: FieldType, value: DynamicValue, path: string): JsonValue {
    if (Array.isArray(value)) return value.map((item, index) => this.#single(type, item, `${path}[${index}]`))
    if (!(value instanceof Map)) return this.#single(type, value, path)
    const object = emptyObject()
    const valueType = type.kind === 'message' ? type.message.fieldByNumber.get(2)?.type : undefined
    if (valueType) for (const [key, item] of value) object[String(key)] = this.#single(valueType, item, `${path}[${String(key)}]`)
    return object
  }

  #single(type: FieldValueType, value: DynamicValue, path: string): JsonValue {
    if (value instanceof DynamicMessage) return this.message(value, path)
    if (type.kind === 'enum') return this.#enum(type, value as number)
    if (typeof value === 'bigint') return String(value)
    if (value instanceof Uint8Array) return Buffer.from(value).toString('base64')
    if (typeof value === 'number') return type.kind === 'scalar' && type.scalar === 'float' ? floatJson(value) : numberJson(value)
    return value as boolean | string
  }

  #enum(type: FieldValueType & { kind: 'enum' }, value: number): JsonValue {
    return type.fullName === 'google.protobuf.NullValue' ? null : (type.nameByNumber.get(value) ?? value)
  }

  #object(fields: ReadonlyMap<string, DynamicValue>, path: string): JsonObject {
    const object = emptyObject()
    for (const [key, value] of fields) object[key] = this.message(value as DynamicMessage, `${path}.${key}`)
    return object
  }

  #value(message: DynamicMessage, path: string): JsonValue {
    const [value] = message.values.values()
    if (value === undefined) return null
    if (value instanceof DynamicMessage) return this.message(value, path)
    if (typeof value !== 'number') return value as string | boolean
    // A number in this message is the null, when it is in the first field, or a double.
    if (message.get('null_value') !== undefined) return null
    if (!Number.isFinite(value)) throw new RecordError(path, 'a Value that is not a finite number has no JSON form')
    return value
  }

  #wrapper(message: DynamicMessage, path: string): JsonValue {
    const field = message.type.fieldByNumber.get(1) as FieldType
    const value = message.values.get(field) ?? DEFAULT_BY_WRAPPER[message.type.fullName]
    return this.#single(field.type, value as DynamicValue, path)
  }

  #any(message: DynamicMessage, path: string): JsonValue {
    const typeUrl = (message.get('type_url') ?? '') as string
    if (typeUrl === '') return {}
    const type = this.#schema.messages.get(typeUrl.slice(typeUrl.lastIndexOf('/') + 1))
    if (!type) throw new RecordError(path, `the schema does not know the type ${typeUrl} of an Any`)
    const content = this.message(decodeDynamic(type, (message.get('value') ?? new Uint8Array(0)) as Uint8Array), path)
    return hasOwnJson(type) ? { '@type': typeUrl, value: content } : { '@type': typeUrl, ...(content as JsonObject) }
  }
}

/** Without a prototype, so that a key called `__proto__` is a key. */
function emptyObject(): JsonObject {
  return Object.create(null) as JsonObject
}

function textOrFail(text: string | null, path: string, reason: string): string {
  if (text === null) throw new RecordError(path, reason)
  return text
}

function secondsAndNanos(message: DynamicMessage): { seconds: bigint; nanos: number } {
  return { seconds: (message.get('seconds') ?? 0n) as bigint, nanos: (message.get('nanos') ?? 0) as number }
}

/** Whether an implicit field holds what unset means too; -0 is a value of its own. */
function isImplicitDefault({ presence, type }: FieldType, value: DynamicValue): boolean {
  if (presence !== 'implicit' || typeof value === 'object')
    return presence === 'implicit' && value instanceof Uint8Array && value.length === 0
  return value === '' || value === false || value === 0n || (type.kind === 'enum' ? value === type.defaultNumber : Object.is(value, 0))
}

export function isWrapper(type: MessageType): boolean {
  return Object.hasOwn(DEFAULT_BY_WRAPPER, wellKnownName(type) ?? '')
}

const DEFAULT_BY_WRAPPER: Readonly<Record<string, DynamicValue>> = {
  'google.protobuf.DoubleValue': 0,
  'google.protobuf.FloatValue': 0,
  'google.protobuf.Int64Value': 0n,
  'google.protobuf.UInt64Value': 0n,
  'google.protobuf.Int32Value': 0,
  'google.protobuf.UInt32Value': 0,
  'google.protobuf.BoolValue': false,
  'google.protobuf.StringValue': '',
  'google.protobuf.BytesValue': new Uint8Array(0),
}

/** Types whose JSON is not an object of their fields; inside an Any it stands under `value`. */
export function hasOwnJson(type: MessageType): boolean {
  return isWrapper(type) || OWN_JSON.has(wellKnownName(type) ?? '')
}

const OWN_JSON: ReadonlySet<string> = new Set(
  ['Timestamp', 'Duration', 'FieldMask', 'Struct', 'ListValue', 'Value', 'Any', 'Empty'].map((name) => `google.protobuf.${name}`),
)

function numberJson(value: number): JsonValue {
  return Number.isFinite(value) ? value : String(value)
}

/** The shortest decimal that is the same 32-bit float. */
function floatJson(value: number): JsonValue {
  for (let digits = 6; digits < 9 && Number.isFinite(value); digits++) {
    const shorter = Number(value.toPrecision(digits))
    if (Math.fround(shorter) === value) return shorter
  }
  return numberJson(value)
}
