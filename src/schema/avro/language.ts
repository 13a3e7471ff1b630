import type { SchemaLanguage } from '../language.ts'
import { canonicalText } from './canonical.ts'
import { planColumns } from './column-plan.ts'
import { compileAvroDecoder } from './decoder.ts'
import { parseAvro } from './parse.ts'
import { rowTypeOf } from './row-type.ts'

/** Avro 1.12 as the registry, the table preview and the lanes see it. */
export const avro: SchemaLanguage = {
  schemaType: 'AVRO',
  parse(definition) {
    const schema = parseAvro(definition)
    return {
      schemaType: 'AVRO',
      canonicalText: canonicalText(schema),
      rowType: () => rowTypeOf(planColumns(schema)),
      compileDecoder: () => compileAvroDecoder(schema),
    }
  },
}
