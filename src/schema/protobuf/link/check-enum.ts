import { isOptionTrue, type EnumNode } from '../ast.ts'
import { schemaError, type SourceText } from '../source-text.ts'
import { ReservedSet } from './reserved-set.ts'

/** An enum has values, an open one starts at zero, numbers are unique unless aliases are allowed, and none is reserved. */
export function checkEnum(node: EnumNode, { source, isClosed }: { source: SourceText; isClosed: boolean }): void {
  const [first] = node.values
  if (!first) throw schemaError(source, node.offset, `enum ${node.name} has no values`)
  if (!isClosed && first.number !== 0) throw schemaError(source, first.offset, `the first value of enum ${node.name} must be 0`)
  const reserved = new ReservedSet(node.reserved, source)
  const hasAliases = isOptionTrue(node.options, 'allow_alias')
  const numbers = new Set<number>()
  for (const { name, number, offset } of node.values) {
    reserved.check({ name, number, offset })
    if (numbers.has(number) && !hasAliases)
      throw schemaError(source, offset, `enum ${node.name} has two values of number ${number}; set allow_alias if that is meant`)
    numbers.add(number)
  }
}
