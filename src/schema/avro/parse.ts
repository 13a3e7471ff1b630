import { HeadgateError } from '../../shared/errors.ts'
import { limits } from '../../shared/limits.ts'
import type { ResolvedReference, SchemaDefinition } from '../language.ts'
import {
  branchName,
  type AvroSchema,
  type AvroType,
  type EnumType,
  type FieldDefault,
  type FixedType,
  type NamedType,
  type RecordType,
  type TypeName,
  type UnionType,
} from './ast.ts'
import { aliasTexts, nounOf, optionalText, propertiesOf, required, requiredText, textList, type Place } from './attributes.ts'
import { parseJsonText, type JsonNode, type JsonObjectNode } from '../json-text.ts'
import { isIntegralText } from './jackson-number.ts'
import { logicalTypeOf } from './logical-type.ts'
import { candidatesFor, invalidSchema, isNamespace, isPrimitiveKind, isSimpleName, typeNameOf } from './names.ts'
import { fieldParser } from './parse-field.ts'

/**
 * Schema text -> resolved types, by the rules of Avro 1.12 as its Java implementation applies them: strict names, no name
 * defined twice, unions that can be told apart. Defaults are checked by defaults.ts. Nesting and size are bounded.
 * Throws HeadgateError `invalid-schema` with a JSON pointer into the text.
 */
export function parseAvro({ text, references }: Omit<SchemaDefinition, 'schemaType'>): AvroSchema {
  const names = new Map<string, NamedType>()
  for (const reference of distinct(references)) parseReference(names, reference)
  const referencedNames = new Set(names.keys())
  const parser = new SchemaParser(names)
  const root = parser.parse(text)
  return { root, names, referencedNames, defaults: parser.defaults }
}

/** Two ways to the same dependency give it twice. */
function distinct(references: readonly ResolvedReference[]): ResolvedReference[] {
  const seen = new Map<string, string>()
  return references.filter(({ name, text }) => {
    if (seen.get(name) === text) return false
    seen.set(name, text)
    return true
  })
}

function parseReference(names: Map<string, NamedType>, { name, text }: ResolvedReference): void {
  try {
    new SchemaParser(names).parse(text)
  } catch (error) {
    if (!(error instanceof HeadgateError)) throw error
    throw new HeadgateError(error.kind, `reference ${name}: ${error.message}`, { cause: error, facts: { ...error.facts, reference: name } })
  }
}

class SchemaParser {
  readonly #names: Map<string, NamedType>
  readonly defaults: FieldDefault[] = []

  constructor(names: Map<string, NamedType>) {
    this.#names = names
  }

  parse(text: string): AvroType {
    const byteCount = Buffer.byteLength(text)
    if (byteCount > limits.schemaTextBytesMax)
      throw new HeadgateError('invalid-schema', `Avro schema of ${byteCount} bytes; at most ${limits.schemaTextBytesMax} are allowed`)
    const node = parseJsonText(text, { nestingMax: limits.schemaJsonNestingMax, allowsComments: true })
    return this.#parseType(node, { path: '', namespace: '', depth: 0 })
  }

