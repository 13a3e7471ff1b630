import type { JsonNode } from '../json-text.ts'
import { printJson } from '../print-json.ts'

/**
 * The text that the registry stores, hashes and answers for a JSON schema: as Jackson writes it again, without
 * whitespace, with the order of members and the text of numbers kept and nothing escaped that need not be.
 */
export function canonicalText(node: JsonNode): string {
  return printJson(node)
}

/** The form behind `normalize=true`: as `canonicalText`, with the members of every object sorted (UTF-16 order). */
export function normalizedText(node: JsonNode): string {
  return printJson(node, { hasSortedKeys: true })
}
