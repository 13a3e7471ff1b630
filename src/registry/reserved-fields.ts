import type { ParsedSchema } from '../schema/language.ts'
import type { ComparedSchema } from './compatibility.ts'
import { RESERVED_PROPERTY, type Metadata } from './metadata.ts'

/**
 * With `validateFields`, the metadata property `confluent:reserved` names fields that no version may use, and that stay
 * reserved for ever. Answers what is wrong, as messages for people.
 */
export function reservedFieldMessages({ parsed, metadata }: ComparedSchema, previous: Metadata | undefined): string[] {
  const reserved = reservedFields(metadata)
  const isFree = new Set(reserved)
  const fields = new Set(topLevelFields(parsed))
  const dropped = reservedFields(previous).filter((name) => !isFree.has(name))
  return [
    ...dropped.map((name) =>
      message(
        'RESERVED_FIELD_REMOVED',
        `The new schema has reserved field ${name} removed from its metadata which is present in the old schema's metadata.`,
      ),
    ),
    ...reserved
      .filter((name) => fields.has(name))
      .map((name) =>
        message('FIELD_CONFLICTS_WITH_RESERVED_FIELD', `The new schema has field that conflicts with the reserved field ${name}.`),
      ),
  ]
}

/** JSON properties that start with `$$`, which `validateFields` refuses. */
export function forbiddenField(parsed: ParsedSchema): string | undefined {
  return parsed.schemaType === 'JSON' ? topLevelFields(parsed).find((name) => name.startsWith('$$')) : undefined
}

function message(errorType: string, description: string): string {
  return `{errorType:'${errorType}', description:'${description}'}`
}

function reservedFields(metadata: Metadata | undefined): string[] {
  return (metadata?.properties?.[RESERVED_PROPERTY] ?? '')
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '')
}

/** Names of a record's fields, an object's properties, or the first message's fields. */
function topLevelFields(parsed: ParsedSchema): string[] {
  if (parsed.schemaType === 'PROTOBUF') return parsed.rowType().fields.map(({ name }) => name)
  const schema = JSON.parse(parsed.canonicalText) as { fields?: { name: string }[]; properties?: object } | string | boolean
  if (typeof schema !== 'object') return []
  return parsed.schemaType === 'AVRO' ? (schema.fields ?? []).map(({ name }) => name) : Object.keys(schema.properties ?? {})
}
