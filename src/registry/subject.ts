import { registryErrors } from './registry-error.ts'

/**
 * Subjects and the contexts they live in. A context is a registry of its own inside the registry: it has its own ids,
 * and `:.staging:orders-value` is subject `orders-value` of context `.staging`. A subject that names no context is in
 * the default one, `.`, and is written without it.
 */
export interface Subject {
  /** With its leading dot. */
  readonly context: string
  /** Empty when only a context was named. */
  readonly name: string
}

export const DEFAULT_CONTEXT = '.'

/** Its config and mode hold for every context that has none of its own. */
export const GLOBAL_SCOPE = ':.__GLOBAL:'

export function splitSubject(text: string): Subject {
  if (!text.startsWith(':.')) return { context: DEFAULT_CONTEXT, name: text }
  const end = text.indexOf(':', 1)
  return end < 0 ? { context: text.slice(1), name: '' } : { context: text.slice(1, end), name: text.slice(end + 1) }
}

export function subjectText({ context, name }: Subject): string {
  return context === DEFAULT_CONTEXT ? name : `:${context}:${name}`
}

/** The one way to write a subject: `:.:orders` is `orders`. */
export function normalSubject(text: string): string {
  return text.startsWith(':.') ? subjectText(splitSubject(text)) : text
}

/** A subject that names no context is meant in the context of whoever mentions it. */
export function subjectBeside(parent: string, text: string): string {
  if (text.startsWith(':.')) return normalSubject(text)
  return subjectText({ context: splitSubject(parent).context, name: text })
}

/** How a context stands in front of its subjects, and what its own config and mode are kept under: `:.staging:`. */
export function contextPrefix(context: string): string {
  return subjectText({ context, name: '' })
}

/** `staging`, `.staging` and `:.staging:` are one context. Throws 42208 for what no context can be called. */
export function normalContext(text: string): string {
  const inner = text.startsWith(':') ? splitSubject(text).context : text
  const context = inner.startsWith('.') ? inner : `.${inner}`
  if (context.includes(':') || hasControlCharacter(context)) throw registryErrors.invalidSubject(text)
  return context
}

/** Throws 42208 for a subject that cannot have versions. */
export function checkVersionedSubject(text: string): void {
  checkSettingsSubject(text)
  const { context, name } = splitSubject(text)
  if (name === '' || contextPrefix(context) === GLOBAL_SCOPE) throw registryErrors.invalidSubject(text)
}

/** Throws 42208 for what cannot have a config or a mode: unlike versions, a whole context can. */
export function checkSettingsSubject(text: string): void {
  const { name } = splitSubject(text)
  if (text === '' || hasControlCharacter(text) || RESERVED_NAMES.has(name)) throw registryErrors.invalidSubject(text)
}

const RESERVED_NAMES: ReadonlySet<string> = new Set(['__GLOBAL', '__EMPTY'])

/** Java's ISO control characters. */
function hasControlCharacter(text: string): boolean {
  return /[\u0000-\u001f\u007f-\u009f]/.test(text)
}
