/**
 * The code points of a Unicode property (`\p{L}`, `\p{Script=Greek}`), as pairs of first and last, from the tables of
 * the JavaScript engine itself: whatever name and Unicode version it knows, a pattern means the same to us.
 */
export function rangesOfProperty(name: string): readonly number[] {
  const known = rangesByName.get(name)
  if (known !== undefined) return known
  const ranges: number[] = []
  for (const run of allCharacters().matchAll(new RegExp(`\\p{${name}}+`, 'gu'))) addRuns(ranges, run[0])
  // All surrogates are alike in every property, and alone they cannot stand in the text above.
  if (new RegExp(`^\\p{${name}}`, 'u').test('\ud800')) ranges.push(0xd800, 0xdfff)
  if (rangesByName.size < PROPERTIES_KEPT) rangesByName.set(name, ranges)
  return ranges
}

const rangesByName = new Map<string, readonly number[]>()
const PROPERTIES_KEPT = 256

/** A run of matches may step over the surrogates, which the text leaves out. */
function addRuns(ranges: number[], run: string): void {
  const first = run.codePointAt(0) ?? 0
  const lastPair = run.codePointAt(Math.max(0, run.length - 2)) ?? first
  const last = lastPair > 0xffff ? lastPair : run.charCodeAt(run.length - 1)
  if (first < 0xd800 && last > 0xdfff) ranges.push(first, 0xd7ff, 0xe000, last)
  else ranges.push(first, last)
}

/** Kept once a pattern names a property: to put it together takes five times as long as to search it. */
let characters: string | undefined

function allCharacters(): string {
  characters ??= makeAllCharacters()
  return characters
}

function makeAllCharacters(): string {
  const chunks: string[] = []
  for (let first = 0; first < 0x110000; first += CHUNK) {
    if (first >= 0xd800 && first < 0xe000) continue
    chunks.push(String.fromCodePoint(...Array.from({ length: CHUNK }, (_, index) => first + index)))
  }
  return chunks.join('')
}

const CHUNK = 0x400
