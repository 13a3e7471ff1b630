import type { JsonNode } from './number-preserving-json.ts'

/**
 * The text that the registry stores, hashes and answers for a JSON schema: as Jackson writes it again, without
 * whitespace, with the order of members and the text of numbers kept and nothing escaped that need not be.
 */
export function canonicalText(node: JsonNode): string {
  return print(node, keepOrder)
}

/** The form behind `normalize=true`: as `canonicalText`, with the members of every object sorted (UTF-16 order). */
export function normalizedText(node: JsonNode): string {
  return print(node, sortByName)
}

type Member = readonly [name: string, value: JsonNode]
type Arrange = (members: Member[]) => Member[]

function keepOrder(members: Member[]): Member[] {
  return members
}

function sortByName(members: Member[]): Member[] {
  return members.sort(([a], [b]) => (a < b ? -1 : 1))
}

function print(node: JsonNode, arrange: Arrange): string {
  switch (node.kind) {
    case 'object':
      return `{${arrange([...node.members])
        .map(([name, value]) => `${quote(name)}:${print(value, arrange)}`)
        .join(',')}}`
    case 'array':
      return `[${node.items.map((item) => print(item, arrange)).join(',')}]`
    case 'string':
      return quote(node.value)
    case 'number':
    case 'literal':
      return node.text
  }
}

function quote(text: string): string {
  return `"${text.replace(MUST_ESCAPE, escapeChar)}"`
}

function escapeChar(char: string): string {
  return SHORT_ESCAPES[char] ?? `\\u${char.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`
}

/** Control characters, quote, backslash; and lone surrogates, which UTF-8 cannot carry. */
const MUST_ESCAPE = /["\\\u0000-\u001f\ud800-\udfff]/gu
const SHORT_ESCAPES: { readonly [char: string]: string } = {
  '"': '\\"',
  '\\': '\\\\',
  '\b': '\\b',
  '\t': '\\t',
  '\n': '\\n',
  '\f': '\\f',
  '\r': '\\r',
}
