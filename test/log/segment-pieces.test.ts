import { appendFileSync, mkdtempSync, readdirSync, readlinkSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import type { LogPieces } from '../../src/log/log-pieces.ts'
import { openSegmentPieces, SegmentPieces } from '../../src/log/segment-pieces.ts'
import { ManualClock } from '../../src/shared/clock.ts'
import { seededRandom } from '../../src/shared/random.ts'
import { logPiecesConformance } from '../conformance/log-pieces.ts'
import { SimulatedFiles } from './support/simulated-files.ts'

const folder = mkdtempSync(join(tmpdir(), 'headgate-segments-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const random = seededRandom(1)
let directoryCount = 0
const newDirectory = (): string => join(folder, `${++directoryCount}`, 'log')
const open = (directory: string, options: { segmentBytesMax?: number; segmentFilesOpenMax?: number } = {}): Promise<LogPieces> =>
  openSegmentPieces(directory, { clock: new ManualClock(), random, ...options })

logPiecesConformance('segment files', () => open(newDirectory()))
logPiecesConformance('segment files that hold one group each', () => open(newDirectory(), { segmentBytesMax: 1 }))
logPiecesConformance('simulated segment files', async () => new SegmentPieces(new SimulatedFiles(), { clock: new ManualClock(), random }))

describe('segments', () => {
  test('a segment ends before it would be larger than its bound; a larger group has one of its own', async () => {
    const directory = newDirectory()
    const pieces = await open(directory, { segmentBytesMax: 100 })
    const positions = []
    for (const length of [60, 40, 1, 300, 100]) positions.push(await pieces.append([new Uint8Array(length)]))
    expect(positions.map(({ position }) => position)).toEqual([0, 60, 0, 0, 0])
    expect(new Set(positions.map(({ piece }) => piece)).size).toBe(4)
    expect(readdirSync(directory)).toHaveLength(4)
    await pieces.close()
  })

  test('a torn tail is never continued: after a restart bytes go to a new segment', async () => {
    const directory = newDirectory()
    const first = await open(directory)
    const before = await first.append([Uint8Array.of(1, 2, 3)])
    await first.close()
    appendFileSync(join(directory, `${before.piece}.log`), 'half a batch')

    const second = await open(directory)
    const after = await second.append([Uint8Array.of(4)])
    expect(after).toMatchObject({ position: 0 })
    expect(after.piece).not.toBe(before.piece)
    expect(await second.read(before.piece, { position: 0, length: 3 })).toEqual(Uint8Array.of(1, 2, 3))
    await second.close()
  })

  test('only segments that are closed and ours are called finished', async () => {
    const directory = newDirectory()
    const pieces = await open(directory, { segmentBytesMax: 10 })
    writeFileSync(join(directory, 'notes.txt'), 'somebody else’s')
    const old = await pieces.append([new Uint8Array(10)])
    await pieces.append([new Uint8Array(10)])
    expect(await pieces.listFinished()).toEqual([old.piece])
    await pieces.delete(old.piece)
    expect(await pieces.listFinished()).toEqual([])
    expect(await pieces.read(old.piece, { position: 0, length: 1 })).toBeUndefined()
    expect(readdirSync(directory)).toHaveLength(2)
    await pieces.close()
  })

  for (const operation of ['create', 'write', 'sync'] as const)
    test(`after a failed ${operation} the file is left alone and the next append begins a new one`, async () => {
      const files = new SimulatedFiles()
      const pieces = new SegmentPieces(files, { clock: new ManualClock(), random })
      const before = operation === 'create' ? undefined : await pieces.append([new Uint8Array(5).fill(1)])
      files.failNext = operation
      await expect(pieces.append([new Uint8Array(5).fill(2)])).rejects.toMatchObject({ kind: 'store-unavailable' })
      const after = await pieces.append([new Uint8Array(5).fill(3)])
      expect(after).toMatchObject({ position: 0 })
      expect(after.piece).not.toBe(before?.piece)
      if (before) expect(await pieces.read(before.piece, { position: 0, length: 5 })).toEqual(new Uint8Array(5).fill(1))
    })

  test('a disk that stays full does not fill up with empty files', async () => {
    const files = new SimulatedFiles()
    const pieces = new SegmentPieces(files, { clock: new ManualClock(), random })
    for (let attempt = 0; attempt < 5; attempt++) {
      files.failNext = 'write'
      await expect(pieces.append([new Uint8Array(5)])).rejects.toMatchObject({ kind: 'store-unavailable' })
    }
    expect(files.files.size).toBe(0)
  })

  test('many segments are read with few files open', async () => {
    const directory = newDirectory()
    const pieces = await open(directory, { segmentBytesMax: 1, segmentFilesOpenMax: 2 })
    const written = []
    for (let index = 0; index < 12; index++) written.push(await pieces.append([new Uint8Array(8).fill(index)]))
    const openBefore = openLogFiles(directory)
    const reads = await Promise.all(written.map(({ piece }) => pieces.read(piece, { position: 0, length: 8 })))
    expect(reads).toEqual(written.map((_, index) => new Uint8Array(8).fill(index)))
    expect(openLogFiles(directory) - openBefore).toBeLessThanOrEqual(2)
    await pieces.close()
    expect(openLogFiles(directory)).toBe(0)
  })

  test('a segment may be deleted while it is read', async () => {
    const directory = newDirectory()
    const pieces = await open(directory, { segmentBytesMax: 1 })
    const { piece } = await pieces.append([new Uint8Array(1_000).fill(7)])
    await pieces.append([new Uint8Array(1)])
    const reads = Array.from({ length: 5 }, () => pieces.read(piece, { position: 0, length: 1_000 }))
    await pieces.delete(piece)
    for (const bytes of await Promise.all(reads)) expect(bytes ?? new Uint8Array(1_000).fill(7)).toEqual(new Uint8Array(1_000).fill(7))
    expect(await pieces.read(piece, { position: 0, length: 1 })).toBeUndefined()
    await pieces.close()
    expect(openLogFiles(directory)).toBe(0)
  })

  test('a directory that cannot be made is reported with its path', async () => {
    const path = join(folder, 'a-file')
    writeFileSync(path, '')
    await expect(open(join(path, 'log'))).rejects.toMatchObject({ kind: 'store-unavailable', message: expect.stringContaining(path) })
  })
})

/** Descriptors of this process that lie in the directory, where the system shows them. */
function openLogFiles(directory: string): number {
  const descriptors = join('/proc/self/fd')
  if (!statSync(descriptors, { throwIfNoEntry: false })) return 0
  return readdirSync(descriptors).filter((name) => readLink(join(descriptors, name)).startsWith(directory)).length
}

function readLink(path: string): string {
  try {
    return readlinkSync(path)
  } catch {
    return ''
  }
}
