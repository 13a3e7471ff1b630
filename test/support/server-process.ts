import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const cli = fileURLToPath(new URL('../../src/cli.ts', import.meta.url))

export interface ServerOptions {
  readonly dataDir: string
  /** 0 picks a free one. */
  readonly kafkaPort?: number
  readonly httpPort?: number
  readonly flags?: readonly string[]
}

/** A real `headgate serve` in a process of its own: what a crash can hit. */
export class ServerProcess {
  readonly kafka: string
  readonly http: string
  readonly #child: ChildProcess
  readonly #exited: Promise<number | null>
  readonly #errorLines: string[]

  private constructor(child: ChildProcess, { kafka, http, errorLines }: { kafka: string; http: string; errorLines: string[] }) {
    this.#child = child
    this.#exited = new Promise((resolve) => child.once('exit', (code) => resolve(code)))
    this.#errorLines = errorLines
    this.kafka = kafka
    this.http = http
  }

  /** Resolves when the server says that it is ready. */
  static async start({ dataDir, kafkaPort = 0, httpPort = 0, flags = [] }: ServerOptions): Promise<ServerProcess> {
    const addresses = ['--kafka', `127.0.0.1:${kafkaPort}`, '--http', `127.0.0.1:${httpPort}`]
    const words = [
      cli,
      'serve',
      '--data-dir',
      dataDir,
      '--schemas',
      join(dataDir, 'schemas'),
      ...addresses,
      '--log-level',
      'warn',
      ...flags,
    ]
    const child = spawn(process.execPath, words, { stdio: ['ignore', 'pipe', 'pipe'] })
    const errorLines: string[] = []
    child.stderr.on('data', (chunk: Buffer) => errorLines.push(chunk.toString()))
    const line = await new Promise<string>((resolve, reject) => {
      let text = ''
      child.stdout.on('data', (chunk: Buffer) => {
        text += chunk.toString()
        if (text.includes('\n')) resolve(text)
      })
      child.once('exit', (code) => reject(new Error(`the server ended with ${code} before it was ready: ${errorLines.join('')}`)))
    })
    const [, kafka, http] = /kafka (\S+) http (\S+)/.exec(line) ?? []
    if (kafka === undefined || http === undefined) throw new Error(`unexpected ready line: ${line}`)
    return new ServerProcess(child, { kafka, http, errorLines })
  }

  get kafkaPort(): number {
    return Number(this.kafka.slice(this.kafka.lastIndexOf(':') + 1))
  }

  get httpPort(): number {
    return Number(this.http.slice(this.http.lastIndexOf(':') + 1))
  }

  get errorText(): string {
    return this.#errorLines.join('')
  }

  get pid(): number {
    return this.#child.pid ?? -1
  }

  /** SIGKILL: nothing is flushed, nothing is said. */
  async kill(): Promise<void> {
    this.#child.kill('SIGKILL')
    await this.#exited
  }

  /** SIGTERM, and the exit code. */
  async stop(): Promise<number | null> {
    this.terminate()
    return this.#exited
  }

  /** SIGTERM, without waiting. */
  terminate(): void {
    this.#child.kill('SIGTERM')
  }

  /** The exit code, null after a signal that nothing handled. */
  get exited(): Promise<number | null> {
    return this.#exited
  }

  /** Resident bytes now. */
  get residentBytes(): number {
    const [, kibibytes] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${this.pid}/status`, 'utf8')) ?? []
    return Number(kibibytes) * 1024
  }
}

/** A start that fails: the exit code and what it said. */
export async function failingStart({
  dataDir,
  flags = [],
}: ServerOptions): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const words = [cli, 'serve', '--data-dir', dataDir, '--kafka', '127.0.0.1:0', '--http', '127.0.0.1:0', '--log-level', 'warn', ...flags]
  const child = spawn(process.execPath, words, { stdio: ['ignore', 'pipe', 'pipe'] })
  let stdout = ''
  let stderr = ''
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()))
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve))
  return { code, stdout, stderr }
}

/** Runs `use` with a new directory, which is gone afterwards. */
export async function withDirectory<T>(use: (path: string) => Promise<T>): Promise<T> {
  const path = mkdtempSync(join(tmpdir(), 'headgate-test-'))
  try {
    return await use(path)
  } finally {
    rmSync(path, { recursive: true, force: true })
  }
}
