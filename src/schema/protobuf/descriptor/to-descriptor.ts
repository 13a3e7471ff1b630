import type { EnumNode, ExtendNode, MessageNode, MethodNode, ReservedNode, ServiceNode } from '../ast.ts'
import { entryNameOf } from '../link/resolve-field.ts'
import type { FieldType, LinkedSchema, MessageType } from '../link/types.ts'
import { encodeDynamic } from '../wire/encode-dynamic.ts'
import { buildMessage, type Fields } from './build-message.ts'
import { defaultText } from './default-text.ts'
import { descriptorType } from './descriptor-types.ts'
import { interpretOptions, type OptionPlace } from './interpret-options.ts'

/**
 * The schema's main file as a FileDescriptorProto, as protoc makes it: full type names, JSON names, map entries and
 * the oneofs of proto3's `optional` spelled out. `fileName` is the name others import it by.
 */
export function descriptorBytes(schema: LinkedSchema, fileName: string): Uint8Array<ArrayBuffer> {
  const fields = new DescriptorBuilder(schema).file(fileName)
  return encodeDynamic(buildMessage(descriptorType('FileDescriptorProto', schema), fields))
}

class DescriptorBuilder {
  readonly #schema: LinkedSchema

  constructor(schema: LinkedSchema) {
    this.#schema = schema
  }

