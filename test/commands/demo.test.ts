import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { deltaRows, icebergRows } from '../support/lake-readers.ts'
import { withDirectory } from '../support/server-process.ts'

const cli = fileURLToPath(new URL('../../src/cli.ts', import.meta.url))

async function runDemo(dataDir: string): Promise<{ code: number | null; text: string }> {
  const child = spawn(process.execPath, [cli, 'demo', '--data-dir', dataDir], { stdio: ['ignore', 'pipe', 'pipe'] })
  let text = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (text += chunk.toString()))
  return { code: await new Promise((resolve) => child.once('exit', resolve)), text }
}

test('the demo sends three languages through a real client, refuses the bad records by name, and both formats agree', async () => {
  await withDirectory(async (folder) => {
    const dataDir = join(folder, 'demo')
    const { code, text } = await runDemo(dataDir)
    expect(text).toContain('200,000 records acknowledged')
    expect(text).toContain('3,191 records acknowledged')
    expect(text).toContain('1,707 records acknowledged')
    expect(text).toContain('10 records refused')
    expect(text).toContain('movie-21: $.title: expected string, got number 1776')
    expect(text.match(/the same from delta/g)).toHaveLength(3)
    expect(code).toBe(0)
    for (const [table, rows] of [
      ['movies', 3_191],
      ['earthquakes', 1_707],
    ] as const) {
      expect(await icebergRows(dataDir, table)).toHaveLength(rows)
      expect(await deltaRows(dataDir, table)).toHaveLength(rows)
    }
  })
})

test("a directory that is not the demo's own is left alone", async () => {
  await withDirectory(async (folder) => {
    const { code, text } = await runDemo(folder)
    expect(text).toContain('name another with --data-dir')
    expect(code).toBe(2)
  })
})
