import type { Dirent } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { SchemaType } from '../../schema/language.ts'
import { HeadgateError } from '../../shared/errors.ts'
import { topicFileSettings, type TopicFileSettings } from './topic-file-settings.ts'

/** A schema file of a topic. */
export interface TopicFile {
  readonly path: string
  readonly text: string
  readonly schemaType: SchemaType
  readonly topic: string
  /** `whole` is a flat file: the value's schema, or an envelope of key and value. */
  readonly part: 'whole' | 'key' | 'value'
  /** From `value.v2.avsc`: the version it must be. */
  readonly version: number | undefined
}

/** A file below `_shared`, which others refer to. */
export interface SharedFile {
  readonly path: string
  readonly text: string
  readonly schemaType: SchemaType
  /** Below `_shared`, with `/`: what a `.proto` imports and a `$ref` names. */
  readonly name: string
}

export interface SchemasFolder {
  readonly topicFiles: readonly TopicFile[]
  readonly sharedFiles: readonly SharedFile[]
  readonly settings: ReadonlyMap<string, TopicFileSettings>
}

const SHARED = '_shared'
const SETTINGS_FILE = 'topic.json'

/**
 * Reads the folder of schemas: `<topic>.avsc|.json|.proto`, or a folder per topic with `key.*`, `value.*`, `value.v1.*`
 * and so on, and `topic.json`; `_shared` for what several use. Other names that start with `_` or `.` are left alone,
 * and so are files of other kinds. No folder is an empty one. Throws HeadgateError `invalid-schema` for a schema file
 * whose name says nothing.
 */
export async function readFolder(folder: string): Promise<SchemasFolder> {
  const topicFiles: TopicFile[] = []
  const settings = new Map<string, TopicFileSettings>()
  for (const entry of await entriesOf(folder)) {
    if (entry.name.startsWith('_') || entry.name.startsWith('.')) continue
    if (entry.isDirectory()) {
      const topic = entry.name
      const path = join(folder, topic)
      for (const file of await entriesOf(path)) {
        if (file.name === SETTINGS_FILE) settings.set(topic, await topicFileSettings(join(path, file.name)))
        else if (file.isFile()) topicFiles.push(...(await partFile(path, file.name, topic)))
      }
    } else topicFiles.push(...(await flatFile(folder, entry.name)))
  }
  return { topicFiles, sharedFiles: await sharedFiles(join(folder, SHARED), ''), settings }
}

async function flatFile(folder: string, name: string): Promise<TopicFile[]> {
  const schemaType = schemaTypeOf(name)
  if (!schemaType) return []
  const path = join(folder, name)
  const [topic = '', ...rest] = name.split('.')
  if (rest.length > 1)
    throw new HeadgateError(
      'invalid-schema',
      `${path}: the name of a topic ends at the first dot; for topic ${name.replace(/\.\w+$/, '')} make a folder of that name with value.${rest.at(-1)}`,
    )
  return [{ path, text: await readFile(path, 'utf8'), schemaType, topic, part: 'whole', version: undefined }]
}

async function partFile(folder: string, name: string, topic: string): Promise<TopicFile[]> {
  const schemaType = schemaTypeOf(name)
  if (!schemaType) return []
  const path = join(folder, name)
  const [, part, version] = /^(key|value)(?:\.v([1-9]\d{0,8}))?\.\w+$/.exec(name) ?? []
  if (part !== 'key' && part !== 'value')
    throw new HeadgateError('invalid-schema', `${path}: expected key.* or value.*, with .v1, .v2 and so on for a history`)
  const text = await readFile(path, 'utf8')
  return [{ path, text, schemaType, topic, part, version: version === undefined ? undefined : Number(version) }]
}

async function sharedFiles(folder: string, prefix: string): Promise<SharedFile[]> {
  const files: SharedFile[] = []
  for (const entry of await entriesOf(folder)) {
    const path = join(folder, entry.name)
    const name = prefix + entry.name
    const schemaType = schemaTypeOf(entry.name)
    if (entry.isDirectory()) files.push(...(await sharedFiles(path, `${name}/`)))
    else if (schemaType) files.push({ path, text: await readFile(path, 'utf8'), schemaType, name })
  }
  return files
}

function schemaTypeOf(fileName: string): SchemaType | undefined {
  return typeByExtension[/\.(\w+)$/.exec(fileName)?.[1] ?? '']
}

const typeByExtension: { readonly [extension: string]: SchemaType | undefined } = { avsc: 'AVRO', json: 'JSON', proto: 'PROTOBUF' }

/** By name, so that every start does the same in the same order. */
async function entriesOf(folder: string): Promise<Dirent[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true })
    return entries.sort((a, b) => (a.name < b.name ? -1 : 1))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
}
