import type { SchemaType } from '../../schema/language.ts'
import { HeadgateError } from '../../shared/errors.ts'
import { keySubjectOf, valueSubjectOf } from '../subject-names.ts'
import { partsOf } from './envelope.ts'
import type { SchemasFolder, TopicFile } from './folder-files.ts'
import { compareText } from '../../shared/text-order.ts'

/** A schema of a file and the subject it belongs to. */
export interface SubjectSchema {
  readonly path: string
  readonly text: string
  readonly schemaType: SchemaType
  readonly subject: string
  readonly version: number | undefined
}

/** By subject, histories in their order. Throws HeadgateError `invalid-schema` when two files would be one version. */
export async function subjectSchemas({ topicFiles, settings }: SchemasFolder): Promise<SubjectSchema[]> {
  const schemas: SubjectSchema[] = []
  for (const file of topicFiles) {
    const isEnvelopeAllowed = settings.get(file.topic)?.isEnvelopeAllowed ?? true
    const { key, value } = await partTexts(file, isEnvelopeAllowed)
    if (key !== undefined) schemas.push({ ...file, text: key, subject: keySubjectOf(file.topic) })
    if (value !== undefined) schemas.push({ ...file, text: value, subject: valueSubjectOf(file.topic) })
  }
  schemas.sort((a, b) => compareText(a.subject, b.subject) || (a.version ?? 0) - (b.version ?? 0))
  refuseTwoForOne(schemas)
  return schemas
}

async function partTexts({ part, schemaType, text }: TopicFile, isEnvelopeAllowed: boolean): Promise<{ key?: string; value?: string }> {
  if (part !== 'whole') return { [part]: text }
  return isEnvelopeAllowed ? partsOf(schemaType, text) : { value: text }
}

/** Which of two would be the subject's schema is not for us to guess. A history starts at 1 and leaves nothing out. */
function refuseTwoForOne(schemas: readonly SubjectSchema[]): void {
  for (const [index, { path, subject, version }] of schemas.entries()) {
    const before = schemas[index - 1]
    const previous = before?.subject === subject ? before : undefined
    if (previous && (version === undefined || previous.version === undefined || previous.version === version))
      throw new HeadgateError('invalid-schema', `${previous.path} and ${path} both describe ${subject}; keep one`)
    const expected = (previous?.version ?? 0) + 1
    if (version !== undefined && version !== expected)
      throw new HeadgateError('invalid-schema', `${path}: version ${version} of ${subject} stands where version ${expected} is missing`)
  }
}
