import type { ParsedSchema, SchemaDefinition, SchemaLanguage } from '../language.ts'
import type { AvroSchema } from './ast.ts'
import { canonicalText, normalizedText, resolvedText } from './canonical.ts'
import { planColumns } from './column-plan.ts'
import { checkAvroCompatibility } from './compatibility.ts'
import { checkDefaults } from './defaults.ts'
import { compileAvroDecoder } from './decoder.ts'
import { parseAvro } from './parse.ts'
import { rowTypeOf } from './row-type.ts'

/** A parsed schema with its types, for those who ask more than the contract. */
export interface AvroParsedSchema extends ParsedSchema {
  readonly schemaType: 'AVRO'
  readonly avro: AvroSchema
}

function parse(definition: SchemaDefinition): AvroParsedSchema {
  const schema = parseAvro(definition)
  return {
    schemaType: 'AVRO',
    avro: schema,
    canonicalText: canonicalText(schema),
    normalizedText: () => normalizedText(schema),
    formattedText: (format) => (format === 'resolved' ? resolvedText(schema) : undefined),
    checkAsNew: () => checkDefaults(schema.defaults),
    rowType: () => rowTypeOf(planColumns(schema)),
    compileDecoder: () => compileAvroDecoder(schema),
  }
}

/** Avro 1.12 as the registry, the table preview and the lanes see it. */
export const avro: SchemaLanguage = {
  schemaType: 'AVRO',
  parse,
  checkCompatibility: (question) => checkAvroCompatibility(question),
}
