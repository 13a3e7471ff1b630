import { limits } from '../../../shared/limits.ts'
import type { StepBudget } from '../../step-budget.ts'
import { isNamed, type AvroType, type EnumType, type NamedType, type RecordField, type RecordType, type UnionType } from '../ast.ts'
import { newPair, type Breach, type Pair } from './pair.ts'
import { isNameReadable, isPrimitive, isPromotable, UnionBranches } from './resolution.ts'

/** What a new pair counts: it takes memory until the comparison is over. */
const PAIR_STEPS = 40

/**
 * Lays out every pair of types that reading a schema's values with another schema comes to, each once, by the rules of
 * Java's SchemaCompatibility. Logical types do not matter: values are read as their base types. The work is bounded by
 * `budget`; no recursion, because references can chain types without end.
 */
export function pairGraph(reader: AvroType, writer: AvroType, budget: StepBudget): Pair {
  return new PairGraph(budget).build(reader, writer)
}

class PairGraph {
  readonly #budget: StepBudget
  readonly #known = new Map<AvroType, Map<AvroType, Pair>>()
  readonly #pending: Pair[] = []
  readonly #branches = new Map<UnionType, UnionBranches>()
  readonly #fields = new Map<RecordType, ReadonlyMap<string, RecordField>>()
  readonly #symbols = new Map<EnumType, ReadonlySet<string>>()
  readonly #sortedSymbols = new Map<EnumType, readonly string[]>()

  constructor(budget: StepBudget) {
    this.#budget = budget
  }

  build(reader: AvroType, writer: AvroType): Pair {
    const root = this.#pairOf(reader, writer)
    const broken: Pair[] = []
    for (let pair = this.#pending.pop(); pair; pair = this.#pending.pop()) {
      this.#expand(pair)
      if (isBrokenByItself(pair)) broken.push(pair)
    }
    spreadBreakage(broken)
    return root
  }

  #pairOf(reader: AvroType, writer: AvroType): Pair {
    const ofReader = this.#known.get(reader) ?? new Map<AvroType, Pair>()
    this.#known.set(reader, ofReader)
    const known = ofReader.get(writer)
    if (known) return known
    this.#budget.spend(PAIR_STEPS)
    const pair = newPair(reader, writer)
    ofReader.set(writer, pair)
    this.#pending.push(pair)
    return pair
  }

  #expand(pair: Pair): void {
    const { reader, writer } = pair
    if (writer.kind === 'union') {
      writer.branches.forEach((branch, index) => this.#demand(pair, `/${index}`, reader, branch))
    } else if (reader.kind === 'union') {
      for (const candidate of this.#branchesOf(reader).candidatesFor(writer)) this.#demandPair(pair, '', this.#pairOf(candidate, writer))
    } else if (isNamed(reader) && isNamed(writer) && reader.kind === writer.kind) {
      this.#expandNamed(pair, reader, writer)
    } else if (reader.kind === 'array' && writer.kind === 'array') {
      this.#demand(pair, '/items', reader.items, writer.items)
    } else if (reader.kind === 'map' && writer.kind === 'map') {
      this.#demand(pair, '/values', reader.values, writer.values)
    } else if (!isPrimitive(writer) || !isPromotable(writer.kind, reader)) {
      addBreach(pair, typeMismatch('', reader, writer))
    }
  }

  #expandNamed(pair: Pair, reader: NamedType, writer: NamedType): void {
    this.#budget.spend(reader.aliases.length)
    if (!isNameReadable(reader, writer)) addBreach(pair, { rule: 'NAME_MISMATCH', path: '/name', details: `expected: ${writer.name.full}` })
    if (reader.kind === 'fixed' && writer.kind === 'fixed' && reader.size !== writer.size)
      addBreach(pair, { rule: 'FIXED_SIZE_MISMATCH', path: '/size', details: `expected: ${writer.size}, found: ${reader.size}` })
    if (reader.kind === 'enum' && writer.kind === 'enum') this.#expandEnum(pair, reader, writer)
    if (reader.kind === 'record' && writer.kind === 'record')
      reader.fields.forEach((field, index) => this.#expandField(pair, `/fields/${index}`, field, writer))
  }

  #expandEnum(pair: Pair, reader: EnumType, writer: EnumType): void {
    this.#budget.spend(writer.symbols.length)
    if (reader.default !== undefined) return
    const readable = this.#symbolsOf(reader)
    const sorted = once(this.#sortedSymbols, writer, () => writer.symbols.toSorted())
    const missing = sorted.filter((symbol) => !readable.has(symbol))
    if (missing.length > 0) addBreach(pair, { rule: 'MISSING_ENUM_SYMBOLS', path: '/symbols', details: listed(missing) })
  }

  #expandField(pair: Pair, path: string, field: RecordField, writer: RecordType): void {
    this.#budget.spend(1 + field.aliases.length)
    const fields = this.#fieldsOf(writer)
    const sources = new Set([field.name, ...field.aliases].flatMap((name) => fields.get(name) ?? []))
    const [source, other] = sources
    if (source && other) {
      const details = `field ${field.name} stands for ${[...sources].map(({ name }) => name).join(' and ')} of the writer`
      addBreach(pair, { rule: 'READER_FIELD_AMBIGUOUS', path, details })
    } else if (source) this.#demand(pair, `${path}/type`, field.type, source.type)
    else if (field.default === undefined) addBreach(pair, missingDefault(path, field, writer))
  }

  /** Primitives are decided on the spot; everything else becomes a pair. */
  #demand(pair: Pair, path: string, reader: AvroType, writer: AvroType): void {
    this.#budget.spend(1)
    if (isPrimitive(writer) && (isPrimitive(reader) || reader.kind === 'union')) {
      if (reader.kind !== 'union' && !isPromotable(writer.kind, reader)) addBreach(pair, typeMismatch(path, reader, writer))
      if (reader.kind === 'union' && !this.#branchesOf(reader).hasReaderOf(writer.kind)) addBreach(pair, missingBranch(path, writer))
      return
    }
    this.#demandPair(pair, path, this.#pairOf(reader, writer))
  }

  #demandPair(pair: Pair, path: string, demanded: Pair): void {
    this.#budget.spend(1)
    demanded.dependents.push(pair)
    pair.demands.push({ kind: 'pair', path, pair: demanded })
  }

  #branchesOf(union: UnionType): UnionBranches {
    return once(this.#branches, union, () => {
      this.#budget.spend(union.branches.length)
      return new UnionBranches(union)
    })
  }

  #fieldsOf(record: RecordType): ReadonlyMap<string, RecordField> {
    return once(this.#fields, record, () => {
      this.#budget.spend(record.fields.length)
      return new Map(record.fields.map((field) => [field.name, field]))
    })
  }

  #symbolsOf(type: EnumType): ReadonlySet<string> {
    return once(this.#symbols, type, () => {
      this.#budget.spend(type.symbols.length)
      return new Set(type.symbols)
    })
  }
}

