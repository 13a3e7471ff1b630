import type { EnumNode, FieldNode, MessageNode, OptionNode, ProtoFile } from '../ast.ts'
import { canonicalText } from './canonical.ts'

/**
 * The text behind `format=ignore_extensions`: without `extend` blocks and without the options that are extensions, for
 * readers that do not have the files which declare them.
 */
export function textWithoutExtensions(file: ProtoFile): string {
  return canonicalText({
    ...file,
    options: plainOptions(file.options),
    messages: file.messages.map(plainMessage),
    enums: file.enums.map(plainEnum),
    extends: [],
    services: file.services.map((service) => ({
      ...service,
      options: plainOptions(service.options),
      methods: service.methods.map((method) => ({ ...method, options: plainOptions(method.options) })),
    })),
  })
}

function plainMessage(message: MessageNode): MessageNode {
  return {
    ...message,
    options: plainOptions(message.options),
    fields: message.fields.map(plainField),
    oneofs: message.oneofs.map((oneof) => ({ ...oneof, options: plainOptions(oneof.options), fields: oneof.fields.map(plainField) })),
    messages: message.messages.map(plainMessage),
    enums: message.enums.map(plainEnum),
    extends: [],
    extensionRanges: message.extensionRanges.map((range) => ({ ...range, options: plainOptions(range.options) })),
  }
}

function plainField(field: FieldNode): FieldNode {
  const type = field.type.kind === 'group' ? { ...field.type, message: plainMessage(field.type.message) } : field.type
  return { ...field, type, options: plainOptions(field.options) }
}

function plainEnum(node: EnumNode): EnumNode {
  const values = node.values.map((value) => ({ ...value, options: plainOptions(value.options) }))
  return { ...node, options: plainOptions(node.options), values }
}

function plainOptions(options: readonly OptionNode[]): OptionNode[] {
  return options.filter(({ name }) => !name.some(({ isExtension }) => isExtension))
}
