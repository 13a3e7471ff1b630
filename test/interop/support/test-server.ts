import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ServerProcess } from '../../support/server-process.ts'

/** A server in a process of its own with a directory of its own: what foreign clients meet in the field. */
export interface TestServer {
  /** `host:port`. */
  readonly kafka: string
  /** `http://host:port`. */
  readonly http: string
  readonly dataDir: string
  /** SIGKILL, and a start on the same ports and directory. */
  crash(): Promise<void>
  /** Drains it, checks that it left in order, and removes its directory. */
  close(): Promise<void>
}

export async function startTestServer(flags: readonly string[] = []): Promise<TestServer> {
  const dataDir = mkdtempSync(join(tmpdir(), 'headgate-interop-'))
  let server = await ServerProcess.start({ dataDir, flags })
  return {
    kafka: server.kafka,
    http: server.http,
    dataDir,
    async crash() {
      const { kafkaPort, httpPort } = server
      await server.kill()
      server = await ServerProcess.start({ dataDir, flags, kafkaPort, httpPort })
    },
    async close() {
      const exitCode = await server.stop()
      rmSync(dataDir, { recursive: true, force: true })
      if (exitCode !== 0) throw new Error(`the server ended with ${exitCode}: ${server.errorText}`)
    },
  }
}
