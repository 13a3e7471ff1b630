import type { Readable, Writable } from 'node:stream'

/** One subcommand: its words, its flags, its help, and what it does. */
export interface Command {
  /** `serve`, or two words such as `topic create`. */
  readonly name: string
  readonly summary: string
  /** What follows the name: `NAME [--partitions N]`. */
  readonly usage: string
  readonly options: { readonly [flag: string]: Option }
  /** Names of positional arguments, in order; a trailing `?` makes one optional. */
  readonly positionals: readonly string[]
  readonly examples: readonly string[]
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
  readonly stdout: Writable & { readonly isTTY?: boolean; readonly columns?: number }
  readonly stderr: Writable & { readonly isTTY?: boolean }
  /** Fires on SIGINT and SIGTERM. */
  readonly signal: AbortSignal
}

/** The text of a flag that takes one value; undefined when it was not given. */
export function textFlag({ flags }: Pick<Invocation, 'flags'>, name: string): string | undefined {
  const value = flags[name]
  return typeof value === 'string' ? value : undefined
}
