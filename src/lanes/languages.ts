import type { SchemaLanguage, SchemaType } from '../schema/language.ts'

/** Loads a schema language with its first schema: a topic in Avro never pays for ajv or a .proto parser. */
export type LoadLanguage = (schemaType: SchemaType) => Promise<SchemaLanguage>

export const loadLanguage: LoadLanguage = async (schemaType) => {
  switch (schemaType) {
    case 'AVRO':
      return (await import('../schema/avro/language.ts')).avro
    case 'JSON':
      return (await import('../schema/json/language.ts')).jsonSchema
    case 'PROTOBUF':
      return (await import('../schema/protobuf/language.ts')).protobuf
  }
}
