import type { Clock } from '../shared/clock.ts'
import type { Random } from '../shared/random.ts'

const pattern = /^(\d{13})-[0-9a-f]{8}$/

/**
 * A new piece's name: the time it was begun, then eight random digits. Names sort by age and are never used twice,
 * not even after somebody removed files by hand: an old index entry can never meet a new piece.
 */
export function newPieceName({ clock, random }: { readonly clock: Clock; readonly random: Random }): string {
  return `${String(clock.now()).padStart(13, '0')}-${Buffer.from(random.bytes(4)).toString('hex')}`
}

/** Undefined for a name that is none of ours. */
export function pieceBegunAtMs(name: string): number | undefined {
  const digits = pattern.exec(name)?.[1]
  return digits === undefined ? undefined : Number(digits)
}
