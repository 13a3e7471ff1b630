import { ManualClock } from '../../src/shared/clock.ts'
import { seededRandom } from '../../src/shared/random.ts'
import { withStateFaults } from '../../src/state/faults.ts'
import { memoryState } from '../../src/state/memory.ts'
import { stateStoreConformance } from '../conformance/state-store.ts'

const open = async () => memoryState({ clock: new ManualClock(), random: seededRandom(1) })

stateStoreConformance('memory', open)

stateStoreConformance('memory, answering late and deciding twice', async () => {
  const random = seededRandom(2)
  const delay = async (): Promise<void> => {
    for (let turns = random.next() * 5; turns > 0; turns--) await Promise.resolve()
  }
  return withStateFaults(await open(), { refused: 0, lostAnswer: 0, decidedTwice: 0.5, delay }, random)
})
