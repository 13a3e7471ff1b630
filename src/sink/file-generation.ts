import type { LakeRoot } from '../objects/lake-root.ts'
import type { BufferShare } from './buffer-memory.ts'
import type { CompressionRatio } from './compression-ratio.ts'
import type { EncodeProgress, Encoder } from '../lanes/encoder.ts'
import type { Chunk } from '../lanes/lane.ts'
import type { StructType } from '../columns/row-type.ts'
import type { PreparedFile } from '../tables/table-commit.ts'
import { randomUuid, type Random } from '../shared/random.ts'

export interface GenerationContext {
  readonly encoder: Encoder
  readonly root: LakeRoot
  readonly random: Random
  readonly rowType: StructType
  readonly rowGroupRows: number
  readonly rowGroupBytes: number
  /** Key prefix of the files, without a slash at its end. */
  readonly dataFolder: string
  /** Learns from the files. */
  readonly compression: CompressionRatio
}

/**
 * The files of one commit while they are written: one per partition value. Chunks flow in as buffers fill; at the end
 * every file is put into the object store. Nothing here is visible to anybody: only a commit makes it so.
 */
export class FileGeneration {
  readonly #context: GenerationContext
  readonly #files = new Map<number | null, string>()
  readonly #progress = new Map<string, EncodeProgress>()
  /** Of all chunks that the encoder took. */
  #columnBytes = 0
  #tail: Promise<void> = Promise.resolve()
  #isAborted = false
  readonly #memory: BufferShare

  constructor(context: GenerationContext, memory: BufferShare) {
    this.#context = context
    this.#memory = memory
  }

  /** Compressed bytes of the row groups encoded so far. */
  get encodedBytes(): number {
    return [...this.#progress.values()].reduce((sum, { encodedBytes }) => sum + encodedBytes, 0)
  }

  /** Column bytes of the row groups that are not finished. */
  get openBytes(): number {
    return [...this.#progress.values()].reduce((sum, { openBytes }) => sum + openBytes, 0)
  }

  /** Encodes chunks behind those that were given before. They are counted from when they are there, also while they wait. */
  write(chunks: Promise<Chunk[]>): Promise<void> {
    const counted = chunks.then((given) => {
      for (const { byteLength } of given) this.#memory.add(byteLength)
      return given
    })
    // Both are awaited from the start: chunks that fail while others are being encoded must not fail unheard.
    this.#tail = Promise.all([counted, this.#tail]).then(async ([given]) => {
      for (const chunk of given) await this.#writeChunk(chunk)
    })
    return this.#tail
  }

  /** Ends the files and puts them into the store. Bounded in memory by one file at a time. */
  async finish(signal: AbortSignal): Promise<PreparedFile[]> {
    await this.#tail
    const prepared: PreparedFile[] = []
    let fileBytes = 0
    for (const [partitionValue, fileKey] of this.#files) {
      const { pieces, metrics } = await this.#context.encoder.finish(fileKey)
      this.#files.delete(partitionValue)
      await this.#context.root.store.put(fileKey, pieces, { signal })
      prepared.push({ key: fileKey, partitionValue, metrics })
      for (const { byteLength } of pieces) fileBytes += byteLength
    }
    this.#context.compression.note({ columnBytes: this.#columnBytes, fileBytes })
    return prepared
  }

  /** Forgets the open files in the encoder; what still waits to be written is dropped. */
  abort(): void {
    this.#isAborted = true
    this.#tail.catch(() => undefined)
    for (const fileKey of this.#files.values()) this.#context.encoder.abort(fileKey)
    this.#files.clear()
  }

  async #writeChunk(chunk: Chunk): Promise<void> {
    try {
      if (chunk.rowCount === 0 || this.#isAborted) return
      const fileKey = this.#fileFor(chunk.partitionValue)
      this.#progress.set(fileKey, await this.#context.encoder.write(fileKey, chunk))
      this.#columnBytes += chunk.byteLength
      this.#context.compression.note({ columnBytes: this.#columnBytes - this.openBytes, fileBytes: this.encodedBytes })
    } finally {
      this.#memory.add(-chunk.byteLength)
    }
  }

  #fileFor(partitionValue: number | null): string {
    const known = this.#files.get(partitionValue)
    if (known !== undefined) return known
    const { encoder, random, rowType, rowGroupRows, rowGroupBytes, dataFolder } = this.#context
    const fileKey = `${dataFolder}/${randomUuid(random)}.parquet`
    encoder.open({ fileKey, rowType, rowGroupRows, rowGroupBytes })
    this.#files.set(partitionValue, fileKey)
    return fileKey
  }
}
