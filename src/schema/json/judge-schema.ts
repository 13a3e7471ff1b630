import {
  listKeywords,
  namedKeywords,
  REF_PREFIX,
  singleKeywords,
  type NamedNodes,
  type SchemaNode,
  type SchemaObject,
  type UnifiedSchema,
} from './unified-schema.ts'

/**
 * The unified schema as one JSON document for ajv. ajv generates a function per schema with one nested block per
 * property, so that a few thousand properties overflow the stack: wide objects are handed over in groups, each a
 * definition (and thus a function) of its own. The verdict and the places that errors name are the same.
 */
export function judgeSchema({ root, definitions }: UnifiedSchema): boolean | Record<string, unknown> {
  if (typeof root === 'boolean') return root
  const groups = new Map<string, SchemaNode>()
  const converted = [...definitions].map(([name, node]): [string, SchemaNode] => [name, withGroups(node, groups)])
  const judged = withGroups(root, groups) as SchemaObject
  return { ...judged, $defs: Object.fromEntries([...converted, ...groups]) }
}

function withGroups(node: SchemaNode, groups: Map<string, SchemaNode>): SchemaNode {
  if (typeof node === 'boolean') return node
  const inner = (below: SchemaNode): SchemaNode => withGroups(below, groups)
  const changed: Record<string, unknown> = { ...node }
  for (const keyword of singleKeywords) if (node[keyword] !== undefined) changed[keyword] = inner(node[keyword])
  for (const keyword of listKeywords) if (node[keyword] !== undefined) changed[keyword] = node[keyword].map(inner)
  for (const keyword of namedKeywords) if (node[keyword] !== undefined) changed[keyword] = mapNodes(node[keyword], inner)
  return hashEnum(splitProperties(changed as SchemaObject, groups))
}

/** ajv compares a value with every constant of a long enum; `largeEnum` looks it up. */
function hashEnum(node: SchemaObject): SchemaObject {
  if (node.enum === undefined || node.enum.length <= COMPARED_CONSTANTS_MAX) return node
  const { enum: constants, ...others } = node
  return { ...others, largeEnum: constants } as SchemaObject
}

/** Every name stays in `properties`, for `additionalProperties` to see; what judges the values moves into the groups. */
function splitProperties(node: SchemaObject, groups: Map<string, SchemaNode>): SchemaObject {
  const properties = Object.entries(node.properties ?? {})
  if (properties.length <= GROUP_SIZE) return node
  const refs: SchemaNode[] = []
  for (let first = 0; first < properties.length; first += GROUP_SIZE) {
    const name = `group${groups.size}`
    groups.set(name, { properties: Object.fromEntries(properties.slice(first, first + GROUP_SIZE)) })
    refs.push({ $ref: REF_PREFIX + name })
  }
  return { ...node, properties: mapNodes(node.properties ?? {}, () => true), allOf: [...(node.allOf ?? []), ...refs] }
}

function mapNodes(nodes: NamedNodes, change: (node: SchemaNode) => SchemaNode): NamedNodes {
  return Object.fromEntries(Object.entries(nodes).map(([name, node]) => [name, change(node)]))
}

const GROUP_SIZE = 32
const COMPARED_CONSTANTS_MAX = 64
