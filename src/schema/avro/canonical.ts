import type { AvroSchema, AvroType, NamedType, Properties, RecordField, TypeName } from './ast.ts'
import { printJsonText, quoteJson, type JsonNode } from './json-text.ts'
import type { LogicalType } from './logical-type.ts'
import { isPrimitiveKind } from './names.ts'

/**
 * The text that identifies a schema in the registry: what Java's `Schema.toString` prints, attribute for attribute,
 * so that ids and fingerprints agree with Confluent's. It is not Avro's Parsing Canonical Form: docs, aliases, defaults and
 * unknown properties stay.
 *
 * Names that references define are written as names. (Java does so only for the root type of each reference and repeats
 * the others, and then cannot read its own text back.)
 */
export function canonicalText(schema: AvroSchema): string {
  return new Printer(schema, false).print()
}

/**
 * The canonical text of the normalised schema (`normalize=true`): properties sorted with the logical type first, aliases
 * sorted, empty docs dropped, keys of nested JSON sorted, `error` written as `record`.
 */
export function normalizedText(schema: AvroSchema): string {
  return new Printer(schema, true).print()
}

class Printer {
  readonly #root: AvroType
  readonly #isNormalized: boolean
  /** Full names that are defined already: the next use is a name. */
  readonly #defined: Set<string>

  constructor({ root, referencedNames }: AvroSchema, isNormalized: boolean) {
    this.#root = root
    this.#isNormalized = isNormalized
    this.#defined = new Set(referencedNames)
  }

  print(): string {
    return this.#type(this.#root, '')
  }

  /** `namespace` is the enclosing one. */
  #type(type: AvroType, namespace: string): string {
    switch (type.kind) {
      case 'union':
        return `[${type.branches.map((branch) => this.#type(branch, namespace)).join(',')}]`
      case 'array':
        return object(['type', quoteJson('array')], ['items', this.#type(type.items, namespace)], ...this.#props(type))
      case 'map':
        return object(['type', quoteJson('map')], ['values', this.#type(type.values, namespace)], ...this.#props(type))
      case 'record':
      case 'enum':
      case 'fixed':
        return this.#named(type, namespace)
      default:
        return type.props.size === 0 ? quoteJson(type.kind) : object(['type', quoteJson(type.kind)], ...this.#props(type))
    }
  }

  #named(type: NamedType, namespace: string): string {
    if (this.#defined.has(type.name.full)) return quoteJson(shortName(type.name, namespace))
    this.#defined.add(type.name.full)
    const kind = type.kind === 'record' && type.isError && !this.#isNormalized ? 'error' : type.kind
    const head: Member[] = [['type', quoteJson(kind)], ['name', quoteJson(type.name.name)], ...namespaceOf(type.name, namespace)]
    return object(...head, ...this.#doc(type), ...this.#body(type))
  }

  #body(type: NamedType): Member[] {
    const rest = [...this.#props(type), ...this.#aliases(type)]
    switch (type.kind) {
      case 'record': {
        const fields = type.fields.map((field) => this.#field(field, type.name.namespace))
        return [['fields', `[${fields.join(',')}]`], ...rest]
      }
      case 'enum':
        return [['symbols', quotedList(type.symbols)], ...optional('default', type.default), ...rest]
      case 'fixed':
        return [['size', String(type.size)], ...rest]
    }
  }

  #field(field: RecordField, namespace: string): string {
    return object(
      ['name', quoteJson(field.name)],
      ['type', this.#type(field.type, namespace)],
      ...this.#doc(field),
      ...(field.default === undefined ? [] : [['default', this.#json(field.default)] as const]),
      ...(field.order === 'ascending' ? [] : [['order', quoteJson(field.order)] as const]),
      ...(field.aliases.length === 0 ? [] : [['aliases', quotedList(this.#sorted(field.aliases))] as const]),
      ...this.#props({ props: field.props, logical: undefined }),
    )
  }

  #doc({ doc }: { doc: string | undefined }): Member[] {
    return doc === '' && this.#isNormalized ? [] : optional('doc', doc)
  }

  #aliases({ name, aliases }: NamedType): Member[] {
    if (aliases.length === 0) return []
    const texts = aliases.map((alias) => shortName(alias, name.namespace))
    return [['aliases', quotedList(this.#sorted(texts))]]
  }

  #props({ props, logical }: { props: Properties; logical?: LogicalType | undefined }): Member[] {
    const ordered = this.#isNormalized ? normalizedProps(props, logical) : [...props]
    return ordered.map(([key, value]) => [key, this.#json(value)])
  }

  #json(node: JsonNode): string {
    return printJsonText(node, { hasSortedKeys: this.#isNormalized })
  }

  #sorted(texts: readonly string[]): readonly string[] {
    return this.#isNormalized ? [...texts].sort() : texts
  }
}

/** A member's key and its value as JSON text. */
type Member = readonly [key: string, json: string]

function object(...members: Member[]): string {
  return `{${members.map(([key, json]) => `${quoteJson(key)}:${json}`).join(',')}}`
}

function optional(key: string, text: string | undefined): Member[] {
  return text === undefined ? [] : [[key, quoteJson(text)]]
}

function quotedList(texts: readonly string[]): string {
  return `[${texts.map(quoteJson).join(',')}]`
}

/** The namespace is written where it differs from the enclosing one; '' leaves a namespace for none. */
function namespaceOf({ namespace }: TypeName, enclosing: string): Member[] {
  return namespace === enclosing ? [] : [['namespace', quoteJson(namespace)]]
}

/** Short inside the same namespace and for names without one, unless the short name would read as a primitive type. */
function shortName({ name, namespace, full }: TypeName, enclosing: string): string {
  if (namespace === enclosing) return isPrimitiveKind(name) ? full : name
  return full
}

/** The attributes of an understood logical type first, the rest by name. A scale of 0 is the default. */
function normalizedProps(props: Properties, logical: LogicalType | undefined): [string, JsonNode][] {
  const first = logical === undefined ? [] : logical.kind === 'decimal' ? ['logicalType', 'precision', 'scale'] : ['logicalType']
  const leading = first.flatMap((key): [string, JsonNode][] => {
    const value = props.get(key)
    return value === undefined || (key === 'scale' && isZero(value)) ? [] : [[key, value]]
  })
  const rest = [...props].filter(([key]) => !first.includes(key)).sort(([a], [b]) => (a < b ? -1 : 1))
  return [...leading, ...rest]
}

function isZero(node: JsonNode): boolean {
  return node.kind === 'number' && Number(node.text) === 0
}
