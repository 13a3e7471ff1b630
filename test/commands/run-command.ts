import { PassThrough, Readable, Writable } from 'node:stream'
import { main } from '../../src/commands/main.ts'
import { parseJson, type JsonObject } from '../../src/shared/json.ts'

export interface CommandRun {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

export interface CommandWorld {
  readonly stdin?: string | Readable
  readonly env?: { readonly [name: string]: string }
  /** Whether stdout and stderr are terminals, and how wide. */
  readonly terminal?: { readonly columns: number }
  /** Called with all of stdout whenever more of it comes. */
  readonly onOutput?: (stdout: string) => void
  /** Interrupts the command as Ctrl-C does. */
  readonly interrupt?: AbortSignal
}

/** Runs a command line in this process, through everything but the process itself. */
export async function runCommand(words: readonly string[], world: CommandWorld = {}): Promise<CommandRun> {
  const stdout = new CapturedOutput(world)
  const stderr = new CapturedOutput(world.terminal ? { terminal: world.terminal } : {})
  const { stdin = '' } = world
  const code = await main(words, {
    env: world.env ?? {},
    stdin: typeof stdin === 'string' ? Readable.from(stdin === '' ? [] : [Buffer.from(stdin)]) : stdin,
    stdout,
    stderr,
    on: (event, listener) => event === 'SIGINT' && world.interrupt?.addEventListener('abort', listener),
    exit: (exitCode) => {
      throw new Error(`the command left with ${exitCode}`)
    },
  })
  return { code, stdout: stdout.text, stderr: stderr.text }
}

/** The lines of JSON on stdout. */
export function jsonLines({ stdout }: CommandRun): JsonObject[] {
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => parseJson(line) as JsonObject)
}

/** Standard input that stays open, as a pipe does. */
export function openInput(): PassThrough {
  return new PassThrough()
}

class CapturedOutput extends Writable {
  readonly isTTY: boolean
  readonly columns: number
  text = ''
  readonly #onOutput: ((text: string) => void) | undefined

  constructor({ terminal, onOutput }: Pick<CommandWorld, 'terminal' | 'onOutput'>) {
    super()
    this.isTTY = terminal !== undefined
    this.columns = terminal?.columns ?? 0
    this.#onOutput = onOutput
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.text += chunk.toString('utf8')
    this.#onOutput?.(this.text)
    done()
  }
}
