import {
  NO_OFFSET,
  type EnumNode,
  type ExtendNode,
  type ExtensionRangeNode,
  type FieldNode,
  type FieldTypeNode,
  type ImportNode,
  type MessageNode,
  type MethodNode,
  type NumberRange,
  type OneofNode,
  type ProtoFile,
  type ReservedNode,
  type ServiceNode,
} from '../ast.ts'
import { resolveName } from '../link/scope.ts'
import type { FieldValueType, LinkedSchema, MessageType } from '../link/types.ts'
import { canonicalText } from '../print/canonical.ts'
import { normalizeOptions, type ResolveOption } from './normalize-options.ts'

/**
 * The text behind `normalize=true`: what may be written in several ways is written in one. Imports are sorted; fields,
 * oneofs, values and ranges stand by their numbers; types and custom options bear their full names. Messages, enums,
 * services and methods keep their order, since message indexes count it. Options written about the same thing are
 * joined (normalize-options.ts).
 */
export function normalizedText(schema: LinkedSchema): string {
  return canonicalText(new FileNormalizer(schema).file())
}

class FileNormalizer {
  readonly #schema: LinkedSchema

  constructor(schema: LinkedSchema) {
    this.#schema = schema
  }

  file(): ProtoFile {
    const { ast } = this.#schema.main
    const resolve = this.#resolver(ast.packageName)
    return {
      syntax: ast.syntax === 'proto2' ? null : ast.syntax,
      packageName: ast.packageName,
      imports: distinctImports(ast.imports),
      options: normalizeOptions(ast.options, resolve),
      messages: ast.messages.map((node) => this.#message(node)),
      enums: ast.enums.map((node) => normalizeEnum(node, resolve)),
      extends: this.#extends(ast.extends, resolve),
      services: ast.services.map((node) => this.#service(node, resolve)),
    }
  }

  /** Custom options are looked up from the place where they are written. */
  #resolver(scopeName: string): ResolveOption {
    const { meanings, main } = this.#schema
    const scope = meanings.scopes.get(scopeName)
    const visible = meanings.visibleTo.get(main)
    if (!scope || !visible) return () => undefined
    return (name) => {
      const thing = resolveName(name, { scope, visible, isWanted: ({ kind }) => kind === 'extension' })
      return thing?.kind === 'extension' ? thing.field?.fullName : undefined
    }
  }

  #message(node: MessageNode): MessageNode {
    const type = this.#schema.meanings.messages.get(node) as MessageType
    const resolve = this.#resolver(type.fullName)
    return {
      name: node.name,
      offset: NO_OFFSET,
      options: normalizeOptions(node.options, resolve),
      fields: this.#fields(node.fields, resolve),
      oneofs: this.#oneofs(node.oneofs, resolve),
      messages: node.messages.map((nested) => this.#message(nested)),
      enums: node.enums.map((nested) => normalizeEnum(nested, resolve)),
      extends: this.#extends(node.extends, resolve),
      extensionRanges: normalizeExtensionRanges(node.extensionRanges, resolve),
      reserved: normalizeReserved(node.reserved),
    }
  }

  #fields(nodes: readonly FieldNode[], resolve: ResolveOption): FieldNode[] {
    return nodes.map((node) => this.#field(node, resolve)).sort((a, b) => a.number - b.number)
  }

  #field(node: FieldNode, resolve: ResolveOption): FieldNode {
    return { ...node, offset: NO_OFFSET, type: this.#fieldType(node), options: normalizeOptions(node.options, resolve) }
  }

  #fieldType(node: FieldNode): FieldTypeNode {
    const type = this.#schema.meanings.fields.get(node)?.type
    switch (node.type.kind) {
      case 'group':
        return { kind: 'group', message: this.#message(node.type.message) }
      case 'named':
        return { kind: 'named', name: type ? fullTypeName(type) : node.type.name }
      case 'map': {
        const value = type?.kind === 'message' ? type.message.fieldByName.get('value') : undefined
        return { ...node.type, value: value ? fullTypeName(value.type) : node.type.value }
      }
    }
  }

  #oneofs(nodes: readonly OneofNode[], resolve: ResolveOption): OneofNode[] {
    const oneofs = nodes.map(({ name, options, fields }) => ({
      name,
      offset: NO_OFFSET,
      options: normalizeOptions(options, resolve),
      fields: this.#fields(fields, resolve),
    }))
    return oneofs.sort((a, b) => firstNumber(a) - firstNumber(b))
  }

