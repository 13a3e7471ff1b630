import { create, createFileRegistry, fromJson, type DescMessage, type MessageShape } from '@bufbuild/protobuf'
import { FileDescriptorProtoSchema, FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt'

/** A message type of @bufbuild/protobuf without generated code, from the JSON of its file's descriptor. */
export function messageType(file: object, name: string): DescMessage {
  const set = create(FileDescriptorSetSchema, { file: [fromJson(FileDescriptorProtoSchema, file as never)] })
  const found = createFileRegistry(set).getMessage(name)
  if (!found) throw new Error(`the file has no message ${name}`)
  return found
}

export function newMessage(type: DescMessage, fields: object): MessageShape<DescMessage> {
  return create(type, fields as never)
}
