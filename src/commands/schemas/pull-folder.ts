import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { readFolder } from '../../registry/folder/folder-files.ts'
import { HeadgateError, messageOf } from '../../shared/errors.ts'
import type { AnyRegistry, ForeignVersion } from './any-registry.ts'
import { canonicalOf } from './canonical.ts'
import { folderHere, planPull, type FolderHere, type PlannedFile, type PulledSubject } from './plan-pull.ts'
import { mapSomeAtOnce } from './some-at-once.ts'

/** What became of a file. */
export interface PulledFile {
  readonly kind: 'written' | 'unchanged'
  readonly subject: string
  readonly version: number
  readonly path: string
}

export interface PullOptions {
  /** Whether every version gets a file; subjects that have a history in the folder keep one in any case. */
  readonly withHistory: boolean
  readonly tell: (pulled: PulledFile) => Promise<void>
  readonly note: (text: string) => Promise<void>
}

/**
 * Writes the newest versions of a registry into the folder. Files that hold the same schema, in whatever layout, are left
 * as they are, and no file is deleted: to pull again changes nothing. Nothing is written before everything is asked for
 * and has a place. Throws HeadgateError.
 */
export async function pullFolder(folder: string, registry: AnyRegistry, { withHistory, tell, note }: PullOptions): Promise<void> {
  const here = await folderHere(folder, await readFolder(folder))
  const subjects = await pulledSubjects(here, registry, withHistory)
  const { files, notes } = await planPull(here, subjects)
  for (const text of [...notes, ...gapNotes(here, subjects, withHistory)]) await note(text)
  for (const file of files) {
    const isUnchanged = await isThere(join(folder, file.path), file, registry)
    if (!isUnchanged) await replaceFile(join(folder, file.path), file.text)
    await tell({ kind: isUnchanged ? 'unchanged' : 'written', subject: file.of.subject, version: file.of.version, path: file.path })
  }
}

async function pulledSubjects(here: FolderHere, registry: AnyRegistry, withHistory: boolean): Promise<PulledSubject[]> {
  const pulled = await mapSomeAtOnce(await registry.subjects(), async (subject): Promise<PulledSubject | undefined> => {
    const newest = await registry.version(subject, 'latest')
    // Deleted since it was listed.
    if (!newest) return undefined
    const history = isHistoryWanted(here, subject, withHistory) ? await historyOf(newest, registry) : undefined
    return { subject, newest, ...(history ? { history } : {}) }
  })
  return pulled.filter((subject) => subject !== undefined)
}

function isHistoryWanted({ schemas }: FolderHere, subject: string, withHistory: boolean): boolean {
  return withHistory || (schemas.get(subject) ?? []).some(({ version }) => version !== undefined)
}

/** Undefined when versions are missing: a history in files starts at 1 and leaves nothing out. */
async function historyOf({ subject }: ForeignVersion, registry: AnyRegistry): Promise<ForeignVersion[] | undefined> {
  const numbers = await registry.versions(subject)
  if (numbers.some((version, index) => version !== index + 1)) return undefined
  const history: ForeignVersion[] = []
  for (const number of numbers) {
    const version = await registry.version(subject, number)
    if (!version) return undefined
    history.push(version)
  }
  return history
}

function gapNotes(here: FolderHere, subjects: readonly PulledSubject[], withHistory: boolean): string[] {
  return subjects
    .filter(({ subject, history }) => !history && isHistoryWanted(here, subject, withHistory))
    .map(({ subject }) => `${subject} has versions that were deleted; only its newest is kept`)
}

async function isThere(path: string, { text, of }: PlannedFile, registry: AnyRegistry): Promise<boolean> {
  const before = await textAt(path)
  if (before === undefined || before === text) return before === text
  const definition = await registry.definitionOf(of)
  return (await canonicalOf({ ...definition, text: before })) === (await canonicalOf(definition))
}

async function textAt(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw cannotWrite(path, error)
  }
}

/** Nobody reads half a file, a server that starts meanwhile included. */
async function replaceFile(path: string, text: string): Promise<void> {
  const unfinished = join(dirname(path), `.${basename(path)}.unfinished`)
  try {
    await mkdir(dirname(path), { recursive: true })
    await writeFile(unfinished, text)
    await rename(unfinished, path)
  } catch (error) {
    throw cannotWrite(path, error)
  }
}

function cannotWrite(path: string, cause: unknown): HeadgateError {
  return new HeadgateError('invalid-argument', `${path} cannot be written: ${messageOf(cause)}`, { cause })
}