  /** One block for each message that is extended. */
  #extends(nodes: readonly ExtendNode[], resolve: ResolveOption): ExtendNode[] {
    const blocks = Map.groupBy(nodes, (node) => `.${this.#schema.meanings.extendees.get(node)?.fullName ?? node.extendee}`)
    return [...blocks]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([extendee, block]) => {
        const fields = block.flatMap((node) => node.fields)
        return { extendee, offset: NO_OFFSET, fields: this.#fields(fields, resolve) }
      })
  }

  #service(node: ServiceNode, resolve: ResolveOption): ServiceNode {
    const options = normalizeOptions(node.options, resolve)
    return { name: node.name, offset: NO_OFFSET, options, methods: node.methods.map((method) => this.#method(method, resolve)) }
  }

  #method(node: MethodNode, resolve: ResolveOption): MethodNode {
    const types = this.#schema.meanings.methods.get(node)
    return {
      ...node,
      offset: NO_OFFSET,
      input: types ? `.${types.input.fullName}` : node.input,
      output: types ? `.${types.output.fullName}` : node.output,
      options: normalizeOptions(node.options, resolve),
    }
  }
}

/** Of two imports of one file the public one says more. */
function distinctImports(imports: readonly ImportNode[]): ImportNode[] {
  const byPath = new Map<string, ImportNode>()
  for (const node of imports)
    if (!byPath.has(node.path) || node.modifier === 'public') byPath.set(node.path, { ...node, offset: NO_OFFSET })
  return [...byPath.values()].sort((a, b) => (a.path < b.path ? -1 : 1))
}

function fullTypeName(type: FieldValueType): string {
  if (type.kind === 'scalar') return type.scalar
  return `.${type.kind === 'enum' ? type.fullName : type.message.fullName}`
}

function firstNumber({ fields }: OneofNode): number {
  return fields[0]?.number ?? 0
}

/**
 * Values by number and name, but for the first one, which stays in front: it is what an absent value means, and proto3
 * wants it to be 0. (Confluent moves it behind negative numbers.)
 */
function normalizeEnum(node: EnumNode, resolve: ResolveOption): EnumNode {
  const [first, ...others] = node.values.map((value) => ({
    ...value,
    offset: NO_OFFSET,
    options: normalizeOptions(value.options, resolve),
  }))
  others.sort((a, b) => a.number - b.number || (a.name < b.name ? -1 : 1))
  return {
    name: node.name,
    offset: NO_OFFSET,
    options: normalizeOptions(node.options, resolve),
    values: first ? [first, ...others] : [],
    reserved: normalizeReserved(node.reserved),
  }
}

/** One statement for each range, then one for each name. */
function normalizeReserved(nodes: readonly ReservedNode[]): ReservedNode[] {
  const ranges = nodes.flatMap((node) => node.ranges).sort(byStart)
  const names = nodes.flatMap((node) => node.names).sort()
  return [
    ...ranges.map((range) => ({ ranges: [range], names: [], offset: NO_OFFSET })),
    ...names.map((name) => ({ ranges: [], names: [name], offset: NO_OFFSET })),
  ]
}

function normalizeExtensionRanges(nodes: readonly ExtensionRangeNode[], resolve: ResolveOption): ExtensionRangeNode[] {
  const single = nodes.flatMap(({ ranges, options }) => {
    const normalized = normalizeOptions(options, resolve)
    return ranges.map((range) => ({ range, options: normalized }))
  })
  return single.sort((a, b) => byStart(a.range, b.range)).map(({ range, options }) => ({ ranges: [range], options, offset: NO_OFFSET }))
}

function byStart(a: NumberRange, b: NumberRange): number {
  return a.start - b.start
}
