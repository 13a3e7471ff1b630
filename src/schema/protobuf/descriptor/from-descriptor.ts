import {
  ENUM_NUMBER_MAX,
  FIELD_NUMBER_MAX,
  NO_OFFSET,
  type EnumNode,
  type ExtendNode,
  type ExtensionRangeNode,
  type FieldLabel,
  type FieldNode,
  type FieldTypeNode,
  type ImportNode,
  type MessageNode,
  type MethodNode,
  type OneofNode,
  type OptionNode,
  type ProtoFile,
  type ReservedNode,
  type ServiceNode,
  type Syntax,
} from '../ast.ts'
import { utf8Bytes } from '../../../shared/bytes.ts'
import { camelCase } from '../link/resolve-field.ts'
import type { MessageType } from '../link/types.ts'
import { decodeDynamic } from '../wire/decode-dynamic.ts'
import type { DynamicMessage } from '../wire/dynamic-message.ts'
import { defaultOption } from './default-text.ts'
import {
  readBoolean,
  readEnum,
  readMessage,
  readMessages,
  readName,
  readNames,
  readNumber,
  readText,
  readTexts,
  readTypeName,
} from './descriptor-reader.ts'
import { DESCRIPTOR_NESTING_MAX } from './descriptor-types.ts'
import { optionNodes } from './option-nodes.ts'

/**
 * The file that a FileDescriptorProto describes, as if it had been written: map entries are maps again, groups groups, and the
 * oneofs of proto3's `optional` are gone. `fileType` is FileDescriptorProto with whatever extensions of options are known;
 * an option of an extension that nobody declares has no text and is left out. Throws HeadgateError or RecordError.
 */
export function fileFromDescriptor(bytes: Uint8Array, fileType: MessageType): ProtoFile {
  const file = decodeDynamic(fileType, bytes, { nestingMax: DESCRIPTOR_NESTING_MAX })
  const syntax = syntaxOf(file)
  const context = { syntax, packageName: readText(file, 'package') === '' ? '' : readTypeName(file, 'package') }
  return {
    ...context,
    imports: importsOf(file),
    options: optionNodes(readMessage(file, 'options')),
    messages: readMessages(file, 'messageType').map((message) => messageNode(message, { ...context, scopeName: context.packageName })),
    enums: readMessages(file, 'enumType').map(enumNode),
    extends: extendNodes(file, { ...context, scopeName: context.packageName, groups: new Map() }),
    services: readMessages(file, 'service').map(serviceNode),
  }
}

function syntaxOf(file: DynamicMessage): Syntax {
  const syntax = readText(file, 'syntax')
  if (syntax === 'editions') return '2023'
  return syntax === 'proto3' ? 'proto3' : 'proto2'
}

function importsOf(file: DynamicMessage): ImportNode[] {
  const indexes = (name: string): Set<unknown> => new Set((file.get(name) ?? []) as number[])
  const [publicOnes, weakOnes] = [indexes('publicDependency'), indexes('weakDependency')]
  return readTexts(file, 'dependency').map((path, index) => ({
    path,
    modifier: publicOnes.has(index) ? 'public' : weakOnes.has(index) ? 'weak' : null,
    offset: NO_OFFSET,
  }))
}

interface Context {
  readonly syntax: Syntax
  /** Full name of what encloses the fields. */
  readonly scopeName: string
}

interface FieldContext extends Context {
  /** Messages that are the content of a group, by full name. */
  readonly groups: ReadonlyMap<string, DynamicMessage>
  readonly mapEntries?: ReadonlyMap<string, DynamicMessage>
}

