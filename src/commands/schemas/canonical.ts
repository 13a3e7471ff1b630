import { loadLanguage } from '../../lanes/languages.ts'
import type { SchemaDefinition } from '../../schema/language.ts'
import { HeadgateError } from '../../shared/errors.ts'

/**
 * The text by which two schemas are the same schema. One that we cannot read is compared as it is written: registries
 * of others take constructs that no table has a place for.
 */
export async function canonicalOf(definition: SchemaDefinition): Promise<string> {
  const language = await loadLanguage(definition.schemaType)
  try {
    return language.parse(definition).canonicalText
  } catch (error) {
    if (error instanceof HeadgateError) return definition.text.trim()
    throw error
  }
}
