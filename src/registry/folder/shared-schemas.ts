import { HeadgateError } from '../../shared/errors.ts'
import type { SchemaType } from '../../schema/language.ts'
import type { SchemaReference } from '../schema-content.ts'
import type { SharedFile } from './folder-files.ts'
import { namesReferredTo, sharedNameOf } from './shared-names.ts'

/** How a shared file is registered; undefined versions are those of before. */
export type RegisterShared = (file: SharedFile, subject: string, references: readonly SchemaReference[]) => Promise<number>

/**
 * The files below `_shared` as subjects of their own, named as others refer to them. Each is registered once, after what
 * it refers to itself, whether a topic uses it or not.
 */
export class SharedSchemas {
  readonly #files: ReadonlyMap<string, SharedFile>
  readonly #versions = new Map<string, number>()
  readonly #open = new Set<string>()
  readonly #register: RegisterShared

  /** Throws HeadgateError `invalid-schema` when two files go by one name. */
  constructor(files: readonly SharedFile[], register: RegisterShared) {
    const byName = new Map<string, SharedFile>()
    for (const file of files) {
      const other = byName.get(sharedNameOf(file))
      if (other) throw new HeadgateError('invalid-schema', `${other.path} and ${file.path} both define ${sharedNameOf(file)}; keep one`)
      byName.set(sharedNameOf(file), file)
    }
    this.#files = byName
    this.#register = register
  }

  async registerAll(): Promise<void> {
    for (const name of this.#files.keys()) await this.#versionOf(name)
  }

  /** What a text refers to among the shared files, as references to register with it. */
  async referencesOf(schemaType: SchemaType, text: string): Promise<SchemaReference[]> {
    const references: SchemaReference[] = []
    for (const name of await namesReferredTo(schemaType, text))
      if (this.#files.get(name)?.schemaType === schemaType) references.push({ name, subject: name, version: await this.#versionOf(name) })
    return references
  }

  async #versionOf(name: string): Promise<number> {
    const known = this.#versions.get(name)
    if (known !== undefined) return known
    const file = this.#files.get(name)
    if (!file || this.#open.has(name))
      throw new HeadgateError('invalid-schema', `${file?.path ?? name} refers back to itself through ${[...this.#open].join(', ')}`)
    this.#open.add(name)
    const references = (await this.referencesOf(file.schemaType, file.text)).filter((reference) => reference.name !== name)
    const version = await this.#register(file, name, references)
    this.#open.delete(name)
    this.#versions.set(name, version)
    return version
  }
}