  readonly #parseType = (node: JsonNode, place: Place): AvroType => {
    if (place.depth > limits.nestingMax) throw invalidSchema(place.path, `nested deeper than ${limits.nestingMax} types`)
    switch (node.kind) {
      case 'string':
        return this.#resolve(node.value, place)
      case 'array':
        return this.#parseUnion(node.items, place)
      case 'object':
        return this.#parseObject(node, place)
      default:
        throw invalidSchema(place.path, `expected a type (a name, an object or a union), got ${nounOf(node)}`)
    }
  }

  #resolve(name: string, { path, namespace }: Place): AvroType {
    if (isPrimitiveKind(name)) return { kind: name, props: new Map(), logical: undefined }
    for (const full of candidatesFor(name, namespace)) {
      const known = this.#names.get(full)
      if (known) return known
    }
    throw invalidSchema(path, `unknown type ${JSON.stringify(name)}; define it before its use or register it with a reference`)
  }

  #parseUnion(items: readonly JsonNode[], place: Place): UnionType {
    const branches = items.map((item, index) => this.#parseType(item, { ...place, path: `${place.path}/${index}` }))
    const seen = new Set<string>()
    branches.forEach((branch, index) => {
      const path = `${place.path}/${index}`
      if (branch.kind === 'union') throw invalidSchema(path, 'a union directly inside a union')
      const name = branchName(branch)
      if (seen.has(name)) throw invalidSchema(path, `a second ${name} in one union`)
      seen.add(name)
    })
    return { kind: 'union', branches }
  }

  #parseObject(node: JsonObjectNode, place: Place): AvroType {
    const kind = requiredText(node, 'type', place.path)
    const inside = (attribute: string): Place => ({ ...place, path: `${place.path}/${attribute}`, depth: place.depth + 1 })
    switch (kind) {
      case 'record':
      case 'error':
        return this.#parseRecord(node, place, kind === 'error')
      case 'enum':
        return this.#parseEnum(node, place)
      case 'fixed':
        return this.#parseFixed(node, place)
      case 'array':
        return { kind, items: this.#parseType(required(node, 'items', place.path), inside('items')), ...annotations(node, { kind }) }
      case 'map':
        return { kind, values: this.#parseType(required(node, 'values', place.path), inside('values')), ...annotations(node, { kind }) }
      default:
        if (isPrimitiveKind(kind)) return { kind, ...annotations(node, { kind }) }
        return this.#resolve(kind, { ...place, path: `${place.path}/type` })
    }
  }

  #parseRecord(node: JsonObjectNode, place: Place, isError: boolean): RecordType {
    const named = namedAttributes(node, place)
    const fields: RecordType['fields'][number][] = []
    const record: RecordType = { kind: 'record', isError, ...named, fields, ...annotations(node, { kind: 'record' }) }
    // Known before its fields are parsed: they may refer to it.
    this.#define(record, place.path)
    const fieldNodes = required(node, 'fields', place.path)
    if (fieldNodes.kind !== 'array') throw invalidSchema(`${place.path}/fields`, `expected a list of fields, got ${nounOf(fieldNodes)}`)
    const parseField = fieldParser(this.#parseType, this.defaults)
    const seen = new Set<string>()
    fieldNodes.items.forEach((fieldNode, index) => {
      const path = `${place.path}/fields/${index}`
      const field = parseField(fieldNode, { path, namespace: named.name.namespace, depth: place.depth + 1 })
      if (seen.has(field.name)) throw invalidSchema(path, `a second field ${field.name} in record ${named.name.full}`)
      seen.add(field.name)
      fields.push(field)
    })
    return record
  }

  #parseEnum(node: JsonObjectNode, place: Place): EnumType {
    const symbolsPath = `${place.path}/symbols`
    const symbols = textList(required(node, 'symbols', place.path), symbolsPath)
    const seen = new Set<string>()
    symbols.forEach((symbol, index) => {
      if (!isSimpleName(symbol)) throw invalidSchema(`${symbolsPath}/${index}`, `${JSON.stringify(symbol)} is not a name`)
      if (seen.has(symbol)) throw invalidSchema(`${symbolsPath}/${index}`, `symbol ${symbol} occurs twice`)
      seen.add(symbol)
    })
    const fallback = optionalText(node, 'default')
    if (fallback !== undefined && !seen.has(fallback))
      throw invalidSchema(`${place.path}/default`, `${JSON.stringify(fallback)} is not among the symbols`)
    const { props, logical } = annotations(node, { kind: 'enum' })
    const type: EnumType = { kind: 'enum', ...namedAttributes(node, place), symbols, default: fallback, props, logical }
    return this.#define(type, place.path)
  }

  #parseFixed(node: JsonObjectNode, place: Place): FixedType {
    const sizeNode = required(node, 'size', place.path)
    const size = sizeNode.kind === 'number' && isIntegralText(sizeNode.text) ? Number(sizeNode.text) : -1
    if (size < 0 || size > 0x7fff_ffff) throw invalidSchema(`${place.path}/size`, 'expected a number of bytes, from 0 to 2147483647')
    const type: FixedType = { kind: 'fixed', ...namedAttributes(node, place), size, ...annotations(node, { kind: 'fixed', size }) }
    return this.#define(type, place.path)
  }

  #define<T extends NamedType>(type: T, path: string): T {
    const { full } = type.name
    if (this.#names.has(full)) throw invalidSchema(path, `type ${full} is defined twice`)
    this.#names.set(full, type)
    return type
  }
}

function namedAttributes(node: JsonObjectNode, { path, namespace }: Place): Pick<NamedType, 'name' | 'doc' | 'aliases'> {
  const name = typeNameOf(requiredText(node, 'name', path), optionalText(node, 'namespace'), namespace)
  checkName(name, path)
  if (isPrimitiveKind(name.full)) throw invalidSchema(path, `a type may not be called ${name.full}`)
  return { name, doc: optionalText(node, 'doc'), aliases: aliasesOf(node, name, path) }
}

function aliasesOf(node: JsonObjectNode, name: TypeName, path: string): TypeName[] {
  const aliases = new Map<string, TypeName>()
  for (const text of aliasTexts(node, path)) {
    const alias = typeNameOf(text, undefined, name.namespace)
    checkName(alias, `${path}/aliases`)
    aliases.set(alias.full, alias)
  }
  return [...aliases.values()]
}

function checkName({ name, namespace }: TypeName, path: string): void {
  if (!isSimpleName(name)) throw invalidSchema(path, `${JSON.stringify(name)} is not a name (letters, digits and _, no digit first)`)
  if (!isNamespace(namespace)) throw invalidSchema(path, `${JSON.stringify(namespace)} is not a namespace`)
}

/** Attributes that a type may not carry as properties, because some type gives them a meaning (Java's reserved words). */
const reservedOfTypes = new Set(['aliases', 'doc', 'fields', 'items', 'name', 'namespace', 'size', 'symbols', 'type', 'values'])
const reservedOfEnums = new Set([...reservedOfTypes, 'default'])

function annotations(node: JsonObjectNode, base: { kind: string; size?: number }): Pick<RecordType, 'props' | 'logical'> {
  const props = propertiesOf(node, base.kind === 'enum' ? reservedOfEnums : reservedOfTypes)
  return { props, logical: logicalTypeOf(base, props) }
}
