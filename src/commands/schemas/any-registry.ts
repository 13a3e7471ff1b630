import { schemaTypes, type SchemaReference } from '../../registry/schema-content.ts'
import type { ResolvedReference, SchemaDefinition, SchemaType } from '../../schema/language.ts'
import { HeadgateError } from '../../shared/errors.ts'
import { limits } from '../../shared/limits.ts'
import { pathOf } from '../server/server-client.ts'
import type { RegistryAnswer, RegistryHttp } from './registry-http.ts'
import { isObject } from '../../shared/json.ts'

export interface SchemaToSend {
  readonly schemaType: SchemaType
  readonly text: string
  readonly references: readonly SchemaReference[]
}

/** A version as a registry tells of it. */
export interface ForeignVersion extends SchemaToSend {
  readonly subject: string
  readonly version: number
  /** Whether it has metadata or rules, which files do not hold. */
  readonly hasContract: boolean
}

/**
 * A registry of Confluent's protocol, ours or anybody's, old or new: only what all of them offer is asked for, and what
 * they leave out of answers is filled in. Throws HeadgateError.
 */
export class AnyRegistry {
  readonly #http: RegistryHttp
  /** Versions that were asked for as references: they do not change. */
  readonly #referenced = new Map<string, Promise<ForeignVersion>>()

  constructor(http: RegistryHttp) {
    this.#http = http
  }

  async subjects(): Promise<string[]> {
    const subjects = new Set<string>()
    for (;;) {
      const before = subjects.size
      const page = await this.#get(`/subjects?offset=${before}&limit=${limits.registryPageMax}`)
      if (!isListOf(page, 'string')) throw this.#unexpected('/subjects')
      for (const subject of page) subjects.add(subject)
      // A registry without pages answers everything again.
      if (subjects.size === before || page.length < limits.registryPageMax) return [...subjects].sort()
    }
  }

  /** Ascending; none for a subject that is not there. */
  async versions(subject: string): Promise<readonly number[]> {
    const path = pathOf('subjects', subject, 'versions')
    const answer = await this.#http.ask('GET', path)
    if (answer.kind === 'absent') return []
    if (!isListOf(answer.body, 'number')) throw this.#unexpected(path)
    return answer.body.sort((a, b) => a - b)
  }

  async version(subject: string, version: number | 'latest'): Promise<ForeignVersion | undefined> {
    const path = pathOf('subjects', subject, 'versions', String(version))
    const answer = await this.#http.ask('GET', path)
    return answer.kind === 'absent' ? undefined : this.#versionOf(answer.body, path)
  }

  /** The version of the subject that the schema is. */
  async lookUp(subject: string, schema: SchemaToSend): Promise<number | undefined> {
    const path = pathOf('subjects', subject)
    const answer = await this.#http.ask('POST', path, bodyOf(schema))
    return answer.kind === 'absent' ? undefined : this.#versionOf(answer.body, path).version
  }

  async register(subject: string, schema: SchemaToSend): Promise<number> {
    const path = pathOf('subjects', subject, 'versions')
    const body = bodyAt(await this.#http.ask('POST', path, bodyOf(schema)))
    if (isObject(body) && typeof body['version'] === 'number') return body['version']
    // Before 8.0 a registration is answered with the id alone.
    const version = await this.lookUp(subject, schema)
    if (version === undefined) throw this.#unexpected(path)
    return version
  }

  /** Undefined when the subject has no level of its own. */
  async compatibilityLevel(subject: string): Promise<string | undefined> {
    const answer = await this.#http.ask('GET', pathOf('config', subject))
    const level = answer.kind === 'ok' && isObject(answer.body) ? answer.body['compatibilityLevel'] : undefined
    return typeof level === 'string' ? level : undefined
  }

  async setCompatibilityLevel(subject: string, compatibility: string): Promise<void> {
    bodyAt(await this.#http.ask('PUT', pathOf('config', subject), { compatibility }))
  }

  /** The schema with the texts of everything that it refers to, dependencies first. */
  async definitionOf({ schemaType, text, references }: SchemaToSend): Promise<SchemaDefinition> {
    const resolved = new Map<string, ResolvedReference>()
    const resolve = async ({ name, subject, version }: SchemaReference, depth: number): Promise<void> => {
      if (resolved.has(name)) return
      if (depth > limits.nestingMax || resolved.size > limits.schemaReferencesMax)
        throw new HeadgateError('invalid-schema', `${subject} is referred to through more than ${limits.nestingMax} others`)
      const target = await this.#referencedVersion(subject, version)
      for (const inner of target.references) await resolve(inner, depth + 1)
      resolved.set(name, { name, text: target.text })
    }
    for (const reference of references) await resolve(reference, 1)
    return { schemaType, text, references: [...resolved.values()] }
  }

  #referencedVersion(subject: string, version: number): Promise<ForeignVersion> {
    const key = JSON.stringify([subject, version])
    const known = this.#referenced.get(key)
    if (known) return known
    const path = pathOf('subjects', subject, 'versions', String(version))
    const asked = this.#get(path).then((body) => this.#versionOf(body, path))
    this.#referenced.set(key, asked)
    return asked
  }

  async #get(path: string): Promise<unknown> {
    return bodyAt(await this.#http.ask('GET', path))
  }

  #versionOf(body: unknown, path: string): ForeignVersion {
    const { subject, version, schema, schemaType = 'AVRO', references = [], metadata, ruleSet } = isObject(body) ? body : {}
    const known = schemaTypes.find((name) => name === schemaType)
    if (typeof subject !== 'string' || typeof version !== 'number' || typeof schema !== 'string' || !known || !isReferences(references))
      throw this.#unexpected(path)
    return { subject, version, text: schema, schemaType: known, references, hasContract: isObject(metadata) || isObject(ruleSet) }
  }

  #unexpected(path: string): HeadgateError {
    return new HeadgateError('unsupported', `${this.#http.url} answers ${path} in a way that no schema registry does`)
  }
}

/** Old registries know Avro only, and refuse members that they do not know. */
function bodyOf({ schemaType, text, references }: SchemaToSend): object {
  return { schema: text, ...(schemaType === 'AVRO' ? {} : { schemaType }), ...(references.length === 0 ? {} : { references }) }
}

function bodyAt(answer: RegistryAnswer): unknown {
  if (answer.kind === 'ok') return answer.body
  throw new HeadgateError('not-found', answer.message)
}

function isListOf(value: unknown, type: 'string'): value is string[]
function isListOf(value: unknown, type: 'number'): value is number[]
function isListOf(value: unknown, type: string): boolean {
  return Array.isArray(value) && value.every((item) => typeof item === type)
}

function isReferences(value: unknown): value is SchemaReference[] {
  return Array.isArray(value) && value.every(isReference)
}

function isReference(value: unknown): boolean {
  if (!isObject(value)) return false
  return typeof value['name'] === 'string' && typeof value['subject'] === 'string' && typeof value['version'] === 'number'
}