  file(name: string): Fields {
    const { ast } = this.#schema.main
    const scopeName = ast.packageName
    const indexesOf = (modifier: string): number[] => ast.imports.flatMap((node, index) => (node.modifier === modifier ? [index] : []))
    return {
      name,
      package: ast.packageName || undefined,
      dependency: ast.imports.map(({ path }) => path),
      publicDependency: indexesOf('public'),
      weakDependency: indexesOf('weak'),
      messageType: ast.messages.map((node) => this.#message(node)),
      enumType: ast.enums.map((node) => this.#enum(node, scopeName)),
      service: ast.services.map((node) => this.#service(node, scopeName)),
      extension: ast.extends.flatMap((node) => this.#extensions(node, scopeName)),
      options: interpretOptions('FileOptions', ast.options, this.#place(scopeName)),
      syntax: ast.syntax === '2023' ? 'editions' : ast.syntax === 'proto3' ? 'proto3' : undefined,
      edition: ast.syntax === '2023' ? 'EDITION_2023' : undefined,
    }
  }

  #place(scopeName: string): OptionPlace {
    return { schema: this.#schema, file: this.#schema.main, scopeName }
  }

  /** `optional` of proto3 is a oneof of one member to readers that do not know it. */
  #isProto3Optional({ node }: FieldType): boolean {
    return this.#schema.main.ast.syntax === 'proto3' && node?.label === 'optional'
  }

  #message(node: MessageNode): Fields {
    const type = this.#schema.meanings.messages.get(node) as MessageType
    const scopeName = type.fullName
    const optional = type.fields.filter((field) => this.#isProto3Optional(field))
    const oneofIndexes = new Map([
      ...type.oneofs.flatMap(({ fields }, index) => fields.map((field) => [field, index] as const)),
      ...optional.map((field, index) => [field, type.oneofs.length + index] as const),
    ])
    const groups = [...type.fields.map(({ node: field }) => field), ...node.extends.flatMap(({ fields }) => fields)]
    return {
      name: node.name,
      field: type.fields.map((field) => this.#field(field, { scopeName, oneofIndex: oneofIndexes.get(field) })),
      extension: node.extends.flatMap((extend) => this.#extensions(extend, scopeName)),
      nestedType: [
        ...node.messages.map((nested) => this.#message(nested)),
        ...groups.flatMap((field) => (field?.type.kind === 'group' ? [this.#message(field.type.message)] : [])),
        ...type.fields.flatMap((field) => (field.repetition === 'map' ? [this.#mapEntry(field, scopeName)] : [])),
      ],
      enumType: node.enums.map((nested) => this.#enum(nested, scopeName)),
      extensionRange: node.extensionRanges.flatMap(({ ranges, options }) =>
        ranges.map(({ start, end }) => ({
          start,
          end: end + 1,
          options: interpretOptions('ExtensionRangeOptions', options, this.#place(scopeName)),
        })),
      ),
      oneofDecl: [
        ...node.oneofs.map(({ name, options }) => ({ name, options: interpretOptions('OneofOptions', options, this.#place(scopeName)) })),
        ...optional.map(({ name }) => ({ name: `_${name}` })),
      ],
      options: interpretOptions('MessageOptions', node.options, this.#place(scopeName)),
      ...reservedFields(node.reserved, 1),
    }
  }

  #field(field: FieldType, { scopeName, oneofIndex }: { scopeName: string; oneofIndex?: number | undefined }): Fields {
    const options = field.node?.options.filter(({ name }) => name[0]?.text !== 'default' && name[0]?.text !== 'json_name') ?? []
    return {
      name: field.name,
      number: field.number,
      label: labelOf(field),
      type: typeNameOf(field),
      typeName:
        field.type.kind === 'scalar' ? undefined : `.${field.type.kind === 'enum' ? field.type.fullName : field.type.message.fullName}`,
      defaultValue: defaultText(field),
      oneofIndex,
      jsonName: field.jsonName,
      options: interpretOptions('FieldOptions', options, this.#place(scopeName)),
      proto3Optional: this.#isProto3Optional(field) || undefined,
    }
  }

  #extensions(node: ExtendNode, scopeName: string): Fields[] {
    const extendee = this.#schema.meanings.extendees.get(node) as MessageType
    return node.fields.map((fieldNode) => {
      const field = this.#schema.meanings.fields.get(fieldNode) as FieldType
      return { ...this.#field(field, { scopeName }), extendee: `.${extendee.fullName}` }
    })
  }

  #mapEntry(field: FieldType, scopeName: string): Fields {
    const fields = field.type.kind === 'message' ? field.type.message.fields : []
    return {
      name: entryNameOf(field.name),
      field: fields.map((entryField) => this.#field(entryField, { scopeName })),
      options: { mapEntry: true },
    }
  }

  #enum(node: EnumNode, scopeName: string): Fields {
    return {
      name: node.name,
      value: node.values.map(({ name, number, options }) => ({
        name,
        number,
        options: interpretOptions('EnumValueOptions', options, this.#place(scopeName)),
      })),
      options: interpretOptions('EnumOptions', node.options, this.#place(scopeName)),
      // The end of an enum's range belongs to it, unlike that of a message.
      ...reservedFields(node.reserved, 0),
    }
  }

  #service(node: ServiceNode, scopeName: string): Fields {
    return {
      name: node.name,
      method: node.methods.map((method) => this.#method(method, scopeName)),
      options: interpretOptions('ServiceOptions', node.options, this.#place(scopeName)),
    }
  }

  #method(node: MethodNode, scopeName: string): Fields {
    const types = this.#schema.meanings.methods.get(node)
    return {
      name: node.name,
      inputType: `.${types?.input.fullName ?? node.input}`,
      outputType: `.${types?.output.fullName ?? node.output}`,
      options: interpretOptions('MethodOptions', node.options, this.#place(scopeName)),
      clientStreaming: node.isClientStreaming || undefined,
      serverStreaming: node.isServerStreaming || undefined,
    }
  }
}

function labelOf({ node, repetition }: FieldType): string {
  if (repetition !== 'singular') return 'LABEL_REPEATED'
  return node?.label === 'required' ? 'LABEL_REQUIRED' : 'LABEL_OPTIONAL'
}

function typeNameOf({ type, node }: FieldType): string {
  if (type.kind === 'scalar') return `TYPE_${type.scalar.toUpperCase()}`
  if (type.kind === 'enum') return 'TYPE_ENUM'
  return node?.type.kind === 'group' ? 'TYPE_GROUP' : 'TYPE_MESSAGE'
}

function reservedFields(reserved: readonly ReservedNode[], endOffset: 0 | 1): Fields {
  return {
    reservedRange: reserved.flatMap(({ ranges }) => ranges.map(({ start, end }) => ({ start, end: end + endOffset }))),
    reservedName: reserved.flatMap(({ names }) => names),
  }
}
