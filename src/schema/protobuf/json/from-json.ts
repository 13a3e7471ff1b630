import type { JsonObject, JsonValue } from '../../../shared/json.ts'
import { limits } from '../../../shared/limits.ts'
import { RecordError } from '../../language.ts'
import type { FieldType, FieldValueType, LinkedSchema, MessageType } from '../link/types.ts'
import { wellKnownName } from '../well-known/well-known-files.ts'
import { wellKnownType } from '../well-known/well-known-types.ts'
import { DynamicMessage, type DynamicScalar, type DynamicValue } from '../wire/dynamic-message.ts'
import { encodeDynamic } from '../wire/encode-dynamic.ts'
import { scalarFromJson } from './scalar-from-json.ts'
import { hasOwnJson, isWrapper } from './to-json.ts'
import { parseDuration, parseTimestamp, type SecondsAndNanos } from './time-text.ts'
import { parseFieldMask } from './field-mask.ts'

/**
 * Reads proto3 JSON into a message. Fields go by JSON name or declared name, an unknown one is an error, null means unset.
 * Throws RecordError with the path of what does not fit.
 */
export function fromJson(type: MessageType, value: JsonValue, schema: Pick<LinkedSchema, 'messages'>): DynamicMessage {
  return new JsonReader(schema).message(type, value, ['$'])
}

class JsonReader {
  readonly #schema: Pick<LinkedSchema, 'messages'>

  constructor(schema: Pick<LinkedSchema, 'messages'>) {
    this.#schema = schema
  }

  message(type: MessageType, value: JsonValue, path: readonly string[]): DynamicMessage {
    if (path.length > limits.nestingMax * 2) throw failure(path, `nested deeper than ${limits.nestingMax * 2}`)
    switch (wellKnownName(type)) {
      case 'google.protobuf.Timestamp':
        return timeMessage(type, typeof value === 'string' ? parseTimestamp(value) : null, path)
      case 'google.protobuf.Duration':
        return timeMessage(type, typeof value === 'string' ? parseDuration(value) : null, path)
      case 'google.protobuf.FieldMask':
        return this.#fieldMask(type, value, path)
      case 'google.protobuf.Struct':
        return this.#struct(type, value, path)
      case 'google.protobuf.ListValue':
        return this.#listValue(type, value, path)
      case 'google.protobuf.Value':
        return this.#value(type, value, path)
      case 'google.protobuf.Any':
        return this.#any(type, value, path)
      default:
        return isWrapper(type) ? this.#wrapper(type, value, path) : this.#fields(type, objectOf(value, type, path), path)
    }
  }

  #fields(type: MessageType, object: JsonObject, path: readonly string[]): DynamicMessage {
    const message = new DynamicMessage(type)
    for (const [name, value] of Object.entries(object)) {
      const fieldPath = [...path, name]
      const field = type.fieldByName.get(name) ?? extensionOf(type, name)
      if (!field) throw failure(fieldPath, `${type.fullName} has no such field`)
      if (value === undefined || (value === null && !acceptsNull(field))) continue
      if (field.oneof?.fields.some((member) => message.values.has(member)))
        throw failure(fieldPath, `oneof ${field.oneof.name} is set twice`)
      message.set(field, this.#field(field, value, fieldPath))
    }
    return message
  }

  #field(field: FieldType, value: JsonValue, path: readonly string[]): DynamicValue {
    if (field.repetition === 'map') return this.#map(field, value, path)
    if (field.repetition === 'singular') return this.#single(field.type, value, path)
    if (!Array.isArray(value)) throw failure(path, 'expected an array')
    return value.map((item, index) => this.#single(field.type, item, [...path, String(index)]))
  }

  #map(field: FieldType, value: JsonValue, path: readonly string[]): DynamicValue {
    const map = new Map<DynamicScalar, DynamicValue>()
    if (field.type.kind !== 'message') return map
    const [keyField, valueField] = field.type.message.fields as [FieldType, FieldType]
    for (const [key, item] of Object.entries(objectOf(value, field.type.message, path))) {
      if (item === undefined) continue
      map.set(this.#mapKey(keyField.type, key, [...path, key]), this.#single(valueField.type, item, [...path, key]))
    }
    return map
  }