function messageNode(message: DynamicMessage, { syntax, scopeName: outerName }: Context): MessageNode {
  const name = readName(message, 'name')
  const scopeName = outerName === '' ? name : `${outerName}.${name}`
  const nested = new Map(readMessages(message, 'nestedType').map((type) => [`.${scopeName}.${readName(type, 'name')}`, type]))
  const [mapEntries, groups] = [new Map(nested), new Map(nested)]
  const groupNames = groupTypeNames(message)
  for (const [fullName, type] of nested) {
    if (!isMapEntry(type)) mapEntries.delete(fullName)
    if (!groupNames.has(fullName)) groups.delete(fullName)
  }
  const context = { syntax, scopeName, groups, mapEntries }
  return {
    name,
    offset: NO_OFFSET,
    options: optionNodes(readMessage(message, 'options')),
    ...fieldsAndOneofs(message, context),
    messages: [...nested]
      .filter(([fullName]) => !mapEntries.has(fullName) && !groups.has(fullName))
      .map(([, type]) => messageNode(type, { syntax, scopeName })),
    enums: readMessages(message, 'enumType').map(enumNode),
    extends: extendNodes(message, context),
    extensionRanges: readMessages(message, 'extensionRange').map(extensionRangeNode),
    reserved: reservedNodes(message, { endOffset: 1, max: FIELD_NUMBER_MAX }),
  }
}

function isMapEntry(type: DynamicMessage): boolean {
  const options = readMessage(type, 'options')
  return options !== undefined && readBoolean(options, 'mapEntry')
}

function groupTypeNames(message: DynamicMessage): Set<string> {
  const fields = [...readMessages(message, 'field'), ...readMessages(message, 'extension')]
  return new Set(fields.filter((field) => readEnum(field, 'type') === 'TYPE_GROUP').map((field) => readText(field, 'typeName')))
}

function fieldsAndOneofs(message: DynamicMessage, context: FieldContext): { fields: FieldNode[]; oneofs: OneofNode[] } {
  const fields: FieldNode[] = []
  const members = readMessages(message, 'oneofDecl').map((): FieldNode[] => [])
  for (const field of readMessages(message, 'field')) {
    const index = field.get('oneofIndex') as number | undefined
    const isMember = index !== undefined && !readBoolean(field, 'proto3Optional')
    const target = isMember ? members[index] : fields
    target?.push(fieldNode(field, context, isMember))
  }
  const oneofs = readMessages(message, 'oneofDecl').map((oneof, index) => ({
    name: readName(oneof, 'name'),
    offset: NO_OFFSET,
    options: optionNodes(readMessage(oneof, 'options')),
    fields: members[index] ?? [],
  }))
  return { fields, oneofs: oneofs.filter((oneof) => oneof.fields.length > 0) }
}

function fieldNode(field: DynamicMessage, context: FieldContext, isOneofMember: boolean): FieldNode {
  const typeName = readEnum(field, 'type') ?? ''
  const type = fieldTypeNode(field, typeName, context)
  const defaultValue = field.get('defaultValue')
  const name = readName(field, 'name')
  return {
    name,
    offset: NO_OFFSET,
    label: isOneofMember || type.kind === 'map' ? null : labelOf(field, context.syntax),
    type,
    number: readNumber(field, 'number'),
    options: [
      ...(typeof defaultValue === 'string' ? [defaultOption(defaultValue, typeName)] : []),
      ...jsonNameOption(name, readText(field, 'jsonName')),
      ...optionNodes(readMessage(field, 'options')),
    ],
  }
}

/** Every descriptor names the JSON name; only one of its own choice is written. */
function jsonNameOption(name: string, jsonName: string): OptionNode[] {
  if (jsonName === '' || jsonName === camelCase(name)) return []
  return [{ name: [{ text: 'json_name', isExtension: false }], offset: NO_OFFSET, value: { kind: 'string', bytes: utf8Bytes(jsonName) } }]
}

