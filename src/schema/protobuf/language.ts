import type { ParsedSchema, RecordDecoder, SchemaDefinition, SchemaLanguage } from '../language.ts'
import type { StructType } from '../../columns/row-type.ts'
import { descriptorBytes } from './descriptor/to-descriptor.ts'
import { checkProtobufCompatibility } from './compatibility.ts'
import type { LinkedSchema } from './link/types.ts'
import { hasMessageAt, messageAt } from './message-indexes.ts'
import { normalizedText } from './normalize/normalized-text.ts'
import { canonicalText } from './print/canonical.ts'
import { textWithoutExtensions } from './print/without-extensions.ts'
import { planColumns } from './rows/column-plan.ts'
import { compileProtobufDecoder } from './rows/decoder.ts'
import { rowTypeOf } from './rows/row-type.ts'
import { readSchema } from './schema-text.ts'

/** A parsed schema, with its names resolved for those who ask more than the contract: descriptors and JSON. */
export interface ProtobufSchema extends ParsedSchema {
  readonly schemaType: 'PROTOBUF'
  readonly linked: LinkedSchema
}

export function parseProtobuf({ text, references }: Pick<SchemaDefinition, 'text' | 'references'>): ProtobufSchema {
  const linked = readSchema(text, references)
  return {
    schemaType: 'PROTOBUF',
    linked,
    canonicalText: canonicalText(linked.main.ast),
    normalizedText: () => normalizedText(linked),
    formattedText: (format) => formattedText(linked, format),
    checkAsNew: () => undefined,
    rowType: ({ messageIndexes } = {}): StructType => rowTypeOf(planColumns(messageAt(linked, messageIndexes))),
    hasMessage: hasMessageAt(linked),
    compileDecoder: ({ messageIndexes } = {}): RecordDecoder => compileProtobufDecoder(messageAt(linked, messageIndexes)),
  }
}

export const protobuf: SchemaLanguage = {
  schemaType: 'PROTOBUF',
  parse: parseProtobuf,
  checkCompatibility: (question) => checkProtobufCompatibility(question),
}

/** `serialized` is what Confluent's clients for JavaScript, Python and Go read: a FileDescriptorProto in base64. */
function formattedText(linked: LinkedSchema, format: string): string | undefined {
  if (format === 'serialized') return Buffer.from(descriptorBytes(linked, FILE_NAME)).toString('base64')
  return format === 'ignore_extensions' ? textWithoutExtensions(linked.main.ast) : undefined
}

/** Nothing imports a main file by name; this is what Confluent's registry calls it. */
const FILE_NAME = 'default'
