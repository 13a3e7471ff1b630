import type { ParsedSchema, RecordDecoder, SchemaDefinition, SchemaLanguage } from '../language.ts'
import type { StructType } from '../../columns/row-type.ts'
import type { LinkedSchema } from './link/types.ts'
import { messageAt } from './message-indexes.ts'
import { canonicalText } from './print/canonical.ts'
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
    rowType: ({ messageIndexes } = {}): StructType => rowTypeOf(planColumns(messageAt(linked, messageIndexes))),
    compileDecoder: ({ messageIndexes } = {}): RecordDecoder => compileProtobufDecoder(messageAt(linked, messageIndexes)),
  }
}

export const protobuf: SchemaLanguage = { schemaType: 'PROTOBUF', parse: parseProtobuf }
