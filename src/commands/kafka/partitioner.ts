import { asBuffer } from '../../shared/bytes.ts'

/** Which partition a record goes to: by its key as every Kafka client does it, or else one partition after the other. */
export class Partitioner {
  readonly #partitionCount: number
  #next = 0

  constructor(partitionCount: number) {
    this.#partitionCount = partitionCount
  }

  ofKey(key: Uint8Array): number {
    return (murmur2(key) & 0x7fff_ffff) % this.#partitionCount
  }

  /** The same until `advance`, so that records without keys share a batch (KIP-480). */
  get withoutKey(): number {
    return this.#next
  }

  advance(): void {
    this.#next = (this.#next + 1) % this.#partitionCount
  }
}

/** MurmurHash2, 32 bits, with the seed of Kafka's clients: the same key lands in the same partition whoever sends it. */
export function murmur2(key: Uint8Array): number {
  const bytes = asBuffer(key)
  const { length } = bytes
  let hash = SEED ^ length
  const wordsEnd = length - (length % 4)
  for (let position = 0; position < wordsEnd; position += 4) {
    hash = Math.imul(hash, MULTIPLIER) ^ mixed(bytes.readInt32LE(position))
  }
  if (wordsEnd < length) {
    for (let position = length - 1; position >= wordsEnd; position--) hash ^= (bytes[position] ?? 0) << ((position - wordsEnd) * 8)
    hash = Math.imul(hash, MULTIPLIER)
  }
  hash = Math.imul(hash ^ (hash >>> 13), MULTIPLIER)
  return (hash ^ (hash >>> 15)) >>> 0
}

const SEED = 0x9747b28c
const MULTIPLIER = 0x5bd1e995

function mixed(word: number): number {
  const multiplied = Math.imul(word, MULTIPLIER)
  return Math.imul(multiplied ^ (multiplied >>> 24), MULTIPLIER)
}
