/**
 * How a lane or an encoder is asked, whichever thread it runs on: calls are plain data and are executed one after the
 * other, in the order they were made.
 */
export interface Calls<Call> {
  /** Resolves with the call's answer. Buffers in `transfer` belong to the other side from now on. */
  request(call: Call, transfer?: readonly ArrayBuffer[]): Promise<unknown>
  /** A call without an answer. If it fails, that is a bug, and every call after it fails too. */
  tell(call: Call): void
  /** Calls under way are rejected. */
  close(): Promise<void>
}

/** What executes calls, on the thread where the work is done. */
export interface CallExecutor<Call> {
  execute(call: Call): unknown
}
