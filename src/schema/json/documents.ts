import { metaSchemaAt } from './ajv.ts'
import { dialects, type Dialect } from './dialect.ts'
import { emptyScope, enterResource, RECURSIVE_ANCHOR, type DynamicScope } from './dynamic-scope.ts'
import { invalidSchema, isRawObject, isRawSchema, memberOf, pointerTo, type RawJson, type RawObject, type RawSchema } from './raw-schema.ts'

/** One of the texts that make up a schema: the registered one, or one that it refers to. */
export interface SchemaDocument {
  /** The reference's name; empty for the registered schema itself. */
  readonly name: string
  readonly schema: RawSchema
  readonly dialect: Dialect
}

/** A schema somewhere in a document, with what its `$ref`s are relative to. */
export interface LocatedSchema {
  readonly schema: RawSchema
  readonly dialect: Dialect
  readonly baseUri: string
  /** What its dynamic references are relative to; only of schemas on the way that a judgement takes. */
  readonly scope: DynamicScope
  /** For messages: the reference's name and a JSON pointer, like `common.json#/definitions/money`. */
  readonly path: string
}

/** Names a schema in one dynamic scope. */
export function placeOf({ path, scope }: LocatedSchema): string {
  return `${path} ${scope.key}`
}

/**
 * Finds what a `$ref` means among the documents given, by address (`$id`, RFC 3986), anchor and JSON pointer, or by the
 * reference's name as written. The meta-schemas of the standard are always at hand. Nothing is ever fetched.
 */
export class SchemaDocuments {
  readonly root: LocatedSchema
  /** Schemas by address; `address#anchor` for anchors. */
  readonly #byUri = new Map<string, LocatedSchema>()
  readonly #byName = new Map<string, LocatedSchema>()
  /** Of each schema resource, by address. */
  readonly #dynamicAnchors = new Map<string, string[]>()

  constructor(root: SchemaDocument, references: readonly SchemaDocument[]) {
    this.root = this.#entered(this.#add(root, NO_BASE), emptyScope)
    for (const reference of references) this.#byName.set(reference.name, this.#add(reference, this.root.baseUri))
  }

  /** The schema a few steps below another: follows `$id`s on the way. */
  below(located: LocatedSchema, schema: RawSchema, ...steps: readonly (string | number)[]): LocatedSchema {
    return this.#entered(stepInto(located, schema, ...steps), located.scope)
  }

  /** What a `$ref` stands for. Throws HeadgateError `invalid-schema`. */
  resolve(ref: string, from: LocatedSchema): LocatedSchema {
    return this.#entered(this.#find(ref, from), from.scope)
  }

  /**
   * What a `$dynamicRef` or `$recursiveRef` stands for: where it leads to an anchor of that sort, the one of that name in
   * the outermost document. Throws HeadgateError `invalid-schema`.
   */
  resolveDynamic(ref: string, from: LocatedSchema): LocatedSchema {
    const found = this.#find(ref, from)
    const anchor = isRawObject(found.schema) ? dynamicAnchorOf(found.schema, splitUri(ref)[1]) : undefined
    const address = anchor === undefined ? undefined : from.scope.outermost.get(anchor)
    const outermost = address === undefined ? undefined : this.#byUri.get(anchor === RECURSIVE_ANCHOR ? address : `${address}#${anchor}`)
    return this.#entered(outermost ?? found, from.scope)
  }

  #entered(located: LocatedSchema, scope: DynamicScope): LocatedSchema {
    return { ...located, scope: enterResource(scope, located.baseUri, this.#dynamicAnchors.get(located.baseUri) ?? []) }
  }

  #find(ref: string, from: LocatedSchema): LocatedSchema {
    const [address, fragment] = splitUri(ref)
    const uri = resolveUri(address, from.baseUri)
    const resource =
      address === ''
        ? this.#byUri.get(from.baseUri)
        : (this.#byUri.get(uri ?? '') ?? this.#byName.get(address) ?? this.#metaSchema(uri ?? ''))
    if (resource === undefined)
      throw invalidSchema(from.path, `$ref ${JSON.stringify(ref)} is not among the schema's references; nothing is fetched`)
    const target =
      fragment === '' || fragment.startsWith('/') ? followPointer(resource, fragment) : this.#byUri.get(`${resource.baseUri}#${fragment}`)
    if (target === undefined) throw invalidSchema(from.path, `$ref ${JSON.stringify(ref)} points at nothing`)
    return target
  }

  /** Only of those that something refers to, since each takes memory. */
  #metaSchema(uri: string): LocatedSchema | undefined {
    const found = metaSchemaAt(uri)
    return found && this.#add({ name: uri, schema: found.schema as RawSchema, dialect: dialects[found.dialect] }, NO_BASE)
  }

