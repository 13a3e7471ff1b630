import { isPackable, wireTypeOf, WireType, type FieldType, type FieldValueType, type MessageType } from '../link/types.ts'
import type { ColumnPlan } from './column-plan.ts'
import { appendAt, appendDefault, isSpan, isVarint, skipExpression, spanAppend, varintAppend } from './generate-scalar.ts'

/** A column plan with what generated code knows its parts by. */
export interface BoundColumn {
  readonly plan: ColumnPlan
  /** The column's path in the table of paths. */
  readonly pathIndex: number
  /** The variable of the column's builder. */
  readonly column: string
  /** The variable that takes one value: the column itself, the element of a list, or the entries of a map. */
  readonly item: string
  /** The function that appends one message or leaf, called with `(b, start, end)`; empty for scalars and enums. */
  readonly writer: string
  /** The variable with the names of an enum; empty for anything else. */
  readonly enumNames: string
  /** Column values that one item fills. */
  readonly width: number
}

/**
 * The code of one field in the function of its message. Its local variables, by its index in the message: `a` and `h`
 * hold the halves of a varint, or where a span starts (-1 while unset) and ends, or in `a` where a fixed-width value
 * stands; `s` says whether a varint is set, where that matters; `o` of a oneof holds the number of the member that is set.
 */
export class FieldCode {
  readonly #bound: BoundColumn
  readonly #field: FieldType
  readonly #type: FieldValueType
  readonly #isMapValue: boolean
  readonly #isMessage: boolean
  readonly #isVarint: boolean
  readonly #a: string
  readonly #h: string
  readonly #s: string
  readonly #o: string

  constructor(bound: BoundColumn, index: number, message: MessageType) {
    const { field } = bound.plan
    this.#bound = bound
    this.#field = field
    this.#type = field.type
    this.#isMapValue = message.isMapEntry && field.number === 2
    this.#isMessage = field.type.kind === 'message'
    this.#isVarint = isVarint(field.type)
    this.#a = `a${index}`
    this.#h = `h${index}`
    this.#o = field.oneof ? `o${message.oneofs.indexOf(field.oneof)}` : ''
    this.#s = this.#isVarint && field.oneof === null && field.presence !== 'implicit' ? `s${index}` : ''
  }

  /** Whether a second occurrence, or another member of its oneof, may need the slow way. */
  get mayOverride(): boolean {
    return this.#field.repetition === 'singular' && this.#overrideTest() !== ''
  }

