import { spawn, type ChildProcess } from 'node:child_process'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseAddress, type Address } from '../../settings.ts'
import { HeadgateError, messageOf } from '../../shared/errors.ts'
import { workerUrl } from '../../shared/worker-url.ts'
import { ServerClient } from '../server/server-client.ts'

/** The program that this file is a part of, as source or as built. */
const cli = fileURLToPath(workerUrl(import.meta.url, '../../cli'))

export interface BenchServerOptions {
  readonly dataDir: string
  readonly signal: AbortSignal
}

/** A `headgate serve` in a process of its own, on free ports, whose CPU and memory can be told from the load's. */
export class BenchServer {
  readonly pid: number
  readonly kafka: Address
  readonly http: ServerClient
  /** The same, for a load that makes its own requests. */
  readonly httpAddress: Address
  readonly dataDir: string
  /** From the start of the process to its ready line. */
  readonly startMs: number
  readonly #child: ChildProcess
  readonly #exited: Promise<void>
  readonly #errors: ErrorLines

  private constructor({ child, exited, errors }: Started, ready: Ready, { dataDir, signal }: BenchServerOptions) {
    this.#child = child
    this.#exited = exited
    this.#errors = errors
    this.pid = child.pid ?? -1
    this.kafka = ready.kafka
    this.http = new ServerClient(ready.http, signal)
    this.httpAddress = parseAddress('http', new URL(ready.http).host)
    this.startMs = ready.afterMs
    this.dataDir = dataDir
  }

  /** Resolves when the server says that it is ready. */
  static async start(options: BenchServerOptions): Promise<BenchServer> {
    options.signal.throwIfAborted()
    const startedAtMs = performance.now()
    const child = spawn(process.execPath, [cli, ...words(options)], { stdio: ['ignore', 'pipe', 'pipe'] })
    const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()))
    const onAbort = (): void => void child.kill('SIGKILL')
    options.signal.addEventListener('abort', onAbort, { once: true })
    void exited.then(() => options.signal.removeEventListener('abort', onAbort))
    const started = { child, exited, errors: new ErrorLines(child) }
    return new BenchServer(started, await readyOf(started, startedAtMs), options)
  }

  /** What the server wrote of errors, the last of it; empty when all is well. */
  get errorText(): string {
    return this.#errors.text
  }

  /** Drains it; resolves when the process is gone. */
  async stop(): Promise<void> {
    this.#child.kill('SIGTERM')
    await this.#exited
  }
}

/** Starts a server over an empty data directory, which is gone afterwards, whatever happens. */
export async function withServer<T>(options: BenchServerOptions, use: (server: BenchServer) => Promise<T>): Promise<T> {
  try {
    const server = await BenchServer.start(options)
    try {
      return await use(server)
    } catch (error) {
      if (server.errorText === '' || options.signal.aborted) throw error
      throw new HeadgateError('store-unavailable', `${messageOf(error)}; the server says: ${server.errorText}`, { cause: error })
    } finally {
      await server.stop()
    }
  } finally {
    await rm(options.dataDir, { recursive: true, force: true })
  }
}

function words({ dataDir }: BenchServerOptions): string[] {
  const anyPort = '127.0.0.1:0'
  const schemas = join(dataDir, 'no-schemas')
  return ['serve', '--data-dir', dataDir, '--schemas', schemas, '--kafka', anyPort, '--http', anyPort, '--log-level', 'error']
}

interface Started {
  readonly child: ChildProcess
  readonly exited: Promise<void>
  readonly errors: ErrorLines
}

/** The end of what a process writes to its standard error. */
class ErrorLines {
  text = ''

  constructor(child: ChildProcess) {
    child.stderr?.on('data', (chunk: Buffer) => (this.text = (this.text + chunk.toString()).slice(-TEXT_LENGTH_MAX)))
  }
}

const TEXT_LENGTH_MAX = 2_000

interface Ready {
  readonly kafka: Address
  readonly http: string
  readonly afterMs: number
}

function readyOf({ child, errors }: Started, startedAtMs: number): Promise<Ready> {
  const { promise, resolve, reject } = Promise.withResolvers<Ready>()
  let printed = ''
  child.stdout?.on('data', (chunk: Buffer) => {
    printed += chunk.toString()
    const [, kafka, http] = /kafka (\S+) http (\S+)\n/.exec(printed) ?? []
    if (kafka === undefined || http === undefined) return
    resolve({ kafka: parseAddress('kafka', kafka), http, afterMs: performance.now() - startedAtMs })
  })
  child.once('error', reject)
  child.once('exit', (code) =>
    reject(new HeadgateError('store-unavailable', `the server ended with ${code} before it was ready: ${errors.text}`)),
  )
  return promise
}
