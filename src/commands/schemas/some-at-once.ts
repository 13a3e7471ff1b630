import { limits } from '../../shared/limits.ts'

/** The results in the order of the items, a few requests at a time: a registry has no call that answers them together. */
export async function mapSomeAtOnce<Item, Result>(items: readonly Item[], ask: (item: Item) => Promise<Result>): Promise<Result[]> {
  const results: Result[] = []
  for (let first = 0; first < items.length; first += limits.registryRequestsAtOnce)
    results.push(...(await Promise.all(items.slice(first, first + limits.registryRequestsAtOnce).map(ask))))
  return results
}
