import { relative, sep } from 'node:path'
import { partsOf } from '../../registry/folder/envelope.ts'
import type { SchemasFolder } from '../../registry/folder/folder-files.ts'
import { sharedNameOf } from '../../registry/folder/shared-names.ts'
import { subjectSchemas, type SubjectSchema } from '../../registry/folder/subject-schemas.ts'
import type { SchemaReference } from '../../registry/schema-content.ts'
import { HeadgateError } from '../../shared/errors.ts'
import type { ForeignVersion } from './any-registry.ts'
import { flatPath, richPath, sharedPath, topicPartOf, type TopicPart } from './folder-places.ts'
import { jsonLayout } from './json-layout.ts'

/** A subject as it is to be kept. */
export interface PulledSubject {
  readonly subject: string
  readonly newest: ForeignVersion
  /** Every version from 1 on, when each is to have a file. */
  readonly history?: readonly ForeignVersion[]
}

/** A file to be written. */
export interface PlannedFile {
  /** Below the folder, with `/`. */
  readonly path: string
  readonly text: string
  readonly of: ForeignVersion
}

export interface PullPlan {
  readonly files: readonly PlannedFile[]
  /** What the folder cannot say, a line each. */
  readonly notes: readonly string[]
}

/** The folder as it is. */
export interface FolderHere {
  readonly folder: string
  readonly files: SchemasFolder
  readonly schemas: ReadonlyMap<string, readonly SubjectSchema[]>
}

/** Throws HeadgateError `invalid-schema` for a folder that no server would start with. */
export async function folderHere(folder: string, files: SchemasFolder): Promise<FolderHere> {
  return { folder, files, schemas: Map.groupBy(await subjectSchemas(files), ({ subject }) => subject) }
}

/**
 * Lays out what a registry holds as a folder. What is in the folder already keeps its place; a subject that would be
 * described twice is refused, for nothing is ever deleted. Throws HeadgateError `already-exists`.
 */
export async function planPull(here: FolderHere, subjects: readonly PulledSubject[]): Promise<PullPlan> {
  const newest = new Map(subjects.map((pulled) => [pulled.subject, pulled.newest]))
  const topicFiles: PlannedFile[] = []
  for (const pulled of subjects) topicFiles.push(...(await topicFilesOf(here, pulled, newest)))
  const shared = sharedFilesOf(newest)
  return { files: [...topicFiles, ...shared.files], notes: [...shared.notes, ...contractNotes(newest)] }
}

async function topicFilesOf(
  here: FolderHere,
  { subject, newest, history }: PulledSubject,
  all: ReadonlyMap<string, ForeignVersion>,
): Promise<PlannedFile[]> {
  const part = topicPartOf(subject)
  if (!part) return []
  const existing = here.schemas.get(subject) ?? []
  const files = history
    ? history.map((version) => plannedFile(richPath(part, version.schemaType, version.version), version))
    : [plannedFile(await pathOfOne(here, newest, part, all), newest)]
  for (const schema of existing) refuseTwice(here, schema, files, { isHistory: history !== undefined })
  return files
}

/** The file that there is, or else the shortest form that says it. */
async function pathOfOne(
  here: FolderHere,
  newest: ForeignVersion,
  part: TopicPart,
  all: ReadonlyMap<string, ForeignVersion>,
): Promise<string> {
  const { subject, schemaType } = newest
  const current = here.schemas.get(subject)?.find((schema) => schema.schemaType === schemaType && schema.version === undefined)
  if (current && !isEnvelope(here, current)) return shownPath(here, current)
  const hasFolder = here.files.settings.has(part.topic) || here.files.topicFiles.some((file) => file.topic === part.topic)
  const isAlone = part.part === 'value' && !part.topic.includes('.') && !all.has(`${part.topic}-key`) && !hasFolder
  return isAlone && (await isFlatPossible(newest)) ? flatPath(part, schemaType) : richPath(part, schemaType)
}

/** A file that says more than this subject's schema cannot become it. */
function isEnvelope({ files }: FolderHere, { path, text }: SubjectSchema): boolean {
  return files.topicFiles.some((file) => file.path === path && file.text !== text)
}

/** A value that looks as an envelope of key and value would be taken for one. */
async function isFlatPossible(newest: ForeignVersion): Promise<boolean> {
  const text = fileText(newest)
  const parts = await partsOf(newest.schemaType, text)
  return parts.key === undefined && parts.value === text
}

/** Two files for one version, or a history beside a file that is none, are a folder that no server starts with. */
function refuseTwice(
  here: FolderHere,
  existing: SubjectSchema,
  files: readonly PlannedFile[],
  { isHistory }: { isHistory: boolean },
): void {
  const isSameForm = (existing.version !== undefined) === isHistory
  const rival = files.find(({ path, of }) => {
    const isSameVersion = !isHistory || existing.version === of.version
    return !isSameForm || (isSameVersion && shownPath(here, existing) !== path)
  })
  if (rival)
    throw new HeadgateError(
      'already-exists',
      `${existing.path} describes ${existing.subject} already, where ${rival.path} would be written; move it away first`,
    )
}

/** What others refer to, by the name they use, and subjects that are named as a shared file is. */
function sharedFilesOf(newest: ReadonlyMap<string, ForeignVersion>): { files: PlannedFile[]; notes: string[] } {
  const files = new Map<string, PlannedFile>()
  const notes: string[] = []
  const add = (name: string, of: ForeignVersion): boolean => {
    const path = sharedPath(name, of.schemaType)
    if (path === undefined || sharedNameOf({ name, path, text: of.text, schemaType: of.schemaType }) !== name) return false
    const other = files.get(path)
    if (other && other.of.subject !== of.subject) notes.push(`${path} holds ${other.of.subject}; ${of.subject} goes by the same name`)
    else files.set(path, plannedFile(path, of))
    return true
  }
  for (const referrer of newest.values())
    for (const reference of referrer.references) {
      const target = newest.get(reference.subject)
      if (!target || !add(reference.name, target))
        notes.push(`${referrer.subject} refers to ${reference.name}, which no file can be named as`)
      else notes.push(...referenceNotes(referrer, reference, target))
    }
  const referenced = new Set([...files.values()].map(({ of }) => of.subject))
  for (const [subject, version] of newest)
    if (!topicPartOf(subject) && !add(subject, version) && !referenced.has(subject)) notes.push(`${subject} has no place in the folder`)
  return { files: [...files.values()], notes }
}

/** The folder knows a shared schema by one name and in one version. */
function referenceNotes(referrer: ForeignVersion, { name, subject, version }: SchemaReference, target: ForeignVersion): string[] {
  return [
    ...(name === subject ? [] : [`${subject} is kept as ${name}, which ${referrer.subject} calls it; pushed, that is its subject`]),
    ...(version === target.version
      ? []
      : [`${referrer.subject} refers to version ${version} of ${subject}; the folder holds version ${target.version}`]),
  ]
}

function contractNotes(newest: ReadonlyMap<string, ForeignVersion>): string[] {
  const withContract = [...newest.values()].filter(({ hasContract }) => hasContract)
  return withContract.map(({ subject }) => `${subject} has metadata or rules, which files do not hold`)
}

function plannedFile(path: string, of: ForeignVersion): PlannedFile {
  return { path, text: fileText(of), of }
}

function fileText({ schemaType, text }: ForeignVersion): string {
  return schemaType === 'PROTOBUF' ? `${text.trimEnd()}\n` : jsonLayout(text)
}

function shownPath({ folder }: FolderHere, { path }: SubjectSchema): string {
  return relative(folder, path).split(sep).join('/')
}
