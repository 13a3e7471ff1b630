import { readFolder, type SchemasFolder } from '../../registry/folder/folder-files.ts'
import { textDifference } from '../../registry/folder/text-difference.ts'
import { keySubjectOf, valueSubjectOf } from '../../registry/subject-names.ts'
import { HeadgateError } from '../../shared/errors.ts'
import type { AnyRegistry } from './any-registry.ts'
import { walkFolder, type FolderSchema } from './walk-folder.ts'

/** What became of a schema of the folder, or of a level that it sets. */
export type Pushed =
  | { readonly kind: 'registered' | 'unchanged'; readonly subject: string; readonly version: number; readonly path: string }
  | { readonly kind: 'level'; readonly subject: string; readonly compatibility: string; readonly path: string }

/**
 * Registers what the registry does not have yet, dependencies first, and tells of each as it happens. The levels of
 * `topic.json` are set before the schemas they judge. Stops at the first refusal: what is registered by then stays.
 * Throws HeadgateError that names the file; `tellDifference` is called before with what an edit would change.
 */
export async function pushFolder(
  folder: string,
  registry: AnyRegistry,
  { tell, tellDifference }: { tell: (pushed: Pushed) => Promise<void>; tellDifference: (difference: string) => Promise<void> },
): Promise<void> {
  const files = await readFolder(folder)
  // A folder that makes no sense changes nothing.
  await walkFolder(files, () => Promise.resolve(1))
  await setLevels(files, registry, tell)
  await walkFolder(files, async (schema) => {
    const { path, subject } = schema
    const { kind, version } = await pushed(schema, registry, tellDifference)
    await tell({ kind, subject, version, path })
    refuseOtherVersion(schema, version)
    return version
  })
}

async function setLevels({ settings }: SchemasFolder, registry: AnyRegistry, tell: (pushed: Pushed) => Promise<void>): Promise<void> {
  for (const [topic, { compatibility, path }] of settings)
    for (const subject of compatibility ? [keySubjectOf(topic), valueSubjectOf(topic)] : [])
      if (compatibility && (await registry.compatibilityLevel(subject)) !== compatibility) {
        await registry.setCompatibilityLevel(subject, compatibility)
        await tell({ kind: 'level', subject, compatibility, path })
      }
}

async function pushed(
  schema: FolderSchema,
  registry: AnyRegistry,
  tellDifference: (difference: string) => Promise<void>,
): Promise<{ kind: 'registered' | 'unchanged'; version: number }> {
  const { path, subject, text } = schema
  try {
    const existing = await registry.lookUp(subject, schema)
    if (existing !== undefined) return { kind: 'unchanged', version: existing }
    await refuseOtherText(schema, registry)
    return { kind: 'registered', version: await registry.register(subject, schema) }
  } catch (error) {
    if (!(error instanceof HeadgateError)) throw error
    const latest = error.kind === 'incompatible-schema' ? await registry.version(subject, 'latest') : undefined
    if (latest) await tellDifference(textDifference(latest.text, text))
    throw new HeadgateError(error.kind, `${path} cannot be registered as ${subject}: ${error.message}`, { cause: error })
  }
}

/** A version that is there with another text is not made one more by registering this one. */
async function refuseOtherText({ subject, version }: FolderSchema, registry: AnyRegistry): Promise<void> {
  if (version !== undefined && (await registry.version(subject, version)))
    throw new HeadgateError('invalid-schema', `version ${version} is registered with another text; schema diff shows it`)
}

function refuseOtherVersion({ path, subject, version }: FolderSchema, actual: number): void {
  if (version === undefined || version === actual) return
  throw new HeadgateError('invalid-schema', `${path} is version ${actual} of ${subject}; rename it to say so`)
}