  #add(document: SchemaDocument, relativeTo: string): LocatedSchema {
    const { schema, dialect, name } = document
    const baseUri = name === '' ? relativeTo : addressOf(name, relativeTo)
    const located = enter({ schema, dialect, baseUri, path: `${name}#`, scope: emptyScope }, schema)
    // Both addresses serve: the one it gives itself and the one it was registered under.
    this.#record(baseUri, located)
    this.#index(located)
    return located
  }

  /** Records every `$id` and anchor in a document. Depth is bounded by the parser of its text. */
  #index(located: LocatedSchema): void {
    const { schema, baseUri, path, dialect } = located
    if (!isRawObject(schema)) return
    if (ownId(schema, dialect) !== undefined) this.#record(baseUri, located)
    for (const anchor of anchorsOf(schema, dialect)) this.#record(`${baseUri}#${anchor}`, located)
    this.#recordDynamicAnchors(schema, located)
    for (const [name, value] of Object.entries(schema)) {
      if (VALUE_KEYWORDS.has(name)) continue
      this.#indexBelow(value, { ...located, path: pointerTo(path, name) }, !MAP_KEYWORDS.has(name))
    }
  }

  #indexBelow(value: RawJson, parent: LocatedSchema, isSchema: boolean): void {
    if (isRawObject(value) && isSchema) this.#index(enter(parent, value))
    else if (isRawObject(value))
      for (const [name, member] of Object.entries(value)) this.#indexBelow(member, { ...parent, path: pointerTo(parent.path, name) }, true)
    else if (Array.isArray(value))
      value.forEach((item: RawJson, index) => this.#indexBelow(item, { ...parent, path: pointerTo(parent.path, index) }, isSchema))
  }

  #recordDynamicAnchors(schema: RawObject, { baseUri, dialect }: LocatedSchema): void {
    const anchors = this.#dynamicAnchors.get(baseUri) ?? []
    this.#dynamicAnchors.set(baseUri, anchors)
    const name = memberOf(schema, '$dynamicAnchor')
    if (dialect.keywords.has('$dynamicRef') && typeof name === 'string') anchors.push(name)
    // Counts at the root of a schema resource only.
    if (
      dialect.keywords.has('$recursiveRef') &&
      memberOf(schema, '$recursiveAnchor') === true &&
      this.#byUri.get(baseUri)?.schema === schema
    )
      anchors.push(RECURSIVE_ANCHOR)
  }

  #record(uri: string, located: LocatedSchema): void {
    const other = this.#byUri.get(uri)
    if (other !== undefined && other.schema !== located.schema && JSON.stringify(other.schema) !== JSON.stringify(located.schema))
      throw invalidSchema(located.path, `a second schema under the address ${uri.replace(NO_BASE, '')}; the first is ${other.path}`)
    if (other === undefined) this.#byUri.set(uri, located)
  }
}

function stepInto(located: LocatedSchema, schema: RawSchema, ...steps: readonly (string | number)[]): LocatedSchema {
  return enter({ ...located, path: pointerTo(located.path, ...steps) }, schema)
}

/** `outer` with another schema in its place, which may set a base of its own. */
function enter(outer: LocatedSchema, schema: RawSchema): LocatedSchema {
  const id = isRawObject(schema) ? ownId(schema, outer.dialect) : undefined
  const baseUri = id === undefined ? outer.baseUri : (resolveUri(splitUri(id)[0], outer.baseUri) ?? outer.baseUri)
  return { ...outer, schema, baseUri }
}

/** An address that a schema gives itself; up to draft 7 one beside a `$ref` does not count, and `#name` is an anchor. */
function ownId(schema: RawObject, dialect: Dialect): string | undefined {
  const id = memberOf(schema, dialect.idKeyword)
  if (typeof id !== 'string' || id.startsWith('#') || id === '') return undefined
  return dialect.isRefAlone && typeof memberOf(schema, '$ref') === 'string' ? undefined : id
}

function anchorsOf(schema: RawObject, dialect: Dialect): string[] {
  if (!dialect.isRefAlone)
    return [memberOf(schema, '$anchor'), memberOf(schema, '$dynamicAnchor')].filter((name) => typeof name === 'string')
  const id = memberOf(schema, dialect.idKeyword)
  const fragment = typeof id === 'string' ? splitUri(id)[1] : ''
  return fragment === undefined || fragment === '' || fragment.startsWith('/') ? [] : [fragment]
}

/** The dynamic anchor that a reference with this fragment was meant for. */
function dynamicAnchorOf(schema: RawObject, fragment: string): string | undefined {
  if (fragment === '') return memberOf(schema, '$recursiveAnchor') === true ? RECURSIVE_ANCHOR : undefined
  return memberOf(schema, '$dynamicAnchor') === fragment ? fragment : undefined
}

function followPointer(resource: LocatedSchema, pointer: string): LocatedSchema | undefined {
  let value: RawJson | undefined = resource.schema
  let located = resource
  for (const step of pointer.split('/').slice(1)) {
    const name = step.replaceAll('~1', '/').replaceAll('~0', '~')
    value = Array.isArray(value) ? (value as readonly RawJson[])[Number(name)] : isRawObject(value) ? memberOf(value, name) : undefined
    if (value === undefined) return undefined
    located = isRawSchema(value) ? stepInto(located, value, name) : { ...located, path: pointerTo(located.path, name) }
  }
  return isRawSchema(value) ? located : undefined
}

/** The parts before and after `#`; the fragment percent-decoded. */
function splitUri(uri: string): [address: string, fragment: string] {
  const hash = uri.indexOf('#')
  if (hash < 0) return [uri, '']
  try {
    return [uri.slice(0, hash), decodeURIComponent(uri.slice(hash + 1))]
  } catch {
    return [uri.slice(0, hash), uri.slice(hash + 1)]
  }
}

/** Of a reference by its name, which need not be a URI at all. */
function addressOf(name: string, base: string): string {
  return resolveUri(name, base) ?? `${NO_BASE}${encodeURIComponent(name)}`
}

function resolveUri(uri: string, base: string): string | undefined {
  return URL.canParse(uri, base) ? new URL(uri, base).href : undefined
}

/** What relative addresses are relative to when no schema says: hierarchical, so that `a/b.json` resolves. */
const NO_BASE = 'schema:///'

/** Members whose value is an instance or a name, not a schema, although it may look like one. */
const VALUE_KEYWORDS = new Set(['enum', 'const', 'default', 'examples', 'required', 'dependentRequired', '$vocabulary'])
/** Members that map names to schemas. */
const MAP_KEYWORDS = new Set(['properties', 'patternProperties', 'definitions', '$defs', 'dependencies', 'dependentSchemas'])