function fieldTypeNode(field: DynamicMessage, typeName: string, context: FieldContext): FieldTypeNode {
  const reference = readText(field, 'typeName')
  const group = typeName === 'TYPE_GROUP' ? context.groups.get(reference) : undefined
  if (group) return { kind: 'group', message: messageNode(group, context) }
  const entry = context.mapEntries?.get(reference)
  if (entry) {
    const [key, value] = readMessages(entry, 'field').sort((a, b) => readNumber(a, 'number') - readNumber(b, 'number'))
    if (key && value) return { kind: 'map', key: namedType(key), value: namedType(value) }
  }
  return { kind: 'named', name: namedType(field) }
}

/** The scalar's name, or the type's full name with its leading dot. */
function namedType(field: DynamicMessage): string {
  const typeName = readEnum(field, 'type')
  const isNamed = field.get('typeName') !== undefined
  return isNamed || typeName === undefined ? readTypeName(field, 'typeName') : typeName.replace('TYPE_', '').toLowerCase()
}

function labelOf(field: DynamicMessage, syntax: Syntax): FieldLabel | null {
  const label = readEnum(field, 'label')
  if (label === 'LABEL_REPEATED') return 'repeated'
  if (syntax === '2023') return null
  if (label === 'LABEL_REQUIRED') return 'required'
  return syntax === 'proto2' || readBoolean(field, 'proto3Optional') ? 'optional' : null
}

/** Extensions of one message that stand next to each other become one block. */
function extendNodes(parent: DynamicMessage, context: FieldContext): ExtendNode[] {
  const blocks: (ExtendNode & { fields: FieldNode[] })[] = []
  for (const field of readMessages(parent, 'extension')) {
    const extendee = readTypeName(field, 'extendee')
    const last = blocks.at(-1)
    const node = fieldNode(field, context, false)
    if (last?.extendee === extendee) last.fields.push(node)
    else blocks.push({ extendee, offset: NO_OFFSET, fields: [node] })
  }
  return blocks
}

function extensionRangeNode(range: DynamicMessage): ExtensionRangeNode {
  const options = optionNodes(readMessage(range, 'options'))
  return { ranges: [{ start: readNumber(range, 'start'), end: readNumber(range, 'end') - 1 }], offset: NO_OFFSET, options }
}

function enumNode(node: DynamicMessage): EnumNode {
  return {
    name: readName(node, 'name'),
    offset: NO_OFFSET,
    options: optionNodes(readMessage(node, 'options')),
    values: readMessages(node, 'value').map((value) => ({
      name: readName(value, 'name'),
      offset: NO_OFFSET,
      number: readNumber(value, 'number'),
      options: optionNodes(readMessage(value, 'options')),
    })),
    reserved: reservedNodes(node, { endOffset: 0, max: ENUM_NUMBER_MAX }),
  }
}

function reservedNodes(parent: DynamicMessage, { endOffset, max }: { endOffset: number; max: number }): ReservedNode[] {
  const ranges = readMessages(parent, 'reservedRange').map((range) => ({
    start: readNumber(range, 'start'),
    end: Math.min(readNumber(range, 'end') - endOffset, max),
  }))
  const names = readNames(parent, 'reservedName')
  return [
    ...(ranges.length > 0 ? [{ ranges, names: [], offset: NO_OFFSET }] : []),
    ...(names.length > 0 ? [{ ranges: [], names, offset: NO_OFFSET }] : []),
  ]
}

function serviceNode(service: DynamicMessage): ServiceNode {
  return {
    name: readName(service, 'name'),
    offset: NO_OFFSET,
    options: optionNodes(readMessage(service, 'options')),
    methods: readMessages(service, 'method').map(methodNode),
  }
}

function methodNode(method: DynamicMessage): MethodNode {
  return {
    name: readName(method, 'name'),
    offset: NO_OFFSET,
    input: readTypeName(method, 'inputType'),
    output: readTypeName(method, 'outputType'),
    isClientStreaming: readBoolean(method, 'clientStreaming'),
    isServerStreaming: readBoolean(method, 'serverStreaming'),
    options: optionNodes(readMessage(method, 'options')),
  }
}
