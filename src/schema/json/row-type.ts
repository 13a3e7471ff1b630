import {
  isSameShape,
  listType,
  mapType,
  rowField,
  structType,
  type RowField,
  type RowType,
  type StructType,
} from '../../columns/row-type.ts'
import { limits } from '../../shared/limits.ts'
import { checkColumnNames } from './column-names.ts'
import { conjunctionOf, constantsOf, typeOfConstant, typesOf, type Alternatives, type Conjunction } from './conjunction.ts'
import { pointerTo, unsupportedSchema } from './raw-schema.ts'
import { checkUnfolding } from './unfold.ts'
import { pathOf, type JsonType, type NamedNodes, type SchemaNode, type SchemaObject, type UnifiedSchema } from './unified-schema.ts'

/**
 * Maps a schema to columns under the portable profile: every column nullable, integers long, numbers
 * double, an object with properties a struct, one with only `additionalProperties` a map, and JSON text for parts
 * without a fixed shape. Members of an open object that `properties` does not name are judged but have no column; a
 * property that can only be null has none either. A part with `properties` or `items` but no `type` gets a column for
 * objects or arrays, and a value of another type is then refused. A root that is not an object is one column `value`.
 * Throws HeadgateError `unsupported` that names the construct and its place.
 */
export function mapRow(schema: UnifiedSchema): RowMapping {
  checkUnfolding(schema)
  const type = new Mapper(schema).map([schema.root]) ?? JSON_TEXT
  if (type.kind !== 'struct') return { rowType: structType([rowField('value', type)]), isSingleColumn: true }
  checkReserved(schema, type)
  return { rowType: type, isSingleColumn: false }
}

export interface RowMapping {
  readonly rowType: StructType
  /** The root is no object with properties: the row's one column holds the whole value. */
  readonly isSingleColumn: boolean
}

/** The table's metadata columns stand beside those of the value. */
function checkReserved(schema: UnifiedSchema, { fields }: StructType): void {
  const taken = fields.find(({ name }) => name.toLowerCase().startsWith(METADATA_PREFIX))
  if (taken !== undefined)
    throw unsupportedSchema(
      pointerTo(pathOf(schema, schema.root), 'properties', taken.name),
      `a name that begins with ${METADATA_PREFIX} is kept for the table's metadata`,
    )
}

const METADATA_PREFIX = '_kafka_'
const JSON_TEXT: RowType = { kind: 'json' }
const LONG: RowType = { kind: 'long' }
const DOUBLE: RowType = { kind: 'double' }

class Mapper {
  readonly #schema: UnifiedSchema
  #columns = 0
  #steps = 0
  #nesting = 0

  constructor(schema: UnifiedSchema) {
    this.#schema = schema
  }

  /** The column for a value that must satisfy all of `nodes`; undefined when only null or nothing does. */
  map(nodes: readonly SchemaNode[]): RowType | undefined {
    this.#nesting++
    const type = this.#mapConjunction(conjunctionOf(this.#schema, nodes))
    this.#nesting--
    return type
  }

  #mapConjunction(conjunction: Conjunction): RowType | undefined {
    // Alternatives are mapped together with what stands beside them, which the check of the schema's size did not count.
    if (++this.#steps > limits.jsonSchemaPartsMax)
      throw unsupportedSchema(this.#pathOf(conjunction.parts), `mapping it to columns takes more than ${limits.jsonSchemaPartsMax} steps`)
    if (conjunction.isNullOnly) return undefined
    if (this.#nesting > limits.nestingMax)
      throw unsupportedSchema(this.#pathOf(conjunction.parts), `columns are nested deeper than ${limits.nestingMax} levels`)
    let type = this.#mapParts(conjunction)
    for (const alternatives of conjunction.alternatives) type = this.#mapAlternatives(conjunction, type, alternatives)
    return type ?? JSON_TEXT
  }

  /** Undefined when nothing says what the value is. */
  #mapParts(conjunction: Conjunction): RowType | undefined {
    const types = typesOf(conjunction)
    const constantTypes = typesOfConstants(conjunction, types)
    if (constantTypes.length > 0) return mapConstants(constantTypes, types)
    if (types === undefined) return this.#mapUntyped(conjunction)
    if (types.length > 0 && types.every(isNumeric)) return types.includes('number') ? DOUBLE : mapInteger(this.#schema, conjunction)
    if (types.length > 1)
      throw unsupportedSchema(
        this.#pathOf(conjunction.parts),
        `type ${JSON.stringify(types)} is several types, for which there is no column yet`,
      )
    return this.#mapType(types[0], conjunction)
  }

  #mapUntyped(conjunction: Conjunction): RowType | undefined {
    const { parts } = conjunction
    if (parts.some(({ properties }) => properties !== undefined && Object.keys(properties).length > 0)) return this.#mapObject(conjunction)
    if (parts.some(({ items }) => typeof items === 'object')) return this.#mapArray(conjunction)
    return undefined
  }

  #mapType(type: JsonType | undefined, conjunction: Conjunction): RowType | undefined {
    switch (type) {
      case 'boolean':
        return { kind: 'boolean' }
      case 'string':
        return mapString(conjunction)
      case 'object':
        return this.#mapObject(conjunction)
      case 'array':
        return this.#mapArray(conjunction)
      default:
        return JSON_TEXT
    }
  }

  #mapObject({ parts }: Conjunction): RowType {
    const names = new Set(parts.flatMap(({ properties }) => Object.keys(properties ?? {})))
    if (names.size === 0) return this.#mapOpenObject(parts)
    const fields = [...names].map((name) => this.#mapProperty(name, parts)).filter((field) => field !== undefined)
    checkColumnNames(fields, this.#pathOf(parts))
    return fields.length === 0 ? JSON_TEXT : structType(fields)
  }

  #mapProperty(name: string, parts: readonly SchemaObject[]): RowField | undefined {
    const nodes = parts.map(({ properties }) => ownNode(properties, name)).filter((node) => node !== undefined)
    const type = this.map(nodes)
    if (type === undefined) return undefined
    if (++this.#columns > limits.columnsMax) throw unsupportedSchema(this.#pathOf(nodes), `more than ${limits.columnsMax} columns`)
    const doc = nodes.map((node) => (typeof node === 'object' ? node.description : undefined)).find((text) => text !== undefined)
    return rowField(name, type, doc === undefined ? {} : { doc })
  }

  #mapOpenObject(parts: readonly SchemaObject[]): RowType {
    const values = parts.map(({ additionalProperties }) => additionalProperties).filter((node) => typeof node === 'object')
    if (values.every(saysNothing) || parts.some(({ patternProperties }) => patternProperties !== undefined)) return JSON_TEXT
    const value = this.map(values)
    return value === undefined ? JSON_TEXT : mapType({ kind: 'string' }, value)
  }

  #mapArray({ parts }: Conjunction): RowType {
    const items = parts.map((part) => part.items).filter((node) => node !== undefined && node !== true)
    if (items.every(saysNothing) || parts.some(({ prefixItems }) => prefixItems !== undefined)) return JSON_TEXT
    const element = this.map(items)
    return element === undefined ? JSON_TEXT : listType(element)
  }

