/** The names in `_delta_log` (Delta protocol, "Delta Log Entries", "Checkpoints"). */
export function commitName(version: bigint): string {
  return `${padded(version)}.json`
}

export function checkpointName(version: bigint): string {
  return `${padded(version)}.checkpoint.parquet`
}

export const LAST_CHECKPOINT = '_last_checkpoint'

export type LogName =
  | { readonly kind: 'commit'; readonly version: bigint }
  /** A classic checkpoint of one part, or one of several. */
  | { readonly kind: 'checkpoint'; readonly version: bigint; readonly part: number; readonly partCount: number }
  | { readonly kind: 'other' }

export function parseLogName(name: string): LogName {
  const commit = /^(\d{20})\.json$/.exec(name)
  if (commit?.[1]) return { kind: 'commit', version: BigInt(commit[1]) }
  const whole = /^(\d{20})\.checkpoint\.parquet$/.exec(name)
  if (whole?.[1]) return { kind: 'checkpoint', version: BigInt(whole[1]), part: 1, partCount: 1 }
  const part = /^(\d{20})\.checkpoint\.(\d{10})\.(\d{10})\.parquet$/.exec(name)
  if (part?.[1]) return { kind: 'checkpoint', version: BigInt(part[1]), part: Number(part[2]), partCount: Number(part[3]) }
  return { kind: 'other' }
}

function padded(version: bigint): string {
  return version.toString().padStart(20, '0')
}