function once<K, V>(known: Map<K, V>, key: K, make: () => V): V {
  const value = known.get(key) ?? make()
  known.set(key, value)
  return value
}

/**
 * Java's quirk: a missing enum that names a default symbol is held against the writer's record, which never fits, and so
 * the field is told to be of a wrong type.
 */
function missingDefault(path: string, { name, type }: RecordField, writer: RecordType): Breach {
  if (type.kind === 'enum' && type.default !== undefined) return typeMismatch(`${path}/type`, type, writer)
  return { rule: 'READER_FIELD_MISSING_DEFAULT_VALUE', path, details: name }
}

function typeMismatch(path: string, reader: AvroType, writer: AvroType): Breach {
  const details = `reader type: ${reader.kind.toUpperCase()} not compatible with writer type: ${writer.kind.toUpperCase()}`
  return { rule: 'TYPE_MISMATCH', path, details }
}

/** As Java prints a set, as far as a message needs it. */
function listed(names: readonly string[]): string {
  let text = ''
  for (const name of names) {
    text += text === '' ? name : `, ${name}`
    if (text.length > limits.listedNamesLengthMax) return `[${text.slice(0, limits.listedNamesLengthMax)}…]`
  }
  return `[${text}]`
}

export function missingBranch(path: string, writer: AvroType): Breach {
  return { rule: 'MISSING_UNION_BRANCH', path, details: `reader union lacking writer type: ${writer.kind.toUpperCase()}` }
}

function addBreach(pair: Pair, breach: Breach): void {
  pair.demands.push({ kind: 'breach', breach })
}

function isBrokenByItself({ demands, isChoice }: Pair): boolean {
  return isChoice ? demands.length === 0 : demands.some(({ kind }) => kind === 'breach')
}

/** A pair breaks with any of its demands, a choice with the last of them. Each edge is followed once. */
function spreadBreakage(broken: Pair[]): void {
  const brokenDemands = new Map<Pair, number>()
  for (let pair = broken.pop(); pair; pair = broken.pop()) {
    if (pair.isBroken) continue
    pair.isBroken = true
    for (const dependent of pair.dependents) {
      const count = (brokenDemands.get(dependent) ?? 0) + 1
      brokenDemands.set(dependent, count)
      if (!dependent.isChoice || count === dependent.demands.length) broken.push(dependent)
    }
  }
}
