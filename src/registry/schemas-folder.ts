import type { Dirent } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { SchemaType } from '../schema/language.ts'
import { HeadgateError, messageOf } from '../shared/errors.ts'
import type { Logger } from '../shared/log.ts'
import type { Registry } from './registry.ts'
import { keySubjectOf, valueSubjectOf } from './subject-names.ts'

/**
 * The folder of topic schemas: `<topic>.avsc|.json|.proto` for values, or `<topic>/{key,value}.*`. Read at start and
 * registered, so that files and HTTP clients see one truth; a file that is registered already changes nothing.
 * Throws HeadgateError `invalid-schema` naming the file: a broker must not start without the schemas it was given.
 */
export async function registerFolder(folder: string, registry: Registry, logger: Logger): Promise<number> {
  const files = await topicFiles(folder)
  refuseTwoForOne(files)
  for (const { path, subject, schemaType } of files) {
    try {
      const schema = await readFile(path, 'utf8')
      const { version } = await registry.register(subject, { schemaType, schema, references: [] }, { isNormalized: false })
      logger.debug({ path, subject, version }, 'schema file')
    } catch (error) {
      throw new HeadgateError('invalid-schema', `${path} cannot be registered as ${subject}: ${messageOf(error)}`, { cause: error })
    }
  }
  return files.length
}

/** Which of two would be the topic's schema is not for us to guess. */
function refuseTwoForOne(files: readonly TopicFile[]): void {
  for (const [index, { path, subject }] of files.entries()) {
    const other = files[index + 1]
    if (other?.subject === subject)
      throw new HeadgateError('invalid-schema', `${path} and ${other.path} both describe ${subject}; keep one`)
  }
}

interface TopicFile {
  readonly path: string
  readonly subject: string
  readonly schemaType: SchemaType
}

async function topicFiles(folder: string): Promise<TopicFile[]> {
  const entries = await entriesOf(folder)
  const files: TopicFile[] = []
  for (const entry of entries) {
    if (entry.name.startsWith('_') || entry.name.startsWith('.')) continue
    if (entry.isDirectory()) files.push(...(await topicFolder(folder, entry.name)))
    else files.push(...fileAs(join(folder, entry.name), entry.name, valueSubjectOf))
  }
  return files.toSorted((a, b) => (a.subject < b.subject ? -1 : 1))
}

async function topicFolder(folder: string, topic: string): Promise<TopicFile[]> {
  const path = join(folder, topic)
  const files = (await entriesOf(path)).filter((entry) => entry.isFile())
  const ofPart = (part: string, subject: string): TopicFile[] =>
    files.filter(({ name }) => name.startsWith(`${part}.`)).flatMap(({ name }) => fileAs(join(path, name), name, () => subject))
  return [...ofPart('key', keySubjectOf(topic)), ...ofPart('value', valueSubjectOf(topic))]
}

function fileAs(path: string, name: string, subjectOf: (topic: string) => string): TopicFile[] {
  const match = /^(.+)\.(avsc|json|proto)$/.exec(name)
  const schemaType = typeByExtension[match?.[2] ?? '']
  return match?.[1] && schemaType ? [{ path, subject: subjectOf(match[1]), schemaType }] : []
}

const typeByExtension: { readonly [extension: string]: SchemaType | undefined } = { avsc: 'AVRO', json: 'JSON', proto: 'PROTOBUF' }

/** No folder is an empty one. */
async function entriesOf(folder: string): Promise<Dirent[]> {
  try {
    return await readdir(folder, { withFileTypes: true })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
}
