import type { AvroSchema, AvroType, NamedType, Properties, RecordField, TypeName } from './ast.ts'
import type { JsonNode } from '../json-text.ts'
import { printJson, quoteJson } from '../print-json.ts'
import { jacksonNumber } from './jackson-number.ts'
import type { LogicalType } from './logical-type.ts'
import { isPrimitiveKind } from './names.ts'
import { normalizedDefault } from './normalized-default.ts'

/**
 * The text that identifies a schema in the registry: what Java's `Schema.toString` prints, attribute for attribute,
 * so that ids and fingerprints agree with Confluent's. It is not Avro's Parsing Canonical Form: docs, aliases, defaults and
 * unknown properties stay.
 *
 * Names that references define are written as names. (Java does so only for the root type of each reference and repeats
 * the others, and then cannot read its own text back.)
 */
export function canonicalText(schema: AvroSchema): string {
  return new Printer(schema).print()
}

/** The canonical text with the types of references written out where they are first used (`format=resolved`). */
export function resolvedText({ root }: AvroSchema): string {
  return new Printer({ root, referencedNames: new Set() }).print()
}

/**
 * The canonical text of the normalised schema (`normalize=true`): properties sorted with the logical type first, aliases
 * sorted, empty docs of types dropped (those of fields stay), keys of nested JSON sorted, defaults as values of their
 * types, `error` written as `record`.
 */
export function normalizedText(schema: AvroSchema): string {
  return new Printer(schema, { isNormalized: true }).print()
}

class Printer {
  readonly #root: AvroType
  readonly #isNormalized: boolean
  /** Full names that are defined already: the next use is a name. */
  readonly #defined: Set<string>

  constructor(
    { root, referencedNames }: Pick<AvroSchema, 'root' | 'referencedNames'>,
    { isNormalized = false }: { isNormalized?: boolean } = {},
  ) {
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
    const hasDoc = !(this.#isNormalized && type.doc === '')
    return object(...head, ...(hasDoc ? optional('doc', type.doc) : []), ...this.#body(type))
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
      ...optional('doc', field.doc),
      ...this.#default(field),
      ...(field.order === 'ascending' ? [] : [['order', quoteJson(field.order)] as const]),
      ...(field.aliases.length === 0
        ? []
        : [['aliases', quotedList(this.#isNormalized ? field.aliases.toSorted() : field.aliases)] as const]),
      ...this.#props({ props: field.props, logical: undefined }),
    )
  }

  #default({ type, default: value }: RecordField): Member[] {
    if (value === undefined) return []
    return [['default', this.#json(this.#isNormalized ? normalizedDefault(type, value) : value)]]
  }

  /** Sorted by full names, though they are written short. */
  #aliases({ name, aliases }: NamedType): Member[] {
    if (aliases.length === 0) return []
    const ordered = this.#isNormalized ? aliases.toSorted((a, b) => (a.full < b.full ? -1 : 1)) : aliases
    return [['aliases', quotedList(ordered.map((alias) => shortName(alias, name.namespace)))]]
  }

  #props({ props, logical }: { props: Properties; logical?: LogicalType | undefined }): Member[] {
    const ordered = this.#isNormalized ? normalizedProps(props, logical) : [...props]
    return ordered.map(([key, value]) => [key, this.#json(value)])
  }

  #json(node: JsonNode): string {
    return printJson(node, { numberText: jacksonNumber, hasSortedKeys: this.#isNormalized })
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

/** The attributes of an understood logical type first, the rest by name; a scale of 0 is one of the rest. */
function normalizedProps(props: Properties, logical: LogicalType | undefined): [string, JsonNode][] {
  const first = logicalAttributes(logical)
  const leading = [...props].filter(([key]) => first.includes(key)).sort(([a], [b]) => first.indexOf(a) - first.indexOf(b))
  const rest = [...props].filter(([key]) => !first.includes(key)).sort(([a], [b]) => (a < b ? -1 : 1))
  return [...leading, ...rest]
}

function logicalAttributes(logical: LogicalType | undefined): string[] {
  if (logical === undefined) return []
  if (logical.kind !== 'decimal') return ['logicalType']
  return logical.scale === 0 ? ['logicalType', 'precision'] : ['logicalType', 'precision', 'scale']
}
