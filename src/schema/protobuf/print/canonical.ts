import {
  ENUM_NUMBER_MAX,
  FIELD_NUMBER_MAX,
  type EnumNode,
  type ExtendNode,
  type ExtensionRangeNode,
  type FieldNode,
  type FieldTypeNode,
  type MessageNode,
  type MethodNode,
  type NumberRange,
  type OneofNode,
  type ProtoFile,
  type ReservedNode,
  type ServiceNode,
} from '../ast.ts'
import { indented, printOption, printOptionList, printString } from './print-option.ts'

/**
 * The text the registry stores and hashes: comments and layout gone, declarations of one kind together in a fixed
 * order, as the printer of Wire does it (messages before enums; reserved, options, fields, oneofs, groups, extensions,
 * extends, nested types inside). Parsing it gives the same file, and printing that gives the same text.
 */
export function canonicalText(file: ProtoFile): string {
  const isEdition = file.syntax === '2023'
  const head = [
    ...(file.syntax === null ? [] : [`${isEdition ? 'edition' : 'syntax'} = "${file.syntax}";`]),
    ...(file.packageName === '' ? [] : [`package ${file.packageName};`]),
  ]
  const sections = [
    head,
    [...importLines(file, (modifier) => modifier !== 'public'), ...importLines(file, (modifier) => modifier === 'public')],
    file.options.map((option) => `option ${printOption(option)};`),
    [...file.messages.map((message) => printMessage(message)), ...file.enums.map(printEnum)],
    file.extends.map((extend) => printExtend(extend)),
    file.services.map(printService),
  ]
  return sections
    .filter((section) => section.length > 0)
    .map((section) => `${section.join('\n')}\n`)
    .join('\n')
}

function importLines(file: ProtoFile, isWanted: (modifier: string | null) => boolean): string[] {
  return file.imports
    .filter(({ modifier }) => isWanted(modifier))
    .map(({ path, modifier }) => `import ${modifier === null ? '' : `${modifier} `}${printString(Buffer.from(path))};`)
}

/** `head { ... }` with a blank line between the sections that are not empty. */
function block(head: string, sections: readonly (readonly string[])[]): string {
  const printed = sections.filter((section) => section.length > 0).map((section) => `${indented(section.join('\n'))}\n`)
  return printed.length === 0 ? `${head} {}` : `${head} {\n${printed.join('\n')}}`
}

function printMessage(message: MessageNode, head = `message ${message.name}`): string {
  const isGroup = ({ type }: FieldNode): boolean => type.kind === 'group'
  return block(head, [
    message.reserved.map((reserved) => printReserved(reserved, FIELD_NUMBER_MAX)),
    message.options.map((option) => `option ${printOption(option)};`),
    message.fields.filter((field) => !isGroup(field)).map(printField),
    message.oneofs.map(printOneof),
    message.fields.filter(isGroup).map(printField),
    message.extensionRanges.map(printExtensionRange),
    message.extends.map((extend) => printExtend(extend)),
    [...message.messages.map((nested) => printMessage(nested)), ...message.enums.map(printEnum)],
  ])
}

function printField({ label, type, name, number, options }: FieldNode): string {
  const prefix = label === null ? '' : `${label} `
  if (type.kind === 'group') {
    const head = `${prefix}group ${type.message.name} = ${number}${printOptionList(options)}`
    return printMessage(type.message, head)
  }
  return `${prefix}${printType(type)} ${name} = ${number}${printOptionList(options)};`
}

function printType(type: Exclude<FieldTypeNode, { kind: 'group' }>): string {
  return type.kind === 'map' ? `map<${type.key}, ${type.value}>` : type.name
}

function printOneof({ name, options, fields }: OneofNode): string {
  return block(`oneof ${name}`, [options.map((option) => `option ${printOption(option)};`), fields.map(printField)])
}

function printEnum({ name, options, values, reserved }: EnumNode): string {
  return block(`enum ${name}`, [
    reserved.map((node) => printReserved(node, ENUM_NUMBER_MAX)),
    [
      ...options.map((option) => `option ${printOption(option)};`),
      ...values.map((value) => `${value.name} = ${value.number}${printOptionList(value.options)};`),
    ],
  ])
}

function printExtend({ extendee, fields }: ExtendNode): string {
  return block(`extend ${extendee}`, [fields.map(printField)])
}

function printService({ name, options, methods }: ServiceNode): string {
  return block(`service ${name}`, [options.map((option) => `option ${printOption(option)};`), methods.map(printMethod)])
}

function printMethod({ name, input, output, isClientStreaming, isServerStreaming, options }: MethodNode): string {
  const streamed = (isStreaming: boolean, type: string): string => `(${isStreaming ? 'stream ' : ''}${type})`
  const head = `rpc ${name} ${streamed(isClientStreaming, input)} returns ${streamed(isServerStreaming, output)}`
  return options.length === 0 ? `${head};` : block(head, [options.map((option) => `option ${printOption(option)};`)])
}

function printExtensionRange({ ranges, options }: ExtensionRangeNode): string {
  return `extensions ${printRanges(ranges, FIELD_NUMBER_MAX)}${printOptionList(options)};`
}

function printReserved({ ranges, names }: ReservedNode, numberMax: number): string {
  const items = names.length > 0 ? names.map((name) => `"${name}"`).join(', ') : printRanges(ranges, numberMax)
  return `reserved ${items};`
}

function printRanges(ranges: readonly NumberRange[], numberMax: number): string {
  return ranges.map(({ start, end }) => (start === end ? `${start}` : `${start} to ${end === numberMax ? 'max' : end}`)).join(', ')
}
