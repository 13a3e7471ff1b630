import { rowBuilder } from '../columns/row-builder.ts'
import type { RecordWalker } from '../protocol/records/record-walker.ts'
import type { DecodeRecord, RecordDecoder } from '../schema/language.ts'
import type { WireFrame } from '../schema/wire-framing.ts'
import { HeadgateError } from '../shared/errors.ts'
import { limits } from '../shared/limits.ts'
import type { Judgement } from './lane.ts'
import type { SchemaDecoders } from './schema-decoders.ts'
import type { TableRows } from './table-rows.ts'
import { ValueFrame } from './value-frame.ts'

export interface ValueJudgeOptions {
  readonly topic: string
  readonly value: Judgement['value']
  readonly schemas: SchemaDecoders
  /** Memory for the framing of one value at a time. */
  readonly wire: WireFrame
  /** Without it values are judged and forgotten. */
  readonly rows: TableRows | undefined
  /** A stored value may name a schema that its subject has dropped since. */
  readonly isStored: boolean
}

/**
 * Judges the values of one batch: finds each value's schema and has that schema's decoder write its columns. Neighbours
 * nearly always share a schema, so the way to a decoder is gone once per change of it.
 */
export class ValueJudge {
  /** Of the value that was judged last; undefined when no schema judged it. */
  schemaId: number | undefined
  readonly #options: ValueJudgeOptions
  readonly #frame: ValueFrame | undefined
  readonly #neededIds = new Set<number>()
  readonly #neededGuids = new Set<string>()
  #current: Applied = { kind: 'refuse', reason: '' }
  #currentId: number | undefined
  #currentMessage: readonly number[] | undefined

  constructor(options: ValueJudgeOptions) {
    this.#options = options
    this.#frame = options.value.kind === 'framed' ? new ValueFrame(options.value, options) : undefined
  }

  /** Schemas that must be defined before a verdict on the batch is possible. */
  get needs(): { readonly schemaIds: readonly number[]; readonly guids: readonly string[] } | undefined {
    if (this.#neededIds.size === 0 && this.#neededGuids.size === 0) return undefined
    return { schemaIds: [...this.#neededIds], guids: [...this.#neededGuids] }
  }

  /**
   * Writes the value's columns, or answers why the value is not accepted. Throws RecordError from a decoder; the columns
   * may then be uneven.
   */
  judge(record: RecordWalker): string | undefined {
    this.schemaId = undefined
    // A null value deletes its key in a compacted topic: no schema has a say.
    if (this.#frame === undefined || record.valueStart < 0) {
      this.#options.rows?.appendNullValues()
      return undefined
    }
    const reason = this.#frame.read(record)
    if (reason !== undefined) return reason
    this.#followFrame(this.#frame)
    const current = this.#current
    if (current.kind === 'refuse') return current.reason
    if (current.kind === 'decode') current.decode(record.bytes, this.#frame.payloadStart, record.valueEnd)
    this.schemaId = this.#frame.schemaId
    return undefined
  }

  #followFrame({ schemaId, unknownGuid, messageIndexes }: ValueFrame): void {
    if (unknownGuid === '' && schemaId === this.#currentId && messageIndexes === this.#currentMessage) return
    this.#currentId = schemaId
    this.#currentMessage = messageIndexes
    this.#current = unknownGuid === '' ? this.#select(schemaId, messageIndexes) : this.#needGuid(unknownGuid)
  }

  #select(schemaId: number, messageIndexes: readonly number[] | undefined): Applied {
    const { isStored, schemas, topic, value } = this.#options
    if (value.kind === 'none') return { kind: 'refuse', reason: 'values of this topic are not judged' }
    const isAllowed = isStored || value.allowedSchemaIds.includes(schemaId) || schemaId === value.unframedSchemaId
    if (!isAllowed || value.absent?.schemaIds.includes(schemaId)) return notRegistered(`schema id ${schemaId}`, topic)
    if (!schemas.has(schemaId)) return this.#needId(schemaId)
    try {
      return this.#bind(schemaId, schemas.decoder(schemaId, messageIndexes))
    } catch (error) {
      if (!(error instanceof HeadgateError)) throw error
      return { kind: 'refuse', reason: `schema id ${schemaId} cannot be used: ${error.message}` }
    }
  }

  #bind(schemaId: number, decoder: RecordDecoder): Applied {
    const { rows, topic } = this.#options
    const bound = rows === undefined ? judgeOnly(decoder) : rows.bind(decoder)
    if (bound.kind === 'decode') return bound
    return { kind: 'refuse', reason: `schema id ${schemaId} does not fit the table of topic ${topic}: ${bound.reason}` }
  }

  #needId(schemaId: number): Applied {
    if (this.#neededIds.size < limits.neededSchemasMax) this.#neededIds.add(schemaId)
    return { kind: 'wait' }
  }

  #needGuid(guid: string): Applied {
    const { topic, value } = this.#options
    if (value.kind === 'framed' && value.absent?.guids.includes(guid)) return notRegistered(`schema ${guid}`, topic)
    if (this.#neededGuids.size < limits.neededSchemasMax) this.#neededGuids.add(guid)
    return { kind: 'wait' }
  }
}

type Applied =
  | { readonly kind: 'decode'; readonly decode: DecodeRecord }
  /** No value of this schema can be accepted. */
  | { readonly kind: 'refuse'; readonly reason: string }
  /** The schema is not known here yet; the batch is judged again with it. */
  | { readonly kind: 'wait' }

function notRegistered(what: string, topic: string): Applied {
  return { kind: 'refuse', reason: `${what} is not registered for topic ${topic}` }
}

/** For topics without a table: columns are written and emptied again every so many rows. Bound once per decoder. */
const judgesOnly = new WeakMap<RecordDecoder, Applied & { kind: 'decode' }>()
const ROWS_KEPT_MAX = 256

function judgeOnly(decoder: RecordDecoder): Applied & { kind: 'decode' } {
  const known = judgesOnly.get(decoder)
  if (known) return known
  const columns = rowBuilder(decoder.rowType)
  const decodeColumns = decoder.bind(columns.fields)
  let rows = 0
  const decode: DecodeRecord = (bytes, start, end) => {
    if (rows === ROWS_KEPT_MAX) {
      columns.truncate(0)
      rows = 0
    }
    const rowsBefore = rows
    // A value that fails leaves its columns uneven: the next one finds them to be emptied.
    rows = ROWS_KEPT_MAX
    decodeColumns(bytes, start, end)
    rows = rowsBefore + 1
  }
  const bound = { kind: 'decode', decode } as const
  judgesOnly.set(decoder, bound)
  return bound
}
