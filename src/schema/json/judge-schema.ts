import {
  everyNode,
  listKeywords,
  namedKeywords,
  REF_PREFIX,
  singleKeywords,
  type NamedNodes,
  type SchemaNode,
  type SchemaObject,
  type UnifiedSchema,
} from './unified-schema.ts'

/** A schema as ajv gets it. The verdict and the places that errors name are those of the unified schema. */
export interface JudgeSchema {
  readonly root: SchemaNode
  readonly definitions: NamedNodes
  /** Whether it asks which members of a value nothing has evaluated. */
  readonly hasUnevaluated: boolean
}

/**
 * The unified schema laid out for ajv, which generates a function per definition with one nested block per property, so
 * that a few thousand properties overflow the stack: wide objects are handed over in groups, each a definition of its
 * own. So is, where members are to be tracked, every part that may or may not apply: it is asked by itself.
 */
export function judgeSchema(schema: UnifiedSchema): JudgeSchema {
  const hasUnevaluated = [...everyNode(schema)].some(
    (node) => node.unevaluatedItems !== undefined || node.unevaluatedProperties !== undefined,
  )
  const layout = new Layout(hasUnevaluated)
  const definitions = [...schema.definitions].map(([name, node]): [string, SchemaNode] => [name, layout.node(node)])
  const root = layout.node(schema.root)
  return { root, definitions: Object.fromEntries([...definitions, ...layout.added]), hasUnevaluated }
}

class Layout {
  readonly added = new Map<string, SchemaNode>()
  readonly #separatesParts: boolean

  constructor(separatesParts: boolean) {
    this.#separatesParts = separatesParts
  }

  node(node: SchemaNode): SchemaNode {
    if (typeof node === 'boolean') return node
    const changed: Record<string, unknown> = { ...node }
    for (const keyword of singleKeywords) if (node[keyword] !== undefined) changed[keyword] = this.#inner(node[keyword], keyword)
    for (const keyword of listKeywords)
      if (node[keyword] !== undefined) changed[keyword] = node[keyword].map((inner) => this.#inner(inner, keyword))
    for (const keyword of namedKeywords)
      if (node[keyword] !== undefined) changed[keyword] = mapNodes(node[keyword], (inner) => this.node(inner))
    return hashEnum(this.#splitProperties(changed as SchemaObject))
  }

  #inner(node: SchemaNode, keyword: string): SchemaNode {
    const changed = this.node(node)
    const isSeparate = this.#separatesParts && separateKeywords.has(keyword) && typeof changed === 'object'
    return isSeparate ? this.#define(changed) : changed
  }

  /** Every name stays in `properties`, for `additionalProperties` to see; what judges the values moves into the groups. */
  #splitProperties(node: SchemaObject): SchemaObject {
    const properties = Object.entries(node.properties ?? {})
    if (properties.length <= GROUP_SIZE) return node
    const refs: SchemaNode[] = []
    for (let first = 0; first < properties.length; first += GROUP_SIZE)
      refs.push(this.#define({ properties: Object.fromEntries(properties.slice(first, first + GROUP_SIZE)) }))
    return { ...node, properties: mapNodes(node.properties ?? {}, () => true), allOf: [...(node.allOf ?? []), ...refs] }
  }

  #define(node: SchemaNode): SchemaObject {
    const name = `part${this.added.size}`
    this.added.set(name, node)
    return { $ref: REF_PREFIX + name }
  }
}

/** ajv compares a value with every constant of a long enum; `largeEnum` looks it up. */
function hashEnum(node: SchemaObject): SchemaObject {
  if (node.enum === undefined || node.enum.length <= COMPARED_CONSTANTS_MAX) return node
  const { enum: constants, ...others } = node
  return { ...others, largeEnum: constants } as SchemaObject
}

function mapNodes(nodes: NamedNodes, change: (node: SchemaNode) => SchemaNode): NamedNodes {
  return Object.fromEntries(Object.entries(nodes).map(([name, node]) => [name, change(node)]))
}

/** Keywords with schemas that are asked by themselves whether a value fits. */
const separateKeywords: ReadonlySet<string> = new Set(['anyOf', 'oneOf', 'if', 'contains', 'unevaluatedProperties', 'unevaluatedItems'])
const GROUP_SIZE = 32
const COMPARED_CONSTANTS_MAX = 64
