import type { RegisteredSchema } from './context-schemas.ts'
import { contextPrefix, subjectBeside } from './subject.ts'

/** Which schemas refer to which versions: what is referred to may not be deleted. */
export class Referrers {
  readonly #byVersion = new Map<string, Set<RegisteredSchema>>()

  add(schema: RegisteredSchema): void {
    for (const key of referenceKeys(schema)) this.#byVersion.set(key, (this.#byVersion.get(key) ?? new Set()).add(schema))
  }

  remove(schema: RegisteredSchema): void {
    for (const key of referenceKeys(schema)) this.#byVersion.get(key)?.delete(schema)
  }

  /** Schemas with a live version that refer to this version. */
  of(subject: string, version: number): RegisteredSchema[] {
    const all = this.#byVersion.get(versionKey(subject, version)) ?? []
    return [...all].filter(({ uses }) => uses.some(({ isDeleted }) => !isDeleted))
  }
}

function referenceKeys({ context, references }: RegisteredSchema): string[] {
  return references.map(({ subject, version }) => versionKey(subjectBeside(contextPrefix(context), subject), version))
}

function versionKey(subject: string, version: number): string {
  return `${version}/${subject}`
}