  #mapKey(type: FieldValueType, key: string, path: readonly string[]): DynamicScalar {
    const isBoolean = type.kind === 'scalar' && type.scalar === 'bool' && (key === 'true' || key === 'false')
    return this.#single(type, isBoolean ? key === 'true' : key, path) as DynamicScalar
  }

  #single(type: FieldValueType, value: JsonValue, path: readonly string[]): DynamicValue {
    if (type.kind === 'message') return this.message(type.message, value, path)
    const scalar = type.kind === 'enum' ? enumFromJson(type, value) : scalarFromJson(type.scalar, value)
    if (scalar !== null) return scalar
    throw failure(path, `expected ${type.kind === 'enum' ? `a value of ${type.fullName}` : type.scalar}, got ${shown(value)}`)
  }

  #fieldMask(type: MessageType, value: JsonValue, path: readonly string[]): DynamicMessage {
    const paths = typeof value === 'string' ? parseFieldMask(value) : null
    if (!paths) throw failure(path, `expected the paths of a FieldMask, got ${shown(value)}`)
    return withField(type, 1, paths)
  }

  #wrapper(type: MessageType, value: JsonValue, path: readonly string[]): DynamicMessage {
    const field = type.fieldByNumber.get(1) as FieldType
    return withField(type, 1, this.#single(field.type, value, path))
  }

  #struct(type: MessageType, value: JsonValue, path: readonly string[]): DynamicMessage {
    const field = type.fieldByNumber.get(1) as FieldType
    return withField(type, 1, this.#map(field, value, path))
  }

  #listValue(type: MessageType, value: JsonValue, path: readonly string[]): DynamicMessage {
    const field = type.fieldByNumber.get(1) as FieldType
    return withField(type, 1, this.#field(field, value, path))
  }

  /** The number of the field in Value says which kind of JSON it is. */
  #value(type: MessageType, value: JsonValue, path: readonly string[]): DynamicMessage {
    if (value === null) return withField(type, 1, 0)
    if (typeof value === 'number' || typeof value === 'bigint') return withField(type, 2, Number(value))
    if (typeof value === 'string') return withField(type, 3, value)
    if (typeof value === 'boolean') return withField(type, 4, value)
    if (Array.isArray(value)) return withField(type, 6, this.message(wellKnownType('google.protobuf.ListValue'), value, path))
    return withField(type, 5, this.message(wellKnownType('google.protobuf.Struct'), value, path))
  }

  #any(type: MessageType, value: JsonValue, path: readonly string[]): DynamicMessage {
    const { '@type': typeUrl, ...rest } = objectOf(value, type, path)
    if (typeUrl === undefined && Object.keys(rest).length === 0) return new DynamicMessage(type)
    if (typeof typeUrl !== 'string') throw failure(path, 'an Any needs "@type"')
    const contentType = this.#schema.messages.get(typeUrl.slice(typeUrl.lastIndexOf('/') + 1))
    if (!contentType) throw failure(path, `the schema does not know the type ${typeUrl}`)
    const content = hasOwnJson(contentType) ? (rest['value'] ?? null) : rest
    const message = withField(type, 1, typeUrl)
    message.set(type.fieldByNumber.get(2) as FieldType, encodeDynamic(this.message(contentType, content, path)))
    return message
  }
}

function timeMessage(type: MessageType, time: SecondsAndNanos | null, path: readonly string[]): DynamicMessage {
  if (!time) throw failure(path, `not the text of a ${type.fullName}`)
  const message = withField(type, 1, time.seconds)
  if (time.nanos !== 0) message.set(type.fieldByNumber.get(2) as FieldType, time.nanos)
  return message
}

function withField(type: MessageType, number: number, value: DynamicValue): DynamicMessage {
  const message = new DynamicMessage(type)
  message.set(type.fieldByNumber.get(number) as FieldType, value)
  return message
}

function extensionOf(type: MessageType, name: string): FieldType | undefined {
  if (!name.startsWith('[')) return undefined
  return [...type.extensionByNumber.values()].find((extension) => `[${extension.fullName}]` === name)
}

/** A Value holds JSON null; anything else is unset by it. */
function acceptsNull({ type, repetition }: FieldType): boolean {
  if (repetition !== 'singular') return false
  return type.kind === 'message' ? wellKnownName(type.message) === 'google.protobuf.Value' : isNullValue(type)
}

function isNullValue(type: FieldValueType): boolean {
  return type.kind === 'enum' && type.fullName === 'google.protobuf.NullValue'
}

function enumFromJson(type: FieldValueType & { kind: 'enum' }, value: JsonValue): number | null {
  if (value === null && isNullValue(type)) return 0
  if (typeof value === 'string') return type.numberByName.get(value) ?? null
  return scalarFromJson('int32', value) as number | null
}

function objectOf(value: JsonValue, type: MessageType, path: readonly string[]): JsonObject {
  if (value === null || typeof value !== 'object' || Array.isArray(value))
    throw failure(path, `expected an object (${type.fullName}), got ${shown(value)}`)
  return value
}

function failure(path: readonly string[], reason: string): RecordError {
  return new RecordError(path.join('.'), reason)
}

function shown(value: JsonValue): string {
  if (Array.isArray(value)) return 'an array'
  if (value !== null && typeof value === 'object') return 'an object'
  const text = typeof value === 'string' ? JSON.stringify(value) : String(value)
  return text.length > limits.quotedValueLengthMax ? `${text.slice(0, limits.quotedValueLengthMax)}…` : text
}
