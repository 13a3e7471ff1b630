import type { TableIdentifier } from '../catalogs/catalog.ts'
import { HeadgateError } from '../shared/errors.ts'

/**
 * Which topic has which table. Two topics never share one, whether they use it yet or not: the names would collide later,
 * in production.
 */
export class TableNames {
  readonly #topicByTable = new Map<string, string>()

  /** Throws HeadgateError `already-exists` when the table is another topic's. */
  checkIsFree(table: TableIdentifier, topic: string): void {
    const other = this.#topicByTable.get(keyOf(table))
    if (other === undefined || other === topic) return
    throw new HeadgateError(
      'already-exists',
      `topic ${topic} would share table ${keyOf(table)} with topic ${other}; choose another name or set lake.table`,
    )
  }

  give(table: TableIdentifier, topic: string): void {
    this.#topicByTable.set(keyOf(table), topic)
  }

  take(table: TableIdentifier): void {
    this.#topicByTable.delete(keyOf(table))
  }

  /** Keeps the table from being taken by another topic while the change is under way, and after it, unless it fails. */
  async holding(table: TableIdentifier, topic: string, change: () => Promise<void>): Promise<void> {
    const isHeld = this.#topicByTable.get(keyOf(table)) === topic
    this.give(table, topic)
    try {
      await change()
    } catch (error) {
      if (!isHeld) this.take(table)
      throw error
    }
  }
}

function keyOf({ namespace, table }: TableIdentifier): string {
  return `${namespace}.${table}`
}
