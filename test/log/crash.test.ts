import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, expect, test } from 'vitest'
import { openLog, type OpenedLog } from '../../src/log/open.ts'
import { openSegmentPieces } from '../../src/log/segment-pieces.ts'
import { systemClock as clock } from '../../src/shared/clock.ts'
import { silentLogger as logger } from '../../src/shared/log.ts'
import { randomInt, systemRandom as random } from '../../src/shared/random.ts'
import { openStateStore } from '../../src/state/open.ts'
import { topicId } from './support/batches.ts'
import { valueOf } from './support/value-of.ts'

const dataDirectory = mkdtempSync(join(tmpdir(), 'headgate-crash-'))
afterAll(() => rmSync(dataDirectory, { recursive: true, force: true }))

const appendLoop = fileURLToPath(new URL('./support/append-loop.ts', import.meta.url))
const runs = 4

test('a process killed while it appends has lost nothing that it acknowledged, run after run', async () => {
  const acknowledged: string[] = []
  for (let run = 0; run < runs; run++) acknowledged.push(...(await appendUntilKilled(run, { lines: 20 + randomInt(random, 200) })))
  expect(acknowledged.length).toBeGreaterThan(20 * runs)

  const state = await openStateStore(join(dataDirectory, 'state.db'), { clock, random })
  const pieces = await openSegmentPieces(join(dataDirectory, 'log'), { clock, random })
  const log = await openLog({ state, pieces, clock, random, logger })
  const stored = [...(await readAll(log, 0)), ...(await readAll(log, 1))]
  await log.close()
  await state.close()

  expect(new Set(stored).size).toBe(stored.length)
  const storedLines = new Set(stored)
  expect(acknowledged.filter((line) => !storedLines.has(line))).toEqual([])
  const values = stored.map((line) => line.split(' ')[0])
  expect(new Set(values).size).toBe(values.length)
})

/** Answers the whole lines that the process printed before it died. */
function appendUntilKilled(run: number, { lines }: { lines: number }): Promise<string[]> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [appendLoop, dataDirectory, `${run}`], { stdio: ['ignore', 'pipe', 'pipe'] })
    let printed = ''
    let complaints = ''
    child.stdout.on('data', (text: Buffer) => {
      printed += text.toString()
      if (printed.split('\n').length > lines) child.kill('SIGKILL')
    })
    child.stderr.on('data', (text: Buffer) => (complaints += text.toString()))
    child.on('close', (_code, signal) => {
      if (signal === 'SIGKILL') resolve(printed.split('\n').slice(0, -1))
      else reject(new Error(`the process ended by itself: ${complaints}`))
    })
  })
}

/** What the process would have printed of every batch in the partition; their offsets are dense. */
async function readAll(log: OpenedLog, partition: number): Promise<string[]> {
  const lines: string[] = []
  for (let offset = 0n; ;) {
    const read = await log.read({ topicId, partition, offset, bytesMax: 100_000 })
    if (read.kind !== 'batches') throw new Error(`the read gave ${read.kind}`)
    for (const { bytes, baseOffset, nextOffset } of read.batches) {
      expect(baseOffset).toBe(offset)
      lines.push(`${valueOf(bytes)} ${partition} ${baseOffset}`)
      offset = nextOffset
    }
    if (read.batches.length === 0) return lines
  }
}
