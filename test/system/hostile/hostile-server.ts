import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest'
import { incrementalAlterConfigs } from '../../../src/protocol/messages/incremental-alter-configs.ts'
import { flushTable, registerSchema } from '../../support/registry-client.ts'
import { ServerProcess } from '../../support/server-process.ts'
import type { WireClient } from '../../support/wire-client.ts'
import { Neighbour } from './neighbour.ts'

export const MiB = 1024 * 1024

/** 64 MiB each of requests, answers and rows, one batch of 256 MiB being inflated and walked, and what such a server takes anyway. */
const residentBytesMax = 1280 * MiB

/** Addresses of the server of a file's tests, and the client beside them. */
export interface HostileServer {
  readonly kafka: string
  readonly http: string
  readonly errorText: string
  readonly neighbour: Neighbour
}

/**
 * A server process for the tests of a file. Whatever is sent to it costs its sender a clear error or the connection; the
 * process lives, its memory stays below a bound, and a client that behaves notices nothing: it produces and fetches beside
 * all of this. Held against every test of the file.
 */
export function hostileServer(): HostileServer {
  let dataDir: string
  let server: ServerProcess
  let neighbour: Neighbour

  beforeAll(async () => {
    dataDir = mkdtempSync(join(tmpdir(), 'headgate-test-'))
    const flags = ['--request-memory-bytes', String(64 * MiB), '--buffer-memory-bytes', String(64 * MiB), '--lanes', '1']
    server = await ServerProcess.start({ dataDir, flags })
    const schema = JSON.stringify({ type: 'object', properties: { round: { type: 'integer' } }, required: ['round'] })
    await registerSchema(server.http, 'calm-value', { schemaType: 'JSON', schema })
    neighbour = await Neighbour.start(server.kafka, 'calm')
  })

  beforeEach(() => writeFileSync(`/proc/${server.pid}/clear_refs`, RESET_PEAK))

  afterEach(async () => {
    await neighbour.expectUndisturbed()
    expect(peakResidentBytes(server.pid)).toBeLessThan(residentBytesMax)
  })

  afterAll(async () => {
    await neighbour.stop()
    await flushTable(server.http, 'calm')
    expect(await server.stop()).toBe(0)
    rmSync(dataDir, { recursive: true, force: true })
  })

  return {
    get kafka() {
      return server.kafka
    },
    get http() {
      return server.http
    },
    get errorText() {
      return server.errorText
    },
    get neighbour() {
      return neighbour
    },
  }
}

/** What makes the kernel count the peak from now on. */
const RESET_PEAK = '5'

function peakResidentBytes(pid: number): number {
  const [, kibibytes] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
  return Number(kibibytes) * 1024
}

export async function allowLargeBatches(client: WireClient, topic: string): Promise<void> {
  const configs = [{ name: 'max.message.bytes', configOperation: 0, value: String(32 * MiB) }]
  await client.call(incrementalAlterConfigs, 1, { resources: [{ resourceType: 2, resourceName: topic, configs }], validateOnly: false })
}
