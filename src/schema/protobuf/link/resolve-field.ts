import { plainOption, type FieldNode, type FieldTypeNode } from '../ast.ts'
import { schemaError } from '../source-text.ts'
import { newMessage, type Place } from './declare.ts'
import { overriddenFeatures, type Features } from './features.ts'
import { resolveName } from './scope.ts'
import {
  isPackable,
  scalarType,
  type FieldType,
  type FieldValueType,
  type LinkedFile,
  type MessageType,
  type OneofType,
  type Presence,
} from './types.ts'

/** Turns the fields written at one place into fields whose types are known. */
export class FieldResolver {
  readonly #place: Place
  readonly #visible: ReadonlySet<LinkedFile>

  constructor(place: Place, visibleTo: ReadonlyMap<LinkedFile, ReadonlySet<LinkedFile>>) {
    this.#place = place
    this.#visible = visibleTo.get(place.file) ?? new Set()
  }

  /** `parent` is null for an extension. */
  resolve(node: FieldNode, { parent, oneof }: { parent: MessageType | null; oneof: OneofType | null }): FieldType {
    const features = overriddenFeatures(this.#place.features, node.options)
    const type = this.#valueType(node, features)
    const presence = presenceOf(node, { type, features, isInOneof: oneof !== null, isExtension: parent === null })
    if (presence === 'implicit' && type.kind === 'enum' && type.isClosed && node.label !== 'repeated')
      throw this.#failure(node, `the closed enum ${type.fullName} (proto2) cannot be the type of a field without presence`)
    return {
      name: node.name,
      fullName: this.#place.scope.qualified(node.name),
      jsonName: jsonNameOf(node),
      number: node.number,
      node,
      type,
      presence,
      oneof,
      isExtension: parent === null,
      repetition: node.type.kind === 'map' ? 'map' : node.label === 'repeated' ? 'repeated' : 'singular',
      isPacked: node.label === 'repeated' && isPackable(type) && features.isPacked,
    }
  }

  #valueType(node: FieldNode, features: Features): FieldValueType {
    if (node.type.kind === 'map') return { kind: 'message', message: this.#mapEntry(node, node.type), isDelimited: false }
    if (node.type.kind === 'named') return this.#namedType(node.type.name, node, features)
    const thing = this.#place.scope.members.get(node.type.message.name)
    if (thing?.kind !== 'message') throw this.#failure(node, `group ${node.type.message.name} is not defined`)
    return { kind: 'message', message: thing.type, isDelimited: true }
  }

  #namedType(name: string, node: FieldNode, features: Features): FieldValueType {
    const scalar = scalarType(name)
    if (scalar) return { kind: 'scalar', scalar }
    const { scope } = this.#place
    const isWanted = ({ kind }: { kind: string }): boolean => kind === 'message' || kind === 'enum'
    const thing = resolveName(name, { scope, visible: this.#visible, isWanted })
    if (thing?.kind === 'enum') return thing.type
    if (thing?.kind === 'message') return { kind: 'message', message: thing.type, isDelimited: features.isDelimited }
    throw this.#failure(node, `type "${name}" is not defined`)
  }

  #mapEntry(node: FieldNode, { key, value }: FieldTypeNode & { kind: 'map' }): MessageType {
    const scalar = scalarType(key)
    if (!scalar || scalar === 'double' || scalar === 'float' || scalar === 'bytes')
      throw this.#failure(node, `the key of a map cannot be ${key}; it is an integer, bool or string`)
    const entry = newMessage({ fullName: this.#place.scope.qualified(entryNameOf(node.name)), file: this.#place.file, node: null })
    const valueType = this.#namedType(value, node, { ...this.#place.features, isDelimited: false })
    entry.fields.push(entryField(entry, 1, { kind: 'scalar', scalar }), entryField(entry, 2, valueType))
    for (const field of entry.fields) {
      entry.fieldByNumber.set(field.number, field)
      entry.fieldByName.set(field.name, field)
    }
    return entry
  }

  #failure(node: FieldNode, message: string): Error {
    return schemaError(this.#place.file.source, node.offset, `field ${node.name}: ${message}`)
  }
}

function presenceOf(
  { label, type: { kind } }: FieldNode,
  { type, features, isInOneof, isExtension }: { type: FieldValueType; features: Features; isInOneof: boolean; isExtension: boolean },
): Presence {
  if (label === 'repeated' || kind === 'map') return 'implicit'
  if (label !== null) return label === 'required' ? 'required' : 'explicit'
  if (features.presence === 'required') return isInOneof || isExtension ? 'explicit' : 'required'
  return type.kind === 'message' || isInOneof || isExtension ? 'explicit' : features.presence
}

function entryField(entry: MessageType, number: 1 | 2, type: FieldValueType): FieldType {
  const name = number === 1 ? 'key' : 'value'
  return {
    name,
    fullName: `${entry.fullName}.${name}`,
    jsonName: name,
    number,
    node: null,
    type,
    repetition: 'singular',
    presence: 'implicit',
    oneof: null,
    isPacked: false,
    isExtension: false,
  }
}

/** protoc's name for the entry message of a map field: `first_name` has `FirstNameEntry`. */
export function entryNameOf(fieldName: string): string {
  const camel = camelCase(fieldName)
  return `${camel.charAt(0).toUpperCase()}${camel.slice(1)}Entry`
}

function jsonNameOf(node: FieldNode): string {
  const value = plainOption(node.options, 'json_name')
  return value?.kind === 'string' ? new TextDecoder().decode(value.bytes) : camelCase(node.name)
}

/** protoc's JSON name: underscores go, and the letter behind one becomes a capital. */
export function camelCase(name: string): string {
  return name.replace(/_+(.?)/g, (_, letter: string) => letter.toUpperCase())
}
