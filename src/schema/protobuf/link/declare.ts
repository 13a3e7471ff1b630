import { limits } from '../../../shared/limits.ts'
import { NO_OFFSET, type EnumNode, type ExtendNode, type FieldNode, type MessageNode } from '../ast.ts'
import { schemaError } from '../source-text.ts'
import { checkEnum } from './check-enum.ts'
import { fileFeatures, overriddenFeatures, type Features } from './features.ts'
import { Scope, type NamedThing } from './scope.ts'
import type { EnumType, LinkedFile, MessageType } from './types.ts'

/** Where a declaration stands: what its names are resolved from and what it inherits. */
export interface Place {
  readonly file: LinkedFile
  readonly scope: Scope
  readonly features: Features
}

export interface DeclaredMessage extends Place {
  readonly type: MessageType
  readonly node: MessageNode
}

export interface DeclaredExtend extends Place {
  readonly node: ExtendNode
}

/** Every name of every file, with what is still to be resolved. */
export interface Declared {
  readonly files: readonly LinkedFile[]
  readonly messages: DeclaredMessage[]
  readonly extends: DeclaredExtend[]
  readonly scopes: Map<string, Scope>
}

/** Gives every message, enum, field, value, extension and service its name; two things of one name are an error. */
export function declareNames(files: readonly LinkedFile[]): Declared {
  const root = new Scope(null, '')
  const declared: Declared = { files, messages: [], extends: [], scopes: new Map([['', root]]) }
  for (const file of files) declareFile(declared, file, root)
  return declared
}

function declareFile(declared: Declared, file: LinkedFile, root: Scope): void {
  const { ast } = file
  const scope = packageScope(declared, file, root)
  const place = { file, scope, features: fileFeatures(ast.syntax, ast.options) }
  for (const node of ast.messages) file.messages.push(declareMessage(declared, place, node))
  for (const node of ast.enums) declareEnum(place, node)
  for (const node of ast.extends) declareExtend(declared, place, node)
  for (const { name, offset } of ast.services) addName(place, { name, offset }, { kind: 'other', what: 'a service', file })
}

function packageScope(declared: Declared, file: LinkedFile, root: Scope): Scope {
  const { packageName } = file.ast
  const parts = packageName === '' ? [] : packageName.split('.')
  if (parts.length > limits.nestingMax)
    throw schemaError(file.source, NO_OFFSET, `the package name has more than ${limits.nestingMax} parts`)
  return parts.reduce((parent, name) => {
    const scope = parent.package(name, file)
    if (!scope) throw schemaError(file.source, NO_OFFSET, `package ${packageName} has the name of a type in another file`)
    declared.scopes.set(scope.fullName, scope)
    return scope
  }, root)
}

function addName({ file, scope }: Place, { name, offset }: { name: string; offset: number }, thing: NamedThing): void {
  const fullName = scope.qualified(name)
  if (fullName.length > limits.protobufNameLengthMax) throw schemaError(file.source, offset, 'a full name is too long')
  if (scope.members.has(name)) throw schemaError(file.source, offset, `"${fullName}" is already defined`)
  scope.members.set(name, thing)
}

function declareMessage(declared: Declared, parent: Place, node: MessageNode): MessageType {
  const { file } = parent
  const scope = new Scope(parent.scope, node.name)
  const type = newMessage({ fullName: scope.fullName, file, node })
  addName(parent, node, { kind: 'message', type, scope })
  declared.scopes.set(scope.fullName, scope)
  const place = { file, scope, features: overriddenFeatures(parent.features, node.options) }
  declared.messages.push({ ...place, type, node })
  for (const nested of node.messages) type.messages.push(declareMessage(declared, place, nested))
  for (const nested of node.enums) declareEnum(place, nested)
  for (const nested of node.extends) declareExtend(declared, place, nested)
  for (const field of node.fields) declareField(declared, place, field)
  for (const oneof of node.oneofs) {
    addName(place, oneof, { kind: 'other', what: 'a oneof', file })
    for (const field of oneof.fields) declareField(declared, place, field)
  }
  return type
}

export function newMessage({ fullName, file, node }: { fullName: string; file: LinkedFile; node: MessageNode | null }): MessageType {
  return {
    kind: 'message',
    fullName,
    file,
    node,
    fields: [],
    fieldByNumber: new Map(),
    fieldByName: new Map(),
    oneofs: [],
    messages: [],
    isMapEntry: node === null,
    extensionByNumber: new Map(),
  }
}

function declareField(declared: Declared, place: Place, field: FieldNode): void {
  if (field.type.kind === 'group') declareMessage(declared, place, field.type.message)
  addName(place, field, { kind: 'other', what: 'a field', file: place.file })
}

function declareExtend(declared: Declared, place: Place, node: ExtendNode): void {
  for (const field of node.fields) {
    if (field.type.kind === 'group') declareMessage(declared, place, field.type.message)
    addName(place, field, { kind: 'extension', field: null, file: place.file })
  }
  declared.extends.push({ ...place, node })
}

/** The values of an enum are its siblings, as in C++. */
function declareEnum(place: Place, node: EnumNode): void {
  const { isEnumClosed } = overriddenFeatures(place.features, node.options)
  checkEnum(node, { source: place.file.source, isClosed: isEnumClosed })
  const type: EnumType = {
    kind: 'enum',
    fullName: place.scope.qualified(node.name),
    node,
    isClosed: isEnumClosed,
    nameByNumber: new Map(),
    numberByName: new Map(),
    defaultNumber: node.values[0]?.number ?? 0,
  }
  addName(place, node, { kind: 'enum', type, file: place.file })
  for (const value of node.values) {
    addName(place, value, { kind: 'other', what: 'an enum value', file: place.file })
    type.numberByName.set(value.name, value.number)
    if (!type.nameByNumber.has(value.number)) type.nameByNumber.set(value.number, value.name)
  }
}
