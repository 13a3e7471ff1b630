import {
  pathOf,
  targetOf,
  type JsonConstant,
  type JsonType,
  type SchemaNode,
  type SchemaObject,
  type UnifiedSchema,
} from './unified-schema.ts'

/**
 * All that a value at one place must satisfy at once: a schema, its `$ref`, the members of its `allOf`, and the one
 * alternative that is left where the other is null. Real alternatives stay apart.
 */
export interface Conjunction {
  readonly parts: readonly SchemaObject[]
  readonly alternatives: readonly Alternatives[]
  /** No value but null passes. */
  readonly isNullOnly: boolean
}

export interface Alternatives {
  readonly path: string
  readonly keyword: 'anyOf' | 'oneOf'
  /** Two or more, none of them null. */
  readonly branches: readonly SchemaNode[]
}

export function conjunctionOf(schema: UnifiedSchema, nodes: readonly SchemaNode[]): Conjunction {
  const parts = new Set<SchemaObject>()
  const alternatives: Alternatives[] = []
  let isNullOnly = false

  const collect = (node: SchemaNode): void => {
    if (node === false) isNullOnly = true
    if (typeof node === 'boolean' || parts.has(node)) return
    parts.add(node)
    if (acceptsNullOnly(node)) isNullOnly = true
    if (node.$ref !== undefined) collect(targetOf(schema, node.$ref))
    node.allOf?.forEach(collect)
    for (const keyword of ['anyOf', 'oneOf'] as const) if (node[keyword] !== undefined) choose(keyword, node[keyword], node)
  }
  const choose = (keyword: 'anyOf' | 'oneOf', branches: readonly SchemaNode[], node: SchemaObject): void => {
    const present = branches.filter((branch) => branch !== false && !isNullBranch(schema, branch))
    if (present.length === 0) isNullOnly = true
    else if (present.length === 1) present.forEach(collect)
    else alternatives.push({ path: pathOf(schema, node), keyword, branches: present })
  }

  nodes.forEach(collect)
  return { parts: [...parts], alternatives, isNullOnly }
}

function isNullBranch(schema: UnifiedSchema, node: SchemaNode): boolean {
  if (typeof node === 'boolean') return false
  return acceptsNullOnly(node) || (node.$ref !== undefined && isNullBranch(schema, targetOf(schema, node.$ref)))
}

function acceptsNullOnly(node: SchemaObject): boolean {
  return node.const === null || isOnly(node.type, 'null') || isOnly(node.enum, null)
}

function isOnly<Value>(values: readonly Value[] | undefined, value: Value): boolean {
  return values !== undefined && values.length === 1 && values[0] === value
}

/** The types besides null that every part allows; undefined when no part names any. */
export function typesOf({ parts }: Conjunction): readonly JsonType[] | undefined {
  let allowed: JsonType[] | undefined
  for (const { type } of parts) {
    if (type === undefined) continue
    allowed = allowed === undefined ? [...type] : intersection(allowed, type)
  }
  return allowed?.filter((type) => type !== 'null')
}

/** Integers are numbers. */
function intersection(a: readonly JsonType[], b: readonly JsonType[]): JsonType[] {
  const has = (types: readonly JsonType[], type: JsonType): boolean =>
    types.includes(type) || (type === 'integer' && types.includes('number'))
  return [...new Set([...a.filter((type) => has(b, type)), ...b.filter((type) => has(a, type))])]
}

/** The constants that a part names, without null: of several lists any may serve, for they have a type in common. */
export function constantsOf({ parts }: Conjunction): readonly JsonConstant[] | undefined {
  for (const part of parts) {
    if (part.const !== undefined) return [part.const]
    if (part.enum !== undefined) return part.enum.filter((constant) => constant !== null)
  }
  return undefined
}

export function typeOfConstant(constant: JsonConstant): JsonType {
  if (constant === null) return 'null'
  if (Array.isArray(constant)) return 'array'
  if (typeof constant === 'number') return Number.isInteger(constant) ? 'integer' : 'number'
  return typeof constant as 'boolean' | 'string' | 'object'
}