  /**
   * Alternatives need no column of their own when each gives the value the same shape: then they only constrain it.
   * Beside a scalar type any of them fits the type's column.
   */
  #mapAlternatives(beside: Conjunction, mapped: RowType | undefined, { branches, keyword, path }: Alternatives): RowType | undefined {
    if (mapped !== undefined && !isNested(mapped)) return mapped
    const shapes = branches.map((branch) => this.#mapBranch(beside, branch)).filter((shape) => shape !== undefined)
    const first = mapped ?? shapes[0]
    if (first === undefined || shapes.every((shape) => isSameShape(shape, first))) return first
    if (mapped === undefined && shapes.every(({ kind }) => kind === 'long' || kind === 'double')) return DOUBLE
    const kinds = [...new Set(shapes.map(({ kind }) => kind))].join(', ')
    throw unsupportedSchema(`${path}/${keyword}`, `alternatives of different shapes (${kinds}), for which there is no column yet`)
  }

  #mapBranch({ parts }: Conjunction, branch: SchemaNode): RowType | undefined {
    const columns = this.#columns
    const { parts: own, alternatives, isNullOnly } = conjunctionOf(this.#schema, [branch])
    const type = this.#mapConjunction({ parts: [...parts, ...own], alternatives, isNullOnly })
    this.#columns = columns
    return type
  }

  #pathOf(nodes: readonly SchemaNode[]): string {
    return pathOf(this.#schema, nodes.find((node) => typeof node === 'object') ?? true)
  }
}

/** The types of the constants that the declared types let through. */
function typesOfConstants(conjunction: Conjunction, types: readonly JsonType[] | undefined): JsonType[] {
  const found = new Set((constantsOf(conjunction) ?? []).map(typeOfConstant))
  return [...found].filter((type) => types === undefined || types.includes(type) || (type === 'integer' && types.includes('number')))
}

function mapConstants(found: readonly JsonType[], declared: readonly JsonType[] | undefined): RowType {
  if (found.every((type) => type === 'string')) return { kind: 'string' }
  if (found.every((type) => type === 'boolean')) return { kind: 'boolean' }
  if (found.every(isNumeric)) return found.includes('number') || declared?.includes('number') === true ? DOUBLE : LONG
  return JSON_TEXT
}

function isNumeric(type: JsonType): boolean {
  return type === 'integer' || type === 'number'
}

/** Bounds inside 64 bits do not matter, for they are relaxed sooner or later; one beyond them asks for more digits. */
function mapInteger(schema: UnifiedSchema, { parts }: Conjunction): RowType {
  const bounded = parts.filter(({ maximum, exclusiveMaximum }) => maximum !== undefined || exclusiveMaximum !== undefined)
  const isWide = bounded.length > 0 && bounded.every((part) => schema.beyondInt64.has(part))
  return isWide ? { kind: 'decimal', precision: 20, scale: 0 } : LONG
}

function mapString({ parts }: Conjunction): RowType {
  const has = (format: string): boolean => parts.some((part) => part.format === format)
  if (has('byte') || parts.some(({ contentEncoding }) => contentEncoding?.toLowerCase() === 'base64')) return { kind: 'binary' }
  if (has('date-time')) return { kind: 'timestamp', isUtc: true }
  if (has('date')) return { kind: 'date' }
  return { kind: 'string' }
}

function isNested({ kind }: RowType): boolean {
  return kind === 'struct' || kind === 'list' || kind === 'map'
}

function ownNode(nodes: NamedNodes | undefined, name: string): SchemaNode | undefined {
  return nodes !== undefined && Object.hasOwn(nodes, name) ? nodes[name] : undefined
}

/** `true`, or an object without a keyword that judges. */
function saysNothing(node: SchemaNode): boolean {
  return node === true || (typeof node === 'object' && Object.keys(node).every((keyword) => keyword === 'description'))
}
