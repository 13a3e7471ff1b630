import { limits } from '../../shared/limits.ts'
import { unsupportedSchema } from './raw-schema.ts'
import { pathOf, subschemasOf, targetOf, type SchemaNode, type UnifiedSchema } from './unified-schema.ts'

/**
 * Checks that a schema with all its references written out is finite and of bounded size. Without that a few lines of
 * `$ref` could ask for more columns, or more judging per record, than any machine has. Throws HeadgateError
 * `unsupported`: a recursive schema is a valid one.
 */
export function checkUnfolding(schema: UnifiedSchema): void {
  const partsOf = new Map<SchemaNode, number>()
  const open = new Set<SchemaNode>()

  const count = (node: SchemaNode, depth: number): number => {
    if (typeof node === 'boolean') return 1
    const known = partsOf.get(node)
    if (known !== undefined) return known
    if (open.has(node)) throw unsupportedSchema(pathOf(schema, node), 'the schema refers to itself; recursive schemas have no columns')
    if (depth > limits.jsonSchemaDepthMax)
      throw unsupportedSchema(pathOf(schema, node), `schemas are nested deeper than ${limits.jsonSchemaDepthMax} levels`)
    open.add(node)
    let parts = 1
    for (const inner of subschemasOf(node)) parts += count(inner, depth + 1)
    if (node.$ref !== undefined) parts += count(targetOf(schema, node.$ref), depth + 1)
    open.delete(node)
    if (parts > limits.jsonSchemaPartsMax)
      throw unsupportedSchema(pathOf(schema, node), `with its references written out it has more than ${limits.jsonSchemaPartsMax} parts`)
    partsOf.set(node, parts)
    return parts
  }

  count(schema.root, 1)
}
