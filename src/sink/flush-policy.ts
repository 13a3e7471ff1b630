import type { LakeSettings } from './lake-settings.ts'

/** What a topic has on its way into files: the rows since the last flush began. */
export interface Unflushed {
  /** When the oldest of them was adopted; undefined when there are none. */
  readonly sinceMs: number | undefined
  /** Bytes of columns that no finished row group holds: in the lanes' buffers, on their way to the encoder, in its open row groups. */
  readonly bufferedBytes: number
  /** Compressed bytes of the row groups already encoded. */
  readonly encodedBytes: number
  /** Bytes of columns that are expected to become one byte of a file. */
  readonly compressionRatio: number
}

/**
 * A file ends when it is large enough or its oldest row has waited for the commit interval. Columns shrink when they
 * are encoded; until they are, they count as what they are expected to become.
 */
export function isFlushDue(unflushed: Unflushed, settings: LakeSettings, nowMs: number): boolean {
  if (unflushed.sinceMs === undefined) return false
  return (
    unflushed.encodedBytes + unflushed.bufferedBytes / unflushed.compressionRatio >= settings.targetFileBytes ||
    nowMs - unflushed.sinceMs >= settings.commitIntervalMs
  )
}

/** Milliseconds until age alone makes a flush due. */
export function flushDueInMs({ sinceMs }: Unflushed, { commitIntervalMs }: LakeSettings, nowMs: number): number {
  return sinceMs === undefined ? commitIntervalMs : Math.max(0, sinceMs + commitIntervalMs - nowMs)
}
