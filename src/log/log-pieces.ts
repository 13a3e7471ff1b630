/**
 * Where the log's bytes are: pieces, each written once from its start to its end, with batches of many partitions side
 * by side. Which bytes count is the state store's knowledge alone: what no indexed batch names is dead, whatever it is.
 * Engines: segment files in a local directory, objects in an object store.
 */
export interface LogPieces {
  /**
   * Writes the chunks one after the other as one stretch; they are on stable storage when the promise resolves. One call
   * at a time. Throws HeadgateError `store-unavailable`: what was written, if anything, is dead and is never written over.
   */
  append(chunks: readonly Uint8Array[]): Promise<PiecePosition>
  /** Undefined when there is no such piece; `store-corrupt` when it ends too early. The bytes are the caller's. */
  read(piece: string, range: { readonly position: number; readonly length: number }): Promise<Uint8Array<ArrayBuffer> | undefined>
  /** Pieces that no append writes to any more; those that no batch names may be deleted. */
  listFinished(): Promise<string[]>
  /** Deleting what is not there succeeds. */
  delete(piece: string): Promise<void>
  close(): Promise<void>
}

export interface PiecePosition {
  readonly piece: string
  /** Where the first chunk starts. */
  readonly position: number
}
