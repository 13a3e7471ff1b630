import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/**
 * Fills a folder unless it was filled from the same inputs before. The mark is written last, so that an interrupted
 * install starts anew.
 */
export function installedOnce(folder: string, inputs: readonly string[], fill: () => void): void {
  const mark = join(folder, '.filled-from')
  const digest = createHash('sha256').update(JSON.stringify(inputs)).digest('hex')
  if (existsSync(mark) && readFileSync(mark, 'utf8') === digest) return
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  fill()
  writeFileSync(mark, digest)
}
