import { tagsIn, type SchemaTags } from '../inline-tags.ts'
import type { RegisteredSchema } from '../context-schemas.ts'
import type { RegisteredVersion } from '../registry-index.ts'
import { contentText, parseContent, type SchemaContent } from '../schema-content.ts'
import type { Schemas } from '../schemas.ts'
import { contextPrefix, subjectBeside } from '../subject.ts'

/** How a client wants schemas shown. */
export interface Shown {
  /** `?format=`; one that the language does not have means the canonical text. */
  readonly format: string | undefined
  /** `?referenceFormat=qualified`: subjects of references with their context. */
  readonly hasQualifiedReferences: boolean
  /** `?findTags=`: which tags in the schema's text are answered by themselves; `*` is all of them. */
  readonly tags: readonly string[]
}

const asRegistered: Shown = { format: undefined, hasQualifiedReferences: false, tags: [] }

/**
 * Everything about a version: who it is, then its content. The content is stored as it is answered, so that nothing is
 * parsed and written again for it.
 */
export function versionAnswer(schemas: Schemas, version: RegisteredVersion, shown: Shown = asRegistered, more: object = {}): string {
  const { subject, schema, createdAtMs, isDeleted } = version
  const { schemaId, guid } = schema
  const deleted = isDeleted ? { deleted: true } : {}
  const who = {
    subject,
    version: version.version,
    id: schemaId,
    guid,
    ts: createdAtMs,
    ...deleted,
    ...foundTags(schemas, schema, shown),
    ...more,
  }
  return joined(who, shownText(schemas, schema, shown))
}

/** Of a schema that was asked for by id or guid: `version` is one of its uses, when that was asked for. */
export function schemaAnswer(
  schemas: Schemas,
  schema: RegisteredSchema,
  { shown = asRegistered, version, more = {} }: { shown?: Shown; version?: RegisteredVersion | undefined; more?: object },
): string {
  const use = version ? { subject: version.subject, version: version.version } : {}
  const ts = version?.createdAtMs ?? schema.uses[0]?.createdAtMs
  return joined(
    { id: schema.schemaId, ...use, guid: schema.guid, ts, ...foundTags(schemas, schema, shown), ...more },
    shownText(schemas, schema, shown),
  )
}

/** The schema alone, as it would stand in a file. */
export function rawText(schemas: Schemas, schema: RegisteredSchema, { format }: Pick<Shown, 'format'>): string {
  return formatted(schemas, schema, format) ?? schemas.content(schema).schema
}

/** Two JSON objects, both with members, as one. */
function joined(members: object, text: string): string {
  return `${JSON.stringify(members).slice(0, -1)},${text.slice(1)}`
}

function shownText(schemas: Schemas, schema: RegisteredSchema, { format, hasQualifiedReferences }: Shown): string {
  const text = schemas.text(schema)
  const other = formatted(schemas, schema, format)
  if (other === undefined && !hasQualifiedReferences) return text
  const content = parseContent(text)
  return contentText({
    ...content,
    schema: other ?? content.schema,
    references: hasQualifiedReferences ? qualifiedReferences(schema, content) : content.references,
  })
}

function foundTags(schemas: Schemas, schema: RegisteredSchema, { tags: wanted }: Shown): { schemaTags?: readonly SchemaTags[] } {
  if (wanted.length === 0) return {}
  const all = tagsIn(schema.schemaType, schemas.content(schema).schema)
  return { schemaTags: wanted.includes('*') ? all : all.filter(({ tags }) => tags.some((tag) => wanted.includes(tag))) }
}

function formatted(schemas: Schemas, schema: RegisteredSchema, format: string | undefined): string | undefined {
  return format === undefined || format === '' ? undefined : schemas.parsed(schema).formattedText(format)
}

function qualifiedReferences({ context }: RegisteredSchema, { references }: SchemaContent): SchemaContent['references'] {
  return references.map((reference) => ({ ...reference, subject: subjectBeside(contextPrefix(context), reference.subject) }))
}
