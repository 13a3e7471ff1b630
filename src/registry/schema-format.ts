import type { ParsedSchema } from '../schema/language.ts'
import type { ProtobufSchema } from '../schema/protobuf/language.ts'
import type { RegisteredSchema } from './registry-index.ts'

/**
 * The text of a schema in the form a client asked for (`?format=`). Confluent's Protobuf clients for JavaScript, Python
 * and Go read `serialized`, a FileDescriptorProto in base64, and nothing else. A form that is not known is answered
 * with the canonical text, as Confluent's registry does.
 */
export async function formattedText(
  { content }: RegisteredSchema,
  format: string | undefined,
  parsed: () => ParsedSchema,
): Promise<string> {
  if (content.schemaType !== 'PROTOBUF' || format !== 'serialized') return content.schema
  const { descriptorBytes } = await import('../schema/protobuf/descriptor/to-descriptor.ts')
  return Buffer.from(descriptorBytes((parsed() as ProtobufSchema).linked, FILE_NAME)).toString('base64')
}

/** Nothing imports a main file by name; this is what Confluent's registry calls it. */
const FILE_NAME = 'default'
