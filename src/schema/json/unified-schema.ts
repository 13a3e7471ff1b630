/**
 * A schema in the one form that the rest of this room works on, whatever its dialect was: 2020-12, self-contained,
 * with nothing left but what judges values or shapes columns. `$ref` names an entry of `definitions`.
 */
export interface UnifiedSchema {
  readonly root: SchemaNode
  readonly definitions: ReadonlyMap<string, SchemaNode>
  /** Where each node stands in the text its author wrote, like `#/properties/size`. */
  readonly paths: WeakMap<SchemaObject, string>
  /** Nodes whose `maximum` is above 2^63-1, which a double cannot tell from 2^63-1. */
  readonly beyondInt64: WeakSet<SchemaObject>
}

export type SchemaNode = boolean | SchemaObject

export type JsonType = 'null' | 'boolean' | 'integer' | 'number' | 'string' | 'array' | 'object'
export type JsonConstant = null | boolean | number | string | readonly JsonConstant[] | { readonly [name: string]: JsonConstant }

export interface SchemaObject {
  /** `#/$defs/<name of a definition>`. */
  readonly $ref?: string
  readonly type?: readonly JsonType[]
  readonly enum?: readonly JsonConstant[]
  readonly const?: JsonConstant

  readonly multipleOf?: number
  readonly maximum?: number
  readonly exclusiveMaximum?: number
  readonly minimum?: number
  readonly exclusiveMinimum?: number

  readonly maxLength?: number
  readonly minLength?: number
  readonly pattern?: string
  readonly format?: string
  /** Not judged by the standard, but a column of bytes can only hold what decodes. */
  readonly contentEncoding?: string

  readonly prefixItems?: readonly SchemaNode[]
  readonly items?: SchemaNode
  readonly contains?: SchemaNode
  /** Since 2020-12 items that `contains` matches count as evaluated. */
  readonly countsContained?: boolean
  readonly minContains?: number
  readonly maxContains?: number
  readonly maxItems?: number
  readonly minItems?: number
  readonly uniqueItems?: boolean
  readonly unevaluatedItems?: SchemaNode

  readonly properties?: NamedNodes
  readonly patternProperties?: NamedNodes
  readonly additionalProperties?: SchemaNode
  readonly unevaluatedProperties?: SchemaNode
  readonly propertyNames?: SchemaNode
  readonly dependentSchemas?: NamedNodes
  readonly dependentRequired?: { readonly [name: string]: readonly string[] }
  readonly required?: readonly string[]
  readonly maxProperties?: number
  readonly minProperties?: number

  readonly allOf?: readonly SchemaNode[]
  readonly anyOf?: readonly SchemaNode[]
  readonly oneOf?: readonly SchemaNode[]
  readonly not?: SchemaNode
  readonly if?: SchemaNode
  readonly then?: SchemaNode
  readonly else?: SchemaNode

  /** Becomes the column's doc. */
  readonly description?: string
}

export interface NamedNodes {
  readonly [name: string]: SchemaNode
}

export const REF_PREFIX = '#/$defs/'

/** The keywords that hold one schema, a list of schemas, schemas by name. */
export const singleKeywords = [
  ...(['items', 'contains', 'unevaluatedItems', 'additionalProperties', 'unevaluatedProperties', 'propertyNames'] as const),
  ...(['not', 'if', 'then', 'else'] as const),
] as const
export const listKeywords = ['prefixItems', 'allOf', 'anyOf', 'oneOf'] as const
export const namedKeywords = ['properties', 'patternProperties', 'dependentSchemas'] as const

/** The node that a `$ref` stands for. */
export function targetOf(schema: UnifiedSchema, ref: string): SchemaNode {
  return schema.definitions.get(ref.slice(REF_PREFIX.length)) ?? false
}

export function pathOf(schema: UnifiedSchema, node: SchemaNode): string {
  return (typeof node === 'object' && schema.paths.get(node)) || '#'
}

/** The schemas directly inside a node; its `$ref` is not followed. */
export function subschemasOf(node: SchemaObject): SchemaNode[] {
  return [
    ...singleKeywords.map((keyword) => node[keyword]).filter((inner) => inner !== undefined),
    ...listKeywords.flatMap((keyword) => node[keyword] ?? []),
    ...namedKeywords.flatMap((keyword) => Object.values(node[keyword] ?? {})),
  ]
}

/** Each node once, whatever refers to it. */
export function* everyNode({ root, definitions }: UnifiedSchema): Generator<SchemaObject> {
  const pending: SchemaNode[] = [root, ...definitions.values()]
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    if (typeof node === 'boolean') continue
    yield node
    pending.push(...subschemasOf(node))
  }
}
