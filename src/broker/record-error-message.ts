import type { InvalidRecord } from '../lanes/lane.ts'

/** What a producer reads: `record 3: $.payload.size: expected long, got string "12k"`. */
export function recordErrorMessage({ index, path, reason }: InvalidRecord): string {
  return `record ${index}: ${path === undefined ? '' : `${path}: `}${reason}`
}

/** One line for clients that show only the batch's message. */
export function batchErrorMessage(
  errors: readonly InvalidRecord[],
  { invalidCount, recordCount }: { invalidCount: number; recordCount: number },
): string {
  const [first] = errors
  const summary = `${invalidCount} of ${recordCount} records are invalid, so none was stored`
  return first ? `${summary}; ${recordErrorMessage(first)}` : summary
}
