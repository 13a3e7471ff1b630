/**
 * Bytes under keys: lake files, and log bytes where there is no local disk. Promises only what S3 and a local
 * directory can both give.
 *
 * Keys are `/`-separated relative paths of `[A-Za-z0-9._=-]` segments, never empty, never `.` or `..`; no object lies
 * below another (`a` and `a/b`), which a directory could not hold.
 * Every write is durable when its promise resolves. Failures are HeadgateError: `store-unavailable` (it was surely not
 * done), `store-outcome-unknown` (a write whose answer was lost: look before you retry), `shutting-down` (aborted; a
 * write may or may not be done), `invalid-argument` (a key that is none).
 */
export interface ObjectStore {
  /** The whole object, or undefined when there is none. The bytes belong to the caller. */
  get(key: string, options?: CallOptions): Promise<Uint8Array | undefined>
  /** Bytes `[start, start + length)`, fewer at the end of the object; undefined when there is no object. */
  getRange(key: string, range: ByteRange, options?: CallOptions): Promise<Uint8Array | undefined>
  /**
   * Creates or replaces, atomically: a reader sees the old object or the new one, never a part. Large content comes in
   * pieces, one behind the other, so that nobody has to join them in memory.
   */
  put(key: string, content: Uint8Array | readonly Uint8Array[], options?: CallOptions): Promise<void>
  /**
   * Creates if there is none, atomically. Losing the race is a value. After `store-outcome-unknown`, `get` and compare:
   * the bytes are what tells writers apart, so those that race put something of their own into them (an id).
   */
  putIfAbsent(key: string, bytes: Uint8Array, options?: CallOptions): Promise<'created' | 'exists'>
  head(key: string, options?: CallOptions): Promise<ObjectHead | undefined>
  /** Keys with the prefix, in ascending byte order, strictly after `after`; `keysMax` at most. */
  list(prefix: string, options?: ListOptions): Promise<ObjectHead[]>
  /** Deleting what is not there succeeds. */
  delete(key: string, options?: CallOptions): Promise<void>
}

export interface ByteRange {
  readonly start: number
  readonly length: number
}

export interface ObjectHead {
  readonly key: string
  readonly sizeBytes: number
}

export interface CallOptions {
  readonly signal?: AbortSignal
}

export interface ListOptions extends CallOptions {
  readonly after?: string
  readonly keysMax?: number
}
