import { createHash, type Hash } from 'node:crypto'
import type { Metadata } from './metadata.ts'
import { ruleLists, type Rule, type RuleSet } from './rule-set.ts'
import type { SchemaContent } from './schema-content.ts'
import { uuidText } from '../shared/uuid.ts'

/**
 * The content's identity as a GUID: MD5 over the canonical text, the references, the metadata and the rules, printed as
 * a UUID. The type is not part of it. Contents of one GUID share one id in a context.
 */
export function guidOf({ schema, references, metadata, ruleSet }: Omit<SchemaContent, 'schemaType'>): string {
  const hash = createHash('md5').update(schema, 'utf8')
  for (const { name, subject, version } of references) addTexts(hash, name, subject).update(int32(version))
  if (metadata) addMetadata(hash, metadata)
  if (ruleSet) addRuleSet(hash, ruleSet)
  return uuidText(hash.digest('hex'))
}

/** Presence itself counts: an empty part is not the same as none. */
const PRESENT = Uint8Array.of(1)

function addMetadata(hash: Hash, { tags = {}, properties = {}, sensitive = [] }: Metadata): void {
  hash.update(PRESENT)
  for (const [path, values] of sortedEntries(tags)) addTexts(hash, path, ...[...values].sort())
  addSortedTexts(hash, properties)
  addTexts(hash, ...[...sensitive].sort())
}

function addRuleSet(hash: Hash, ruleSet: RuleSet): void {
  hash.update(PRESENT)
  for (const { name } of ruleLists) for (const rule of ruleSet[name] ?? []) addRule(hash, rule)
  addTexts(hash, ruleSet.enableAt)
}

function addRule(hash: Hash, rule: Rule): void {
  addTexts(hash, rule.name, rule.doc, rule.kind, rule.mode, rule.type, ...[...(rule.tags ?? [])].sort())
  addSortedTexts(hash, rule.params ?? {})
  addTexts(hash, rule.expr, rule.onSuccess, rule.onFailure)
  hash.update(Uint8Array.of(rule.disabled === true ? 1 : 0))
}

function addSortedTexts(hash: Hash, texts: { readonly [name: string]: string }): void {
  for (const [name, value] of sortedEntries(texts)) addTexts(hash, name, value)
}

function addTexts(hash: Hash, ...texts: readonly (string | undefined)[]): Hash {
  for (const text of texts) if (text !== undefined) hash.update(text, 'utf8')
  return hash
}

function sortedEntries<Value>(record: { readonly [name: string]: Value }): [string, Value][] {
  return Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1))
}

function int32(value: number): Uint8Array {
  const bytes = Buffer.alloc(4)
  bytes.writeInt32BE(value)
  return bytes
}
