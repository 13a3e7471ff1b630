import type { JsonNode } from './json-text.ts'

export interface JsonPrinting {
  /** How a number is written; as it was, unless told otherwise. */
  readonly numberText?: (text: string) => string
  /** Members in UTF-16 order of their names instead of their own. */
  readonly hasSortedKeys?: boolean
}

/** Compact text, as Jackson prints it: nothing is escaped that need not be. */
export function printJson(node: JsonNode, printing: JsonPrinting = {}): string {
  switch (node.kind) {
    case 'null':
      return 'null'
    case 'boolean':
      return String(node.value)
    case 'number':
      return printing.numberText?.(node.text) ?? node.text
    case 'string':
      return quoteJson(node.value)
    case 'array':
      return `[${node.items.map((item) => printJson(item, printing)).join(',')}]`
    case 'object': {
      const members = [...node.members]
      if (printing.hasSortedKeys) members.sort(([a], [b]) => (a < b ? -1 : 1))
      return `{${members.map(([name, value]) => `${quoteJson(name)}:${printJson(value, printing)}`).join(',')}}`
    }
  }
}

export function quoteJson(text: string): string {
  return `"${text.replace(MUST_ESCAPE, escaped)}"`
}

function escaped(character: string): string {
  return SHORT_ESCAPES[character] ?? `\\u${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`
}

/** Control characters, quote, backslash; and lone surrogates, which UTF-8 cannot carry. */
const MUST_ESCAPE = /["\\\u0000-\u001f\ud800-\udfff]/gu
const SHORT_ESCAPES: { readonly [character: string]: string } = {
  '"': '\\"',
  '\\': '\\\\',
  '\b': '\\b',
  '\t': '\\t',
  '\n': '\\n',
  '\f': '\\f',
  '\r': '\\r',
}
