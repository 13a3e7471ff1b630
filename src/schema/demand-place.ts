import { limits } from '../shared/limits.ts'

/** What must hold for two types to be compatible: a pair of types inside of them, or a rule. Paths lead from the outer pair on. */
type Demand =
  | { readonly kind: 'pair'; readonly path: string }
  | { readonly kind: 'breach' | 'choice'; readonly breach: { readonly path: string } }

/** A demand and how it was come to: paths are written out only for what is told, since types can chain without end. */
export interface DemandPlace<D extends Demand> {
  readonly outer: DemandPlace<D> | undefined
  readonly demand: D
}

/** A JSON pointer from the outermost pair; of a very deep one its end. The pair itself is `/`. */
export function pathOf(place: DemandPlace<Demand>): string {
  const parts: string[] = []
  let current: DemandPlace<Demand> | undefined = place
  for (; current && parts.length < limits.compatibilityPathTypesMax; current = current.outer) {
    const { demand }: DemandPlace<Demand> = current
    parts.unshift(demand.kind === 'pair' ? demand.path : demand.breach.path)
  }
  const path = `${current ? '/…' : ''}${parts.join('')}`
  return path === '' ? '/' : path
}
