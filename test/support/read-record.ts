/** A record as any client reads it, in words that all of them can be compared by. */
export interface ReadRecord {
  readonly offset: bigint
  readonly timestampMs: bigint
  readonly key: Uint8Array | null
  readonly value: Uint8Array | null
  readonly headers: readonly (readonly [key: string, value: Uint8Array | null])[]
}

/** The same in text, so that a difference reads well: null is not the empty string. */
export function readable({ offset, timestampMs, key, value, headers }: ReadRecord): {
  offset: bigint
  timestampMs: bigint
  key: string | null
  value: string | null
  headers: (readonly [string, string | null])[]
} {
  return { offset, timestampMs, key: text(key), value: text(value), headers: headers.map(([name, bytes]) => [name, text(bytes)] as const) }
}

function text(bytes: Uint8Array | null): string | null {
  return bytes === null ? null : Buffer.from(bytes).toString('latin1')
}
