import { parseArgs } from 'node:util'
import { HeadgateError, messageOf } from '../shared/errors.ts'
import { version } from '../version.ts'
import { commands } from './commands.ts'
import type { Command, Invocation } from './command.ts'
import { exitCodeOf, exitCodes } from './exit-codes.ts'
import { commandText, overviewText } from './help.ts'

export interface World {
  readonly env: { readonly [name: string]: string | undefined }
  readonly stdin: Invocation['stdin']
  readonly stdout: Invocation['stdout']
  readonly stderr: Invocation['stderr']
  on(event: 'SIGINT' | 'SIGTERM', listener: () => void): unknown
  exit(code: number): unknown
}

/** Picks a subcommand, runs it, and turns an error into one line, the lines of a difference behind it, and an exit code. */
export async function main(words: readonly string[], world: World): Promise<number> {
  const signal = interruption(world)
  leaveQuietly(world)
  try {
    return await dispatch(words, world, signal)
  } catch (error) {
    if (signal.aborted && (error === signal.reason || isAbort(error))) return exitCodes.interrupted
    const debug = world.env['HEADGATE_DEBUG'] === undefined ? '' : `\n${error instanceof Error ? error.stack : ''}`
    world.stderr.write(`headgate: ${oneLine(messageOf(error))}${differenceOf(error)}${debug}\n`)
    return error instanceof HeadgateError ? exitCodeOf(error.kind) : exitCodes.failed
  }
}

async function dispatch(words: readonly string[], world: World, signal: AbortSignal): Promise<number> {
  const [first] = words
  if (first === '--version') return print(world, `${version}\n`)
  if (first === undefined || first === '--help' || first === '-h') return print(world, overviewText(commands))
  if (first === 'help') return help(words.slice(1), world)
  if (first.startsWith('-')) throw new HeadgateError('invalid-argument', `${first} must follow a command; headgate help lists them`)
  const found = findCommand(words)
  if (!found) return unknownCommand(words, world)
  const { command, rest } = found
  if (isHelpAsked(rest)) return print(world, commandText(command))
  return command.run({ ...parseWords(command, rest), ...streams(world), environment: world.env, signal })
}

function print({ stdout }: World, text: string): number {
  stdout.write(text)
  return exitCodes.ok
}

/** `help`, `help topic`, `help topic create`. */
function help(words: readonly string[], world: World): number {
  if (words.length === 0) return print(world, overviewText(commands))
  const found = findCommand(words)
  if (found) return print(world, commandText(found.command))
  return unknownCommand([...words.slice(0, 1), '--help'], world)
}

/** `topic create NAME` is a command of two words, `serve` one of one. */
function findCommand(words: readonly string[]): { command: Command; rest: string[] } | undefined {
  for (const length of [2, 1]) {
    const name = words.slice(0, length).join(' ')
    const command = commands.find((candidate) => candidate.name === name)
    if (command) return { command, rest: words.slice(length) }
  }
  return undefined
}

function unknownCommand([first = '', second]: readonly string[], world: World): number {
  const family = commands.filter(({ name }) => name.startsWith(`${first} `))
  if (family.length === 0) throw new HeadgateError('invalid-argument', `unknown command ${first}; headgate help lists them`)
  if (second === '--help' || second === '-h') return print(world, overviewText(family))
  const known = family.map(({ name }) => name).join(', ')
  throw new HeadgateError(
    'invalid-argument',
    second === undefined ? `${first} needs a second word: ${known}` : `unknown command ${first} ${second}; known are ${known}`,
  )
}

/** After `--` a word is never a flag. */
function isHelpAsked(words: readonly string[]): boolean {
  const end = words.indexOf('--')
  const flags = end < 0 ? words : words.slice(0, end)
  return flags.includes('--help') || flags.includes('-h')
}

function parseWords(command: Command, rest: readonly string[]): Pick<Invocation, 'flags' | 'positionals'> {
  const options = Object.fromEntries(
    Object.entries(command.options).map(([flag, { type, short, multiple }]) => [
      flag,
      { type, ...(short === undefined ? {} : { short }), ...(multiple === undefined ? {} : { multiple }) },
    ]),
  )
  try {
    const { values, positionals } = parseArgs({ args: [...rest], options, allowPositionals: true, strict: true })
    checkPositionals(command, positionals)
    return { flags: values as Invocation['flags'], positionals }
  } catch (error) {
    // Of an unknown option Node goes on to say how a positional argument could begin with a dash.
    const [problem] = messageOf(error).split('. To specify')
    throw new HeadgateError('invalid-argument', `${command.name}: ${problem}; headgate ${command.name} --help says more`, { cause: error })
  }
}

function checkPositionals({ positionals: names }: Command, positionals: readonly string[]): void {
  const required = names.filter((name) => !name.endsWith('?'))
  const missing = required[positionals.length]
  if (missing !== undefined) throw new HeadgateError('invalid-argument', `${missing} is missing`)
  const extra = positionals[names.length]
  if (extra !== undefined) throw new HeadgateError('invalid-argument', `unexpected argument ${extra}`)
}

function streams({ stdin, stdout, stderr }: World): Pick<Invocation, 'stdin' | 'stdout' | 'stderr'> {
  return { stdin, stdout, stderr }
}

/** The first signal asks the command to end; a second one ends the process at once, which is safe at any moment. */
function interruption(world: World): AbortSignal {
  const interrupted = new AbortController()
  const onSignal = (): void => {
    if (interrupted.signal.aborted) world.exit(exitCodes.interrupted)
    interrupted.abort(new HeadgateError('shutting-down', 'interrupted'))
  }
  world.on('SIGINT', onSignal)
  world.on('SIGTERM', onSignal)
  return interrupted.signal
}

/** `headgate consume t | head` is done when its reader is: a closed pipe is no failure. */
function leaveQuietly(world: World): void {
  world.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error
    world.exit(exitCodes.ok)
  })
}

function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === 'AbortError'
}

/** How two texts differ is said line by line, where that is what is wrong. */
function differenceOf(error: unknown): string {
  const difference = error instanceof HeadgateError ? error.facts['difference'] : undefined
  return difference === undefined ? '' : `\n${difference}`
}

/** Texts of libraries may have several lines; a script reads one. */
function oneLine(text: string): string {
  return text.replaceAll(/\s*[\r\n]+\s*/g, ' ').trim()
}
