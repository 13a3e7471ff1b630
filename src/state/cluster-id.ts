import type { Random } from '../shared/random.ts'

/** A new cluster id: a UUID's 16 bytes as 22 characters of base64url, as Kafka writes its own. */
export function clusterIdFrom(random: Random): string {
  return Buffer.from(random.bytes(16)).toString('base64url')
}
