import type { Readable, Writable } from 'node:stream'
import { HeadgateError } from '../shared/errors.ts'
import type { ExitName } from './exit-codes.ts'

/**
 * One subcommand: its words, its flags, its help, and what it does. The file of a command holds little more than this,
 * and loads the rest when it runs: `--help` and the start of the server read every command.
 */
export interface Command {
  /** `serve`, or two words such as `topic create`. */
  readonly name: string
  readonly summary: string
  /** What follows the name: `NAME [--partitions N]`. */
  readonly usage: string
  /** What the summary has no room for, a line each, at most 100 characters. */
  readonly details?: readonly string[]
  readonly options: { readonly [flag: string]: Option }
  /** Names of positional arguments, in order; a trailing `?` makes one optional. */
  readonly positionals: readonly string[]
  readonly examples: readonly string[]
  /** The exit codes that the command has beside those that every command has. */
  readonly exits?: readonly ExitName[]
  /** Returns the exit code; throws HeadgateError for anything that goes wrong. */
  run(invocation: Invocation): Promise<number>
}

export interface Option {
  readonly type: 'string' | 'boolean'
  readonly short?: string
  readonly multiple?: boolean
  /** The placeholder in help: `host:port`. */
  readonly value?: string
  readonly doc: string
  readonly fallback?: string
}

export interface Invocation {
  readonly flags: { readonly [flag: string]: string | boolean | readonly string[] | undefined }
  readonly positionals: readonly string[]
  readonly environment: { readonly [name: string]: string | undefined }
  readonly stdin: Readable
  readonly stdout: Output
  readonly stderr: Output
  /** Fires on SIGINT and SIGTERM. */
  readonly signal: AbortSignal
}

export type Output = Writable & { readonly isTTY?: boolean; readonly columns?: number }

export const jsonOption = {
  json: { type: 'boolean', doc: 'Print JSON for scripts: a document, or a line for each item of a list.' },
} as const

/** The text of a flag that takes one value; undefined when it was not given. */
export function textFlag({ flags }: Pick<Invocation, 'flags'>, name: string): string | undefined {
  const value = flags[name]
  return typeof value === 'string' ? value : undefined
}

/** The values of a flag that may be given several times. */
export function textsFlag({ flags }: Pick<Invocation, 'flags'>, name: string): readonly string[] {
  const value = flags[name]
  return Array.isArray(value) ? (value as readonly string[]) : []
}

export function isFlagSet({ flags }: Pick<Invocation, 'flags'>, name: string): boolean {
  return flags[name] === true
}

/** The whole number of a flag; throws `invalid-argument` for anything else. */
export function countFlag(invocation: Pick<Invocation, 'flags'>, name: string, { min }: { min: number }): number | undefined {
  const text = textFlag(invocation, name)
  if (text === undefined) return undefined
  const value = Number(text)
  if (/^\d{1,15}$/.test(text) && value >= min) return value
  throw new HeadgateError('invalid-argument', `--${name}: expected a whole number from ${min}, got "${text}"`)
}

export function choiceFlag<Choice extends string>(
  invocation: Pick<Invocation, 'flags'>,
  name: string,
  choices: readonly Choice[],
): Choice | undefined {
  const text = textFlag(invocation, name)
  if (text === undefined) return undefined
  const choice = choices.find((candidate) => candidate === text)
  if (choice !== undefined) return choice
  throw new HeadgateError('invalid-argument', `--${name}: expected one of ${choices.join(', ')}, got "${text}"`)
}

/** A positional argument that the command declares as required. */
export function argument({ positionals }: Pick<Invocation, 'positionals'>, index: number): string {
  return positionals[index] ?? ''
}
