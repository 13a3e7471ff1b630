/** Numbers as people read them, the same in every locale. */

/** `1,234,567`. */
export function countText(count: number | bigint | null | undefined): string {
  if (count === null || count === undefined) return '-'
  return String(count).replaceAll(/\B(?=(?:\d{3})+$)/g, ',')
}

/** `1.5 MiB`. */
export function bytesText(bytes: number | bigint | null | undefined): string {
  if (bytes === null || bytes === undefined) return '-'
  let amount = Number(bytes)
  let unit = 0
  while (amount >= 1024 && unit < UNITS.length - 1) {
    amount /= 1024
    unit++
  }
  return unit === 0 ? `${amount} B` : `${amount.toFixed(1)} ${UNITS[unit]}`
}

const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'] as const

/** `3 partitions`, `1 partition`. */
export function plural(count: number | bigint, noun: string): string {
  return `${countText(count)} ${noun}${BigInt(count) === 1n ? '' : 's'}`
}

export function timeText(timeMs: number | bigint): string {
  return new Date(Number(timeMs)).toISOString()
}
