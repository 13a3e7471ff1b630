import type { SegmentFiles, SegmentReader } from './segment-files.ts'

interface OpenReader {
  readonly opening: Promise<SegmentReader | undefined>
  /** Reads under way; a reader in use is not closed. */
  uses: number
}

/** Segment files open for reading: the latest used, at most `openMax` besides those in use right now. */
export class SegmentReaders {
  readonly #files: SegmentFiles
  #openMax: number
  /** In order of use, the latest last. */
  readonly #readers = new Map<string, OpenReader>()

  constructor(files: SegmentFiles, openMax: number) {
    this.#files = files
    this.#openMax = openMax
  }

  /** Undefined when there is no such file. */
  async read(name: string, position: number, length: number): Promise<Uint8Array<ArrayBuffer> | undefined> {
    const reader = this.#use(name)
    try {
      const opened = await reader.opening
      if (opened) return await opened.read(position, length)
      this.#readers.delete(name)
      return undefined
    } catch (error) {
      // A file that failed is opened anew next time.
      if (this.#readers.get(name) === reader) this.#readers.delete(name)
      throw error
    } finally {
      reader.uses--
      if (reader.uses === 0 && this.#readers.get(name) !== reader) await close(reader)
      await this.#closeUnused(this.#openMax)
    }
  }

  /** Closes the file, or leaves that to the last of its reads. */
  async forget(name: string): Promise<void> {
    const reader = this.#readers.get(name)
    this.#readers.delete(name)
    if (reader?.uses === 0) await close(reader)
  }

  /** A file that is being read is closed by the last of its reads: left to the garbage collector, it would end the process. */
  async close(): Promise<void> {
    this.#openMax = 0
    await this.#closeUnused(0)
  }

  #use(name: string): OpenReader {
    const reader = this.#readers.get(name) ?? { opening: this.#files.open(name), uses: 0 }
    this.#readers.delete(name)
    this.#readers.set(name, reader)
    reader.uses++
    return reader
  }

  async #closeUnused(keptMax: number): Promise<void> {
    const surplus = this.#readers.size - keptMax
    const closing = surplus <= 0 ? [] : [...this.#readers].filter(([, { uses }]) => uses === 0).slice(0, surplus)
    for (const [name] of closing) this.#readers.delete(name)
    for (const [, reader] of closing) await close(reader)
  }
}

async function close(reader: OpenReader): Promise<void> {
  const opened = await reader.opening.catch(() => undefined)
  await opened?.close()
}
