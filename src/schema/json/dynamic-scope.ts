/**
 * Which documents stand around a schema when a value is judged, as far as `$dynamicRef` and `$recursiveRef` ask: for
 * each dynamic anchor the address of the outermost schema resource that has it. Two ways to one place with the same
 * scope are the same schema, so that dynamic references can be resolved before any value is seen.
 */
export interface DynamicScope {
  readonly outermost: ReadonlyMap<string, string>
  /** Equal for equal scopes. */
  readonly key: string
}

/** What stands for the `$recursiveAnchor` of a schema resource, which has no name. */
export const RECURSIVE_ANCHOR = '#'

export const emptyScope: DynamicScope = { outermost: new Map(), key: '' }

/** The scope inside of a schema resource with these dynamic anchors. */
export function enterResource(scope: DynamicScope, address: string, anchors: readonly string[]): DynamicScope {
  const added = anchors.filter((anchor) => !scope.outermost.has(anchor))
  if (added.length === 0) return scope
  const outermost = new Map([...scope.outermost, ...added.map((anchor) => [anchor, address] as const)])
  return { outermost, key: JSON.stringify([...outermost].sort(([a], [b]) => (a < b ? -1 : 1))) }
}
