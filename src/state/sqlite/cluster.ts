import type { DatabaseSync } from 'node:sqlite'
import { bigintAt, prepare, rowOf, textAt } from './rows.ts'
import { inTransaction } from './transaction.ts'

/** What the cluster has one of: its id, and the counter of producer ids. */
export class Cluster {
  readonly #database: DatabaseSync
  readonly #statements: ReturnType<typeof prepareStatements>

  constructor(database: DatabaseSync) {
    this.#database = database
    this.#statements = prepareStatements(database)
  }

  /** The id there is; `proposed` when there is none yet. */
  clusterId(proposed: string): string {
    return inTransaction(this.#database, () => textAt(rowOf(this.#statements.setId, proposed) ?? [], 0))
  }

  allocateProducerId(): bigint {
    return inTransaction(this.#database, () => bigintAt(rowOf(this.#statements.takeProducerId) ?? [], 0))
  }
}

function prepareStatements(database: DatabaseSync) {
  return {
    setId: prepare(database, `update cluster set cluster_id = coalesce(cluster_id, ?) returning cluster_id`),
    takeProducerId: prepare(database, `update cluster set next_producer_id = next_producer_id + 1 returning next_producer_id - 1`),
  }
}
