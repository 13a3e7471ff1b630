import { targetOf, type JsonType, type SchemaNode, type SchemaObject, type UnifiedSchema } from '../unified-schema.ts'

/** A node of one type and perhaps null, behind the indirections that schemas wrap it in. */
export interface PlainNode {
  readonly node: SchemaObject
  readonly type: JsonType
  readonly isNullable: boolean
}

/** Looks through a lone `$ref`, `allOf` of one, and `anyOf` or `oneOf` with null; undefined for anything richer. */
export function plainNode(schema: UnifiedSchema, node: SchemaNode): PlainNode | undefined {
  if (typeof node === 'boolean') return undefined
  if (node.$ref !== undefined) return isAlone(node, '$ref') ? plainNode(schema, targetOf(schema, node.$ref)) : undefined
  if (node.allOf !== undefined)
    return isAlone(node, 'allOf') && node.allOf.length === 1 ? plainNode(schema, node.allOf[0] ?? false) : undefined
  if (node.anyOf !== undefined) return isAlone(node, 'anyOf') ? nullableBranch(schema, node.anyOf) : undefined
  if (node.oneOf !== undefined) return isAlone(node, 'oneOf') ? nullableBranch(schema, node.oneOf) : undefined
  const types = typesOf(node)
  const [type, ...others] = types?.filter((each) => each !== 'null') ?? []
  return type === undefined || others.length > 0 ? undefined : { node, type, isNullable: types?.includes('null') ?? false }
}

/** `[T, null]` in either order; T itself must not take null, or `oneOf` would match twice. */
function nullableBranch(schema: UnifiedSchema, branches: readonly SchemaNode[]): PlainNode | undefined {
  const [branch, ...others] = branches.filter((each) => !isNullOnly(each))
  if (branch === undefined || others.length > 0 || branches.length > 2) return undefined
  const plain = plainNode(schema, branch)
  if (plain === undefined || branches.length === 1) return plain
  return plain.isNullable ? undefined : { ...plain, isNullable: true }
}

function isNullOnly(node: SchemaNode): boolean {
  return typeof node === 'object' && isAlone(node, 'type') && node.type?.length === 1 && node.type[0] === 'null'
}

/** A list of texts needs no type beside it. */
function typesOf({ type, enum: constants, const: constant }: SchemaObject): readonly JsonType[] | undefined {
  if (type !== undefined) return type
  const all = constants ?? (constant === undefined ? [] : [constant])
  return all.length > 0 && all.every((each) => typeof each === 'string' || each === null) ? ['string', 'null'] : undefined
}

function isAlone(node: SchemaObject, keyword: keyof SchemaObject): boolean {
  return Object.keys(node).every((each) => each === keyword || each === 'description')
}
