import type { ExtendNode, FieldNode, MessageNode, MethodNode, NumberRange, OneofNode } from '../ast.ts'
import { schemaError } from '../source-text.ts'
import { checkExtension, checkMessage, extensionRangesOf } from './check-message.ts'
import type { Declared, DeclaredExtend, DeclaredMessage, Place } from './declare.ts'
import { FieldResolver } from './resolve-field.ts'
import { resolveName } from './scope.ts'
import type { FieldType, LinkedFile, LinkedSchema, Meanings, MessageType, OneofType } from './types.ts'

type Visibility = ReadonlyMap<LinkedFile, ReadonlySet<LinkedFile>>

interface MutableMeanings extends Meanings {
  readonly messages: Map<MessageNode, MessageType>
  readonly fields: Map<FieldNode, FieldType>
  readonly extendees: Map<ExtendNode, MessageType>
  readonly methods: Map<MethodNode, { input: MessageType; output: MessageType }>
}

/** Gives every declared message its fields, every extension its message and every method its types. */
export function resolveEverything(declared: Declared, visibleTo: Visibility): Pick<LinkedSchema, 'messages' | 'meanings'> {
  const meanings: MutableMeanings = {
    messages: new Map(),
    fields: new Map(),
    extendees: new Map(),
    methods: new Map(),
    scopes: declared.scopes,
    visibleTo,
  }
  for (const message of declared.messages) {
    meanings.messages.set(message.node, message.type)
    resolveMessage(message, meanings)
  }
  const rangesOf = rangesOnce()
  for (const extend of declared.extends) resolveExtend(extend, meanings, rangesOf)
  for (const file of declared.files) resolveServices(file, meanings)
  return { messages: new Map(declared.messages.map(({ type }) => [type.fullName, type])), meanings }
}

function resolveMessage(declared: DeclaredMessage, meanings: MutableMeanings): void {
  const { type, node } = declared
  const resolver = new FieldResolver(declared, meanings.visibleTo)
  const addField = (field: FieldNode, oneof: OneofType | null): void => {
    const resolved = resolver.resolve(field, { parent: type, oneof })
    meanings.fields.set(field, resolved)
    type.fields.push(resolved)
    oneof?.fields.push(resolved)
  }
  for (const field of node.fields) if (field.type.kind !== 'group') addField(field, null)
  for (const oneof of node.oneofs) addOneof(oneof, type, addField)
  for (const field of node.fields) if (field.type.kind === 'group') addField(field, null)
  checkMessage(declared)
  indexFields(type)
}

function addOneof(node: OneofNode, parent: MessageType, addField: (field: FieldNode, oneof: OneofType) => void): void {
  const oneof: OneofType = { name: node.name, fields: [] }
  parent.oneofs.push(oneof)
  for (const field of node.fields) addField(field, oneof)
}

function indexFields(type: MessageType): void {
  for (const field of type.fields) {
    type.fieldByNumber.set(field.number, field)
    type.fieldByName.set(field.name, field)
  }
  for (const field of type.fields) if (!type.fieldByName.has(field.jsonName)) type.fieldByName.set(field.jsonName, field)
}

type RangesOf = (message: MessageType) => readonly NumberRange[]

/** A file may extend a message with many ranges many times: they are sorted once. */
function rangesOnce(): RangesOf {
  const known = new Map<MessageType, readonly NumberRange[]>()
  return (message) => {
    const ranges = known.get(message) ?? extensionRangesOf(message)
    known.set(message, ranges)
    return ranges
  }
}

function resolveExtend(declared: DeclaredExtend, meanings: MutableMeanings, rangesOf: RangesOf): void {
  const { node, scope } = declared
  const extendee = resolveMessageName(node.extendee, node.offset, declared, meanings)
  meanings.extendees.set(node, extendee)
  const ranges = rangesOf(extendee)
  const resolver = new FieldResolver(declared, meanings.visibleTo)
  for (const field of node.fields) {
    checkExtension(declared, { field, extendee, ranges })
    const resolved = resolver.resolve(field, { parent: null, oneof: null })
    meanings.fields.set(field, resolved)
    extendee.extensionByNumber.set(field.number, resolved)
    const thing = scope.members.get(field.name)
    if (thing?.kind === 'extension') thing.field = resolved
  }
}

function resolveServices(file: LinkedFile, meanings: MutableMeanings): void {
  const scope = meanings.scopes.get(file.ast.packageName)
  if (!scope) return
  for (const service of file.ast.services) {
    for (const method of service.methods) {
      const typeOf = (name: string): MessageType => resolveMessageName(name, method.offset, { file, scope }, meanings)
      meanings.methods.set(method, { input: typeOf(method.input), output: typeOf(method.output) })
    }
  }
}

function resolveMessageName(name: string, offset: number, { file, scope }: Pick<Place, 'file' | 'scope'>, meanings: Meanings): MessageType {
  const visible = meanings.visibleTo.get(file) ?? new Set()
  const thing = resolveName(name, { scope, visible, isWanted: ({ kind }) => kind === 'message' })
  if (thing?.kind !== 'message') throw schemaError(file.source, offset, `message type "${name}" is not defined`)
  return thing.type
}
