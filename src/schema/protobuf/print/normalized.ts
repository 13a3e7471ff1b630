import type {
  EnumNode,
  ExtendNode,
  ExtensionRangeNode,
  FieldNode,
  FieldTypeNode,
  ImportNode,
  MessageNode,
  MethodNode,
  OneofNode,
  OptionNode,
  OptionValue,
  ProtoFile,
  ReservedNode,
  ServiceNode,
} from '../ast.ts'
import type { FieldValueType, LinkedSchema, Meanings } from '../link/types.ts'
import { canonicalText } from './canonical.ts'
import { printOption } from './print-option.ts'

/**
 * The text behind `normalize=true`: two files that mean the same and differ only in how they are written give one text.
 * What the wire or a message index depends on (numbers, names, the order of messages and enums) stays.
 */
export function normalizedText({ main, meanings }: LinkedSchema): string {
  return canonicalText(new Normalizer(meanings).file(main.ast))
}

class Normalizer {
  readonly #meanings: Meanings

  constructor(meanings: Meanings) {
    this.#meanings = meanings
  }

  file(file: ProtoFile): ProtoFile {
    return {
      ...file,
      // proto2 is what a file without a syntax line is.
      syntax: file.syntax === 'proto2' ? null : file.syntax,
      imports: distinctImports(file.imports),
      options: sortedOptions(file.options),
      messages: file.messages.map((message) => this.#message(message)),
      enums: file.enums.map(normalizedEnum),
      extends: this.#extends(file.extends),
      services: file.services.map((service) => this.#service(service)),
    }
  }

  #message(message: MessageNode): MessageNode {
    return {
      ...message,
      options: sortedOptions(message.options),
      fields: this.#fields(message.fields),
      oneofs: message.oneofs
        .filter(({ fields }) => fields.length > 0)
        .map((oneof) => this.#oneof(oneof))
        .sort((a, b) => firstNumber(a) - firstNumber(b)),
      messages: message.messages.map((nested) => this.#message(nested)),
      enums: message.enums.map(normalizedEnum),
      extends: this.#extends(message.extends),
      extensionRanges: singleRanges(message.extensionRanges),
      reserved: singleReservations(message.reserved),
    }
  }

  #oneof(oneof: OneofNode): OneofNode {
    return { ...oneof, options: sortedOptions(oneof.options), fields: this.#fields(oneof.fields) }
  }

  #fields(fields: readonly FieldNode[]): FieldNode[] {
    return fields
      .map((field) => ({ ...field, type: this.#fieldType(field), options: sortedOptions(field.options) }))
      .sort((a, b) => a.number - b.number)
  }

  #fieldType(field: FieldNode): FieldTypeNode {
    if (field.type.kind === 'group') return { kind: 'group', message: this.#message(field.type.message) }
    const meaning = this.#meanings.fields.get(field)
    if (meaning === undefined) return field.type
    if (field.type.kind === 'named') return { kind: 'named', name: typeName(meaning.type) }
    const value = meaning.type.kind === 'message' ? meaning.type.message.fieldByNumber.get(2) : undefined
    return value === undefined ? field.type : { ...field.type, value: typeName(value.type) }
  }

  /** One block per extended message, whatever it was called at each place. */
  #extends(blocks: readonly ExtendNode[]): ExtendNode[] {
    const byName = new Map<string, ExtendNode>()
    for (const block of blocks) {
      const meaning = this.#meanings.extendees.get(block)
      const extendee = meaning === undefined ? block.extendee : `.${meaning.fullName}`
      const fields = [...(byName.get(extendee)?.fields ?? []), ...block.fields]
      byName.set(extendee, { ...block, extendee, fields })
    }
    return [...byName.values()]
      .sort((a, b) => compareText(a.extendee, b.extendee))
      .map((block) => ({ ...block, fields: this.#fields(block.fields) }))
  }

  #service(service: ServiceNode): ServiceNode {
    return { ...service, options: sortedOptions(service.options), methods: service.methods.map((method) => this.#method(method)) }
  }

  #method(method: MethodNode): MethodNode {
    const meaning = this.#meanings.methods.get(method)
    const names = meaning && { input: `.${meaning.input.fullName}`, output: `.${meaning.output.fullName}` }
    return { ...method, ...names, options: sortedOptions(method.options) }
  }
}

function typeName(type: FieldValueType): string {
  switch (type.kind) {
    case 'scalar':
      return type.scalar
    case 'enum':
      return `.${type.fullName}`
    case 'message':
      return `.${type.message.fullName}`
  }
}

function normalizedEnum(node: EnumNode): EnumNode {
  const values = node.values.map((value) => ({ ...value, options: sortedOptions(value.options) }))
  return {
    ...node,
    options: sortedOptions(node.options),
    values: values.sort((a, b) => a.number - b.number || compareText(a.name, b.name)),
    reserved: singleReservations(node.reserved),
  }
}

function distinctImports(imports: readonly ImportNode[]): ImportNode[] {
  const byPath = new Map<string, ImportNode>()
  // Of an import that is there twice, the public one says more.
  for (const node of imports) if (!byPath.has(node.path) || node.modifier === 'public') byPath.set(node.path, node)
  return [...byPath.values()].sort((a, b) => compareText(a.path, b.path))
}

function singleRanges(statements: readonly ExtensionRangeNode[]): ExtensionRangeNode[] {
  return statements
    .flatMap((statement) =>
      statement.ranges.map((range) => ({ ...statement, ranges: [range], options: sortedOptions(statement.options), start: range.start })),
    )
    .sort((a, b) => a.start - b.start)
}

/** One statement per range, in order, then one per name. */
function singleReservations(statements: readonly ReservedNode[]): ReservedNode[] {
  const ranges = statements.flatMap((statement) => statement.ranges.map((range) => ({ ...statement, ranges: [range], names: [], range })))
  const names = statements.flatMap((statement) => statement.names.map((name) => ({ ...statement, ranges: [], names: [name], name })))
  return [...ranges.sort((a, b) => a.range.start - b.range.start), ...names.sort((a, b) => compareText(a.name, b.name))]
}

function sortedOptions(options: readonly OptionNode[]): OptionNode[] {
  return options
    .map((option) => ({ ...option, value: normalizedValue(option.value) }))
    .map((option) => ({ option, text: printOption(option) }))
    .sort((a, b) => compareText(a.text, b.text))
    .map(({ option }) => option)
}

/** Members of an aggregate by name; integers in decimal. */
function normalizedValue(value: OptionValue): OptionValue {
  switch (value.kind) {
    case 'number':
      return /^-?0[xX0-7]/.test(value.text) ? { kind: 'number', text: decimalText(value.text) } : value
    case 'message': {
      const entries = value.entries.map((entry) => ({ ...entry, value: normalizedValue(entry.value) }))
      return { kind: 'message', entries: entries.sort((a, b) => compareText(a.name, b.name)) }
    }
    case 'list':
      return { kind: 'list', items: value.items.map(normalizedValue) }
    case 'identifier':
    case 'string':
      return value
  }
}

/** `0x1f` and `017` as decimal; text that is no integer (0.5) as it is. */
function decimalText(text: string): string {
  const [, sign = '', digits = ''] = /^(-?)(.*)$/.exec(text) ?? []
  if (/^0[xX][0-9a-fA-F]+$/.test(digits)) return `${sign}${BigInt(digits)}`
  return /^0[0-7]+$/.test(digits) ? `${sign}${BigInt(`0o${digits.slice(1)}`)}` : text
}

function firstNumber({ fields }: OneofNode): number {
  return Math.min(...fields.map(({ number }) => number))
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
