import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { HeadgateError } from '../../shared/errors.ts'
import { workerUrl } from '../../shared/worker-url.ts'

export interface DemoServer {
  readonly kafka: string
  readonly http: string
  /** Resolves when everything is committed and the process is gone. */
  stop(): Promise<void>
}

/** A server in a process of its own, on free ports, as a stranger would start it. */
export async function startDemoServer(dataDir: string): Promise<DemoServer> {
  const flags = ['--data-dir', dataDir, '--kafka', '127.0.0.1:0', '--http', '127.0.0.1:0', '--log-level', 'error']
  const lake = ['--default-lake-formats', 'iceberg,delta', '--default-lake-commit-interval-ms', '2000']
  const child = spawn(process.execPath, [serverEntry(), 'serve', ...flags, ...lake], { stdio: ['ignore', 'pipe', 'inherit'] })
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  const line = await new Promise<string>((resolve, reject) => {
    child.stdout.once('data', (chunk: Buffer) => resolve(chunk.toString()))
    child.once('exit', (code) => reject(new HeadgateError('store-unavailable', `the demo's server ended with ${code} before it was ready`)))
  })
  const [, kafka, http] = /kafka (\S+) http (\S+)/.exec(line) ?? []
  if (kafka === undefined || http === undefined) throw new HeadgateError('unsupported', `the demo's server said: ${line.trim()}`)
  return {
    kafka,
    http,
    async stop() {
      child.kill('SIGTERM')
      await exited
    },
  }
}

/** The command line's entry, as source or as built. */
export function serverEntry(): string {
  return fileURLToPath(workerUrl(import.meta.url, '../../cli'))
}
