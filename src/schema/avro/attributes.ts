import type { Properties } from './ast.ts'
import type { JsonNode, JsonObjectNode } from '../json-text.ts'
import { invalidSchema } from './names.ts'

/** Reading the attributes of one object in a schema text; `path` is the object's JSON pointer. */

/** Where the parser is: JSON pointer, enclosing namespace, and how many records, arrays and maps are around it. */
export interface Place {
  readonly path: string
  readonly namespace: string
  readonly depth: number
}

export function aliasTexts(node: JsonObjectNode, path: string): string[] {
  const aliases = node.members.get('aliases')
  return aliases === undefined ? [] : [...new Set(textList(aliases, `${path}/aliases`))]
}

export function propertiesOf(node: JsonObjectNode, reserved: ReadonlySet<string>): Properties {
  return new Map([...node.members].filter(([key]) => !reserved.has(key)))
}

export function required(node: JsonObjectNode, attribute: string, path: string): JsonNode {
  const value = node.members.get(attribute)
  if (value === undefined) throw invalidSchema(path, `no "${attribute}"`)
  return value
}

export function requiredText(node: JsonObjectNode, attribute: string, path: string): string {
  const value = required(node, attribute, path)
  if (value.kind !== 'string') throw invalidSchema(`${path}/${attribute}`, `expected a string, got ${nounOf(value)}`)
  return value.value
}

/** Java ignores an attribute such as `doc` that is not text. */
export function optionalText(node: JsonObjectNode, attribute: string): string | undefined {
  const value = node.members.get(attribute)
  return value?.kind === 'string' ? value.value : undefined
}

export function textList(node: JsonNode, path: string): string[] {
  if (node.kind !== 'array') throw invalidSchema(path, `expected a list of strings, got ${nounOf(node)}`)
  return node.items.map((item, index) => {
    if (item.kind !== 'string') throw invalidSchema(`${path}/${index}`, `expected a string, got ${nounOf(item)}`)
    return item.value
  })
}

/** What a message calls a piece of JSON. */
export function nounOf({ kind }: JsonNode): string {
  if (kind === 'null') return 'null'
  return kind === 'array' || kind === 'object' ? `an ${kind}` : `a ${kind}`
}
