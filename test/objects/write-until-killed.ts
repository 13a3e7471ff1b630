/** Writes objects for ever, several at a time, and prints the key of each that was answered. Run by local.test.ts. */
import { LocalObjectStore } from '../../src/objects/local.ts'
import { randomInt, seededRandom } from '../../src/shared/random.ts'
import { selfProvingBytes } from './self-proving-bytes.ts'

const [directory = '', seed = '0'] = process.argv.slice(2)
const store = await LocalObjectStore.open(directory)

async function writeForEver(writer: number): Promise<void> {
  const random = seededRandom(Number(seed) * 10 + writer)
  for (let round = 0; ; round++) {
    const isReplacing = random.next() < 0.5
    const key = isReplacing ? `replaced/${randomInt(random, 4)}` : `created/by-${writer}/seed-${seed}/${round}`
    if (isReplacing) await store.put(key, selfProvingBytes(random))
    else await store.putIfAbsent(key, selfProvingBytes(random))
    console.log(key)
  }
}

await Promise.all([0, 1, 2].map(writeForEver))
