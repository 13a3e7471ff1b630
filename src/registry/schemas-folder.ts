import { HeadgateError, messageOf } from '../shared/errors.ts'
import type { Logger } from '../shared/log.ts'
import { configAt } from './config.ts'
import { readFolder, type SchemasFolder } from './folder/folder-files.ts'
import { SharedSchemas } from './folder/shared-schemas.ts'
import { subjectSchemas, type SubjectSchema } from './folder/subject-schemas.ts'
import { textDifference } from './folder/text-difference.ts'
import type { TopicFileSettings } from './folder/topic-file-settings.ts'
import type { Registry } from './registry.ts'
import { RegistryError } from './registry-error.ts'
import type { RegisteredVersion } from './registry-index.ts'
import type { SchemaReference } from './schema-content.ts'
import { keySubjectOf, valueSubjectOf } from './subject-names.ts'

/**
 * Registers the folder of schemas, so that files and HTTP clients see one truth: what is registered already changes
 * nothing, an edit becomes the next version. Answers what the folder says of topics beside their schemas.
 * Throws HeadgateError `invalid-schema` naming the file: a broker must not start without the schemas it was given. An edit
 * that may not follow what is registered is shown line by line.
 */
export async function registerFolder(folder: string, registry: Registry, logger: Logger): Promise<ReadonlyMap<string, TopicFileSettings>> {
  const files = await readFolder(folder)
  const register = new FolderRegistration(registry, logger)
  const shared = new SharedSchemas(files.sharedFiles, (file, subject, references) =>
    register.schema({ ...file, subject, references, version: undefined }),
  )
  await shared.registerAll()
  const schemas = await subjectSchemas(files)
  await setLevels(files, registry)
  for (const schema of schemas) await register.schema({ ...schema, references: await shared.referencesOf(schema.schemaType, schema.text) })
  return files.settings
}

async function setLevels({ settings }: SchemasFolder, registry: Registry): Promise<void> {
  for (const [topic, { compatibility }] of settings)
    for (const subject of compatibility ? [keySubjectOf(topic), valueSubjectOf(topic)] : [])
      if (configAt(registry.index, subject)?.compatibilityLevel !== compatibility)
        await registry.updateConfig(subject, { compatibilityLevel: compatibility })
}

type SchemaToRegister = SubjectSchema & { readonly references: readonly SchemaReference[] }

class FolderRegistration {
  readonly #registry: Registry
  readonly #logger: Logger

  constructor(registry: Registry, logger: Logger) {
    this.#registry = registry
    this.#logger = logger
  }

  /** Answers the version that the file is. */
  async schema(schema: SchemaToRegister): Promise<number> {
    const { path, subject } = schema
    try {
      const { version } = (await this.#existing(schema)) ?? (await this.#registered(schema))
      this.#logger.debug({ path, subject, version }, 'schema file')
      return version
    } catch (error) {
      if (error instanceof HeadgateError && error.kind === 'invalid-schema') throw error
      throw new HeadgateError('invalid-schema', `${path} cannot be registered as ${subject}: ${messageOf(error)}`, {
        cause: error,
        facts: { difference: this.#difference(error, schema) },
      })
    }
  }

  /** A version of a history that is there already, also one that somebody deleted softly since. */
  async #existing({ path, subject, text, schemaType, references, version }: SchemaToRegister): Promise<RegisteredVersion | undefined> {
    const { index, schemas } = this.#registry
    const existing = version === undefined ? undefined : index.version(subject, version)
    if (!existing) return undefined
    const same = await this.#registry
      .lookUp(subject, { schemaType, schema: text, references }, { isNormalized: false, includeDeleted: true })
      .catch(absent)
    if (same?.schema === existing.schema) return existing
    const difference = textDifference(schemas.content(existing.schema).schema, text)
    throw new HeadgateError('invalid-schema', `${path} is not what version ${version} of ${subject} is registered as`, {
      facts: { difference },
    })
  }

  async #registered({ path, subject, text, schemaType, references, version }: SchemaToRegister): Promise<RegisteredVersion> {
    const registered = await this.#registry.register(subject, { schemaType, schema: text, references }, { isNormalized: false })
    if (version === undefined || registered.version === version) return registered
    throw new HeadgateError('invalid-schema', `${path} is version ${registered.version} of ${subject}; rename it to say so`)
  }

  /** From the version that the file may not follow. */
  #difference(error: unknown, { subject, text }: SchemaToRegister): string | undefined {
    const latest = this.#registry.index.latest(subject)
    const isConflict = error instanceof RegistryError && error.httpStatus === 409
    return isConflict && latest ? textDifference(this.#registry.schemas.content(latest.schema).schema, text) : undefined
  }
}

function absent(error: unknown): undefined {
  if (error instanceof RegistryError && error.httpStatus === 404) return undefined
  throw error
}
