import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createHeadgate, type Headgate, type HeadgateOptions } from '../../src/index.ts'

/** A server in this process with a directory of its own, on free ports. */
export interface InProcessServer {
  readonly dataDir: string
  /** `host:port`. */
  readonly kafka: string
  /** `http://host:port`. */
  readonly http: string
  /** Drains it and removes its directory. */
  close(): Promise<void>
}

export async function startInProcess(options: HeadgateOptions = {}): Promise<InProcessServer> {
  const dataDir = mkdtempSync(join(tmpdir(), 'headgate-test-'))
  const addresses = { kafka: '127.0.0.1:0', http: '127.0.0.1:0' }
  const headgate = await createHeadgate({ 'data-dir': dataDir, schemas: join(dataDir, 'schemas'), lanes: 1, ...addresses, ...options })
  return {
    dataDir,
    kafka: addressOf(headgate.kafka),
    http: `http://${addressOf(headgate.http)}`,
    async close() {
      await headgate.close()
      rmSync(dataDir, { recursive: true, force: true })
    },
  }
}

function addressOf({ host, port }: Headgate['kafka']): string {
  return `${host}:${port}`
}
