import { HeadgateError } from '../shared/errors.ts'
import type { Random } from '../shared/random.ts'
import type { SchemaState, StateStore } from './state-store.ts'

/** How often, between 0 and 1, each thing goes wrong. */
export interface StateFaults {
  /** The call fails and did nothing. */
  readonly refused: number
  /** The call did its work and its answer is lost. */
  readonly lostAnswer: number
  /** An append is decided twice, as after a serialization conflict; the first decision is thrown away. */
  readonly decidedTwice: number
  /** Waits before and after the work, so that calls overtake each other. */
  readonly delay: () => Promise<void>
}

/** Any state store, as seen over a bad network. The same random numbers give the same faults. */
export function withStateFaults(store: StateStore, faults: StateFaults, random: Random): StateStore {
  return {
    clusterId: () => writing(() => store.clusterId()),
    createTopic: (topic) => writing(() => store.createTopic(topic)),
    deleteTopic: (topicId) => writing(() => store.deleteTopic(topicId)),
    setTopicConfigs: (topicId, configs) => writing(() => store.setTopicConfigs(topicId, configs)),
    addPartitions: (topicId, partitionCount) => writing(() => store.addPartitions(topicId, partitionCount)),
    listTopics: () => reading(() => store.listTopics()),
    allocateProducerId: () => writing(() => store.allocateProducerId()),
    appendBatches: (scope, decide) =>
      writing(() =>
        store.appendBatches(scope, (loaded) => {
          if (random.next() < faults.decidedTwice) decide(loaded)
          return decide(loaded)
        }),
      ),
    partitionOffsets: (topicId, partition) => reading(() => store.partitionOffsets(topicId, partition)),
    listPartitions: () => reading(() => store.listPartitions()),
    findBatches: (query) => reading(() => store.findBatches(query)),
    findBatchByTimestamp: (query) => reading(() => store.findBatchByTimestamp(query)),
    findBatchOfMaxTimestamp: (topicId, partition) => reading(() => store.findBatchOfMaxTimestamp(topicId, partition)),
    advanceLogStart: (topicId, partition, logStartOffset) => writing(() => store.advanceLogStart(topicId, partition, logStartOffset)),
    livePieces: () => reading(() => store.livePieces()),
    expireProducers: (topicId, partition, beforeMs) => writing(() => store.expireProducers(topicId, partition, beforeMs)),
    schemas: faultySchemas(store.schemas),
    close: () => store.close(),
  }

  function faultySchemas(schemas: SchemaState): SchemaState {
    return {
      load: (read) => reading(() => schemas.load(read)),
      revision: () => reading(() => schemas.revision()),
      textOf(context, schemaId) {
        refuse()
        return schemas.textOf(context, schemaId)
      },
      apply: (expectedRevision, changes) => writing(() => schemas.apply(expectedRevision, changes)),
    }
  }

  async function reading<Answer>(call: () => Promise<Answer>): Promise<Answer> {
    await faults.delay()
    refuse()
    const answer = await call()
    await faults.delay()
    return answer
  }

  async function writing<Answer>(call: () => Promise<Answer>): Promise<Answer> {
    const answer = await reading(call)
    if (random.next() < faults.lostAnswer) throw new HeadgateError('store-outcome-unknown', 'the answer was lost (a fault on purpose)')
    return answer
  }

  function refuse(): void {
    if (random.next() < faults.refused) throw new HeadgateError('store-unavailable', 'refused (a fault on purpose)')
  }
}
