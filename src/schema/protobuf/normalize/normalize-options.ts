import { limits } from '../../../shared/limits.ts'
import { NO_OFFSET, type AggregateEntry, type OptionNamePart, type OptionNode, type OptionValue } from '../ast.ts'
import { numberText } from '../descriptor/option-scalar.ts'
import { compareText } from '../../../shared/text-order.ts'

/** The full name of a custom option as one place in a file writes it; undefined when nobody declares it. */
export type ResolveOption = (name: string) => string | undefined

/**
 * Options in their normal form: sorted by name, custom ones by full names; numbers in decimal; what is set part by part
 * (`(o).a = 1`) as one aggregate with its entries sorted; a list as repeated entries. Values of one name keep their
 * order, because they may be the items of a repeated option.
 */
export function normalizeOptions(options: readonly OptionNode[], resolve: ResolveOption): OptionNode[] {
  const named = options.map((option) => ({ ...option, name: option.name.map((part) => normalizePart(part, resolve)) }))
  const groups = Map.groupBy(named, ({ name }) => partText(name[0]))
  return [...groups].sort(byKey).flatMap(([, group]) => normalizeGroup(group))
}

function normalizePart({ text, isExtension }: OptionNamePart, resolve: ResolveOption): OptionNamePart {
  const full = isExtension ? resolve(text) : undefined
  return { text: full === undefined ? text : `.${full}`, isExtension }
}

/** All options whose name begins with one part: those that set it as a whole stay apart, the others become one. */
function normalizeGroup(group: readonly OptionNode[]): OptionNode[] {
  const wholes = group.filter(({ name }) => name.length === 1)
  const parts = group.filter(({ name }) => name.length > 1)
  return [...wholes.flatMap(({ name, value }) => valuesOf(value).map((item) => optionNode(name, item))), ...joined(parts)]
}

function joined(parts: readonly OptionNode[]): OptionNode[] {
  const [first] = parts
  const root = first?.name[0]
  if (!root) return []
  const value = normalizeValue({
    kind: 'message',
    entries: joinedEntries(parts.map(({ name, value }) => ({ path: name.slice(1), value }))),
  })
  // Deeper than the parser goes, it would not be read back.
  if (depthOf(value) <= limits.nestingMax) return [optionNode([root], value)]
  return parts.toSorted((a, b) => compareText(nameText(a), nameText(b)))
}

interface Assignment {
  readonly path: readonly OptionNamePart[]
  readonly value: OptionValue
}

/** `a.x = 1, a.y = 2, b = 3` as `a: { x: 1, y: 2 }, b: 3`. What has parts below it is set once, so it is one entry. */
function joinedEntries(assignments: readonly Assignment[]): AggregateEntry[] {
  const groups = Map.groupBy(assignments, ({ path }) => partText(path[0]))
  return [...groups].flatMap(([name, group]) => {
    const wholes = group.filter(({ path }) => path.length === 1).map(({ value }) => ({ name, value }))
    const deeper = group.filter(({ path }) => path.length > 1).map(({ path, value }) => ({ path: path.slice(1), value }))
    return deeper.length === 0 ? wholes : [...wholes, { name, value: { kind: 'message', entries: joinedEntries(deeper) } }]
  })
}

/** A list sets each of its items. */
function valuesOf(value: OptionValue): OptionValue[] {
  return (value.kind === 'list' ? value.items : [value]).map(normalizeValue)
}

function normalizeValue(value: OptionValue): OptionValue {
  switch (value.kind) {
    case 'identifier':
    case 'string':
      return value
    case 'number':
      return { kind: 'number', text: normalizeNumber(value.text) }
    case 'list':
      return { kind: 'list', items: value.items.map(normalizeValue) }
    case 'message': {
      const entries = value.entries.flatMap(({ name, value: item }) => valuesOf(item).map((one) => ({ name, value: one })))
      return { kind: 'message', entries: entries.sort((a, b) => compareText(a.name, b.name)) }
    }
  }
}

/** The sign of a float's zero counts. */
function normalizeNumber(text: string): string {
  const decimal = numberText(text)
  return decimal === '0' && text.startsWith('-') ? '-0.0' : decimal
}

function depthOf(value: OptionValue): number {
  const inner = value.kind === 'message' ? value.entries.map((entry) => entry.value) : value.kind === 'list' ? value.items : []
  return inner.reduce((deepest, item) => Math.max(deepest, 1 + depthOf(item)), 0)
}

function optionNode(name: readonly OptionNamePart[], value: OptionValue): OptionNode {
  return { name, offset: NO_OFFSET, value }
}

/** A part as an aggregate names it. */
function partText(part: OptionNamePart | undefined): string {
  if (!part) return ''
  return part.isExtension ? `[${part.text.replace(/^\./, '')}]` : part.text
}

function nameText({ name }: OptionNode): string {
  return name.map(partText).join('.')
}

function byKey([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return compareText(a, b)
}
