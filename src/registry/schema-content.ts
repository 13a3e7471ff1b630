import { createHash } from 'node:crypto'
import type { SchemaType } from '../schema/language.ts'
import type { JsonValue } from '../shared/json.ts'

/** What is registered, in canonical text: everything that its identity covers, and its type. */
export interface SchemaContent {
  readonly schemaType: SchemaType
  readonly schema: string
  readonly references: readonly SchemaReference[]
  readonly metadata: JsonValue | null
  readonly ruleSet: JsonValue | null
}

export interface SchemaReference {
  readonly name: string
  readonly subject: string
  readonly version: number
}

/**
 * The content's identity as a GUID: MD5 over the canonical text and the references, printed as a UUID (reference
 * section 3.1). The type is not part of it.
 */
export function guidOf({ schema, references }: Pick<SchemaContent, 'schema' | 'references'>): string {
  const hash = createHash('md5').update(schema, 'utf8')
  for (const { name, subject, version } of references) {
    const versionBytes = Buffer.alloc(4)
    versionBytes.writeInt32BE(version)
    hash.update(name, 'utf8').update(subject, 'utf8').update(versionBytes)
  }
  const hex = hash.digest('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}