  variables(): string {
    if (this.#field.repetition === 'map') return `${this.#bound.item}.clear()`
    if (this.#field.repetition === 'repeated') return ''
    const unset = this.#isVarint ? (this.#type.kind === 'enum' ? this.#type.defaultNumber : 0) : -1
    return `let ${this.#a} = ${unset}, ${this.#h} = 0${this.#s ? `, ${this.#s} = false` : ''}`
  }

  /** What happens when the field's number was read; `t` is its tag, `p` the position behind that. */
  read(): string {
    const { number, repetition } = this.#field
    const tag = number * 8 + wireTypeOf(this.#type)
    const own = repetition === 'map' ? this.#readEntry() : repetition === 'singular' ? this.#readSingular() : this.#readItem()
    const isPackedToo = repetition === 'repeated' && isPackable(this.#type)
    const packed = isPackedToo ? ` else if (t === ${number * 8 + WireType.delimited}) { ${this.#readPacked()} }` : ''
    // A known field in a wire type that is not its own was written by another schema.
    return `if (t === ${tag}) { ${own} }${packed} else { throw mismatchError }`
  }

  #readSingular(): string {
    const test = this.#overrideTest()
    const before = test ? `if (${test}) overrides = true; ` : ''
    const after = this.#o ? ` ${this.#o} = ${this.#field.number};` : this.#s ? ` ${this.#s} = true;` : ''
    return before + this.#readValue() + after
  }

  #overrideTest(): string {
    const tests = [
      ...(this.#isMessage || isSpan(this.#type) ? [`${this.#a} >= 0`] : []),
      ...(this.#o ? [`${this.#o} !== 0 && ${this.#o} !== ${this.#field.number}`] : []),
    ]
    return tests.join(' || ')
  }

  #readValue(): string {
    const [a, h] = [this.#a, this.#h]
    if (this.#isVarint) return `p = readVarint(b, p, end); ${a} = scratch[0]; ${h} = scratch[1];`
    if (this.#isGroup) return `p = readGroup(b, p, end, t); ${a} = scratch[0]; ${h} = scratch[1];`
    if (this.#isMessage || isSpan(this.#type)) return `${h} = p = readSpan(b, p, end); ${a} = scratch[0];`
    return `${a} = p; p = ${skipExpression(this.#type, 'p', 'end')};`
  }

  get #isGroup(): boolean {
    return this.#type.kind === 'message' && this.#type.isDelimited
  }

  /** Refuses a record whose few bytes would fill columns without end. */
  #count(): string {
    const { width, pathIndex } = this.#bound
    return `cellsLeft -= ${width}; if (cellsLeft < 0) tooMany(${pathIndex});`
  }

  #readEntry(): string {
    return `${this.#count()} z = readSpan(b, p, end); ${this.#bound.item}.add(scratch[0], z); p = z;`
  }

  #readItem(): string {
    const { item, writer } = this.#bound
    if (this.#isGroup) return `${this.#count()} p = readGroup(b, p, end, t); ${writer}(b, scratch[0], scratch[1]);`
    if (this.#isMessage) return `${this.#count()} p = readSpan(b, p, end); ${writer}(b, scratch[0], p);`
    if (isSpan(this.#type)) return `${this.#count()} p = readSpan(b, p, end); ${spanAppend(this.#type, item, 'scratch[0]', 'p')};`
    return this.#readPackable('end')
  }

  #readPacked(): string {
    return `z = readSpan(b, p, end); p = scratch[0]; while (p < z) { ${this.#readPackable('z')} }`
  }

  #readPackable(end: string): string {
    const { item, enumNames } = this.#bound
    if (!this.#isVarint)
      return `${this.#count()} after = ${skipExpression(this.#type, 'p', end)}; ${appendAt(this.#type, item, 'p')}; p = after;`
    const append = varintAppend(this.#type, { item, enumNames, low: 'scratch[0]', high: 'scratch[1]' })
    return `${this.#count()} p = readVarint(b, p, ${end}); ${append};`
  }

  /** Appends the field's value when all of the message was read. */
  append(): string {
    const { column, item, writer } = this.#bound
    const { repetition, presence } = this.#field
    if (repetition === 'repeated') return `${column}.appendPresent()`
    if (repetition === 'map')
      return [
        `for (let i = 0, count = ${item}.settle(b); i < count; i++) if (${item}.isLive(i)) ${writer}(b, ${item}.startAt(i), ${item}.endAt(i))`,
        `${column}.appendPresent()`,
      ].join('\n')
    const append = this.#isMessage ? this.#appendMessage() : this.#appendScalar()
    // Its variables start with what unset means.
    if (presence === 'implicit' && this.#isVarint) return append
    return `if (${this.#setTest()}) { ${append} } else ${this.#appendUnset()}`
  }

  #appendMessage(): string {
    const { writer } = this.#bound
    const merged = `{ const x = merged.get(${this.#field.number}); ${writer}(x, 0, x.length) }`
    return `if (merged === null) ${writer}(b, ${this.#a}, ${this.#h}); else ${merged}`
  }

  #appendScalar(): string {
    const { column, enumNames } = this.#bound
    if (this.#isVarint) return varintAppend(this.#type, { item: column, enumNames, low: this.#a, high: this.#h })
    return isSpan(this.#type) ? spanAppend(this.#type, column, this.#a, this.#h) : appendAt(this.#type, column, this.#a)
  }

  #setTest(): string {
    if (this.#o) return `${this.#o} === ${this.#field.number}`
    return this.#s || `${this.#a} >= 0`
  }

  #appendUnset(): string {
    const { column, writer, pathIndex } = this.#bound
    // An entry of a map always has a value, if only the default.
    if (this.#isMapValue && this.#isMessage) return `${writer}(EMPTY, 0, 0)`
    if (this.#field.presence === 'required') return `missing(${pathIndex})`
    return this.#field.presence === 'implicit' ? appendDefault(this.#type, column) : `${column}.appendNull()`
  }
}
