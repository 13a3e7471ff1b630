import type { ErrorFacts } from './errors.ts'

/** Structured log lines for the operator: an event in words, and facts as fields. pino in production, silence in tests. */
export interface Logger {
  debug(facts: LogFacts, event: string): void
  info(facts: LogFacts, event: string): void
  warn(facts: LogFacts, event: string): void
  error(facts: LogFacts, event: string): void
}

export type LogFacts = ErrorFacts | { readonly [name: string]: unknown }

export const silentLogger: Logger = { debug() {}, info() {}, warn() {}, error() {} }
