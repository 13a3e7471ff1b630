import { assert } from '../../../shared/assert.ts'
import { isPackable, wireTypeOf, WireType, type EnumType, type FieldType, type MessageType, type ScalarType } from '../link/types.ts'
import type { ColumnPlan, MessagePlan, ValuePlan } from './column-plan.ts'
import { appendAt, appendDefault, isSpan, isVarint, readerOf, spanAppend, varintAppend } from './generate-scalar.ts'
import type { LeafPlan } from './leaf-plan.ts'

/**
 * Writes the JavaScript of a decoder: one function per message and path, which reads the fields as they come into local
 * variables and then appends one value to every column, in order; items of lists go to their columns at once. Nothing of
 * the schema's text gets into the code, only numbers and names that are made here: paths, enums, leaves and message types
 * are handed over in tables.
 */
export interface GeneratedDecoder {
  /** The body of `(rt, columns) => decodeRecord`. */
  readonly code: string
  readonly tables: DecoderTables
}

export interface DecoderTables {
  /** Paths of required fields and of fields whose number of items is limited. */
  readonly paths: readonly string[]
  readonly enums: readonly EnumType[]
  readonly leaves: readonly { readonly leaf: LeafPlan; readonly path: string }[]
  readonly messages: readonly MessageType[]
  readonly maps: readonly { readonly entry: MessageType; readonly key: ScalarType }[]
}

export function generateDecoder(plan: MessagePlan): GeneratedDecoder {
  const generator = new Generator()
  const columns = plan.columns.map((column, index) => generator.bindColumn(`columns[${index}]`, column))
  const root = generator.messageFunction(plan.message, columns, '')
  return { code: generator.code(root), tables: generator.tables }
}

/** A column plan with the variable that holds its builder. */
interface BoundColumn {
  readonly plan: ColumnPlan
  readonly column: string
  /** Appends one message or leaf; `name(b, start, end)`. Empty for scalars and enums. */
  readonly writer: string
  /** The table of enum names; empty for anything else. */
  readonly enumNames: string
  /** The builder of one value: the column itself, or the element of a list. */
  readonly item: string
  /** Column values that one item fills. */
  readonly width: number
}

class Generator {
  readonly #tables = { paths: [] as string[], enums: [] as EnumType[], messages: [] as MessageType[] }
  readonly #leaves: { leaf: LeafPlan; path: string }[] = []
  readonly #maps: { entry: MessageType; key: ScalarType }[] = []
  readonly #declarations: string[] = []
  #nameCount = 0

  get tables(): DecoderTables {
    return { ...this.#tables, leaves: this.#leaves, maps: this.#maps }
  }

  code(root: string): string {
    return [
      "'use strict'",
      'const { readVarint, readTag, tagOf, readSpan, readGroup, skipFixed, skipUnknown, scratch, int32At, floatAt, doubleAt } = rt',
      'const { mergeRepeated, zigZagLow, zigZagHigh, EMPTY, utf8Error, missing, tooMany, cellsMax } = rt',
      'let cellsLeft = 0',
      ...this.#declarations,
      `return (b, start, end) => { cellsLeft = cellsMax; ${root}(b, start, end) }`,
    ].join('\n')
  }

  #name(prefix: string): string {
    return `${prefix}${this.#nameCount++}`
  }

  #declare(prefix: string, expression: string): string {
    const name = this.#name(prefix)
    this.#declarations.push(`const ${name} = ${expression}`)
    return name
  }

  #table<Item>(items: Item[], item: Item): number {
    return items.push(item) - 1
  }

  bindColumn(expression: string, plan: ColumnPlan): BoundColumn {
    const column = this.#declare('c', expression)
    if (plan.entry) return this.#bindMap(column, plan, plan.entry)
    const item = plan.field.repetition === 'repeated' ? this.#declare('e', `${column}.element`) : column
    return { plan, column, item, ...this.#bindValue(item, plan.value, plan.path) }
  }

  #bindValue(item: string, value: ValuePlan, path: string): Pick<BoundColumn, 'writer' | 'enumNames' | 'width'> {
    switch (value.kind) {
      case 'scalar':
        return { writer: '', enumNames: '', width: 1 }
      case 'enum':
        return { writer: '', enumNames: this.#declare('n', `rt.enumNames[${this.#table(this.#tables.enums, value.enumType)}]`), width: 1 }
      case 'leaf': {
        const index = this.#table(this.#leaves, { leaf: value.leaf, path })
        return { writer: this.#declare('w', `rt.leafAppender(${index}, ${item})`), enumNames: '', width: 1 }
      }
      case 'wrapper': {
        const [inner] = value.plan.columns
        assert(inner, 'a wrapper has one field')
        const columns = [this.bindColumn(item, inner)]
        return { writer: this.messageFunction(value.plan.message, columns, ''), enumNames: '', width: 1 }
      }
      case 'struct': {
        const columns = value.plan.columns.map((plan, index) => this.bindColumn(`${item}.fields[${index}]`, plan))
        const writer = this.messageFunction(value.plan.message, columns, `${item}.appendPresent()`)
        return { writer, enumNames: '', width: 1 + columns.reduce((sum, { width }) => sum + width, 0) }
      }
    }
  }

  #bindMap(column: string, plan: ColumnPlan, entry: MessagePlan): BoundColumn {
    const [key, value] = entry.columns as [ColumnPlan, ColumnPlan]
    const columns = [this.bindColumn(`${column}.key`, key), this.bindColumn(`${column}.value`, value)]
    const writer = this.messageFunction(entry.message, columns, '')
    assert(key.value.kind === 'scalar', 'the key of a map is a scalar')
    const index = this.#table(this.#maps, { entry: entry.message, key: key.value.scalar })
    const item = this.#declare('m', `rt.mapEntries[${index}]()`)
    return { plan, column, item, writer, enumNames: '', width: columns.reduce((sum, { width }) => sum + width, 0) }
  }

  /** Declares the function that reads one message and appends one row; `finish` comes last. Returns its name. */
  messageFunction(message: MessageType, columns: readonly BoundColumn[], finish: string): string {
    const fields = columns.map((column, index) => new FieldCode(column, index, message))
    const messageIndex = this.#table(this.#tables.messages, message)
    const name = this.#name('d')
    const paths = columns.map(({ plan }) => this.#table(this.#tables.paths, plan.path))
    const oneofs = message.oneofs.map((_, index) => `let o${index} = 0`)
    this.#declarations.push(
      [
        `const ${name} = (b, start, end) => {`,
        'let p = start, t = 0, z = 0, overrides = false',
        ...oneofs,
        ...fields.map((field) => field.variables()),
        'while (p < end) {',
        // Nearly every tag is one byte.
        't = b[p]',
        'if (t < 0x80 && t >= 8) p++',
        'else { p = readTag(b, p, end); t = tagOf() }',
        'switch (t) {',
        ...fields.map((field, index) => field.cases(paths[index] as number)),
        `default: p = skipUnknown(b, p, end, t, ${messageIndex})`,
        '}',
        '}',
        ...(fields.some((field) => field.isMergeable)
          ? [`const merged = overrides ? mergeRepeated(b, start, end, ${messageIndex}) : null`]
          : []),
        ...fields.map((field, index) => field.append(paths[index] as number)),
        finish,
        '}',
      ].join('\n'),
    )
    return name
  }
}

/**
 * The code of one field. Its variables: `a` and `h` hold the halves of a varint, or where a span or a fixed-width value
 * starts (-1 when unset) and ends; `s` says whether a varint was set; `o` of a oneof holds the number of its set member.
 */
class FieldCode {
  readonly #bound: BoundColumn
  readonly #field: FieldType
  readonly #index: number
  readonly #oneof: string
  readonly #isEntry: boolean

  constructor(bound: BoundColumn, index: number, message: MessageType) {
    this.#bound = bound
    this.#field = bound.plan.field
    this.#index = index
    this.#oneof = this.#field.oneof ? `o${message.oneofs.indexOf(this.#field.oneof)}` : ''
    this.#isEntry = message.isMapEntry
  }

  /** Whether two occurrences of the field, or its replacement in a oneof, take the slow way. */
  get isMergeable(): boolean {
    if (this.#field.repetition !== 'singular') return false
    return this.#isMessage || this.#isSpan || this.#oneof !== ''
  }

  get #isMessage(): boolean {
    return this.#field.type.kind === 'message'
  }

  get #isSpan(): boolean {
    return isSpan(this.#field.type)
  }

  get #isVarint(): boolean {
    return isVarint(this.#field.type)
  }

  get #isTracked(): boolean {
    return this.#isVarint && this.#oneof === '' && this.#field.presence !== 'implicit'
  }

  variables(): string {
    const { repetition, type } = this.#field
    const index = this.#index
    if (repetition === 'map') return `${this.#bound.item}.clear()`
    if (repetition === 'repeated') return ''
    const start = this.#isVarint ? (type.kind === 'enum' ? type.defaultNumber : 0) : -1
    return `let a${index} = ${start}, h${index} = 0${this.#isTracked ? `, s${index} = false` : ''}`
  }

  cases(path: number): string {
    const { number, type, repetition } = this.#field
    const tag = number * 8 + wireTypeOf(type)
    if (repetition === 'map')
      return `case ${tag}: ${this.#budget(path)} z = readSpan(b, p, end); ${this.#bound.item}.add(scratch[0], z); p = z; break`
    if (repetition === 'singular') return `case ${tag}: ${this.#read()} break`
    const packed = isPackable(type) ? `\ncase ${number * 8 + WireType.delimited}: ${this.#readPacked()} break` : ''
    return `case ${tag}: ${this.#readItem(path)} break${packed}`
  }

  /** Refuses a record whose few bytes would fill columns without end. */
  #budget(path: number): string {
    return `cellsLeft -= ${this.#bound.width}; if (cellsLeft < 0) tooMany(${path});`
  }

  #read(): string {
    const index = this.#index
    const { number, type } = this.#field
    const overrides: string[] = []
    if (this.#isMessage || this.#isSpan) overrides.push(`a${index} >= 0`)
    if (this.#oneof) overrides.push(`(${this.#oneof} !== 0 && ${this.#oneof} !== ${number})`)
    const note = overrides.length > 0 ? `if (${overrides.join(' || ')}) overrides = true;` : ''
    const setOneof = this.#oneof ? `${this.#oneof} = ${number};` : ''
    if (this.#isVarint) {
      const set = this.#isTracked ? ` s${index} = true;` : ''
      return `${note} p = readVarint(b, p, end); a${index} = scratch[0]; h${index} = scratch[1];${set} ${setOneof}`
    }
    if (type.kind === 'message' && type.isDelimited)
      return `${note} p = readGroup(b, p, end, t); a${index} = scratch[0]; h${index} = scratch[1]; ${setOneof}`
    if (this.#isMessage || this.#isSpan) return `${note} h${index} = p = readSpan(b, p, end); a${index} = scratch[0]; ${setOneof}`
    return `${note} a${index} = p; p = ${readerOf(type)('p', 'end')}; ${setOneof}`
  }

  #readItem(path: number): string {
    const { type } = this.#field
    const { item, writer } = this.#bound
    if (type.kind === 'message') {
      const read = type.isDelimited ? 'z = readGroup(b, p, end, t); p = z;' : 'z = readSpan(b, p, end); p = z;'
      return `${this.#budget(path)} ${read} ${writer}(b, scratch[0], ${type.isDelimited ? 'scratch[1]' : 'z'});`
    }
    if (this.#isSpan) return `z = readSpan(b, p, end); ${spanAppend(type, item, 'scratch[0]', 'z')}; p = z;`
    return this.#itemAt('end')
  }

  /** One packable value at `p`, which moves behind it. */
  #itemAt(end: string): string {
    const { type } = this.#field
    const { item, enumNames } = this.#bound
    if (this.#isVarint)
      return `p = readVarint(b, p, ${end}); ${varintAppend(type, { item, enumNames, low: 'scratch[0]', high: 'scratch[1]' })};`
    return `{ const q = ${readerOf(type)('p', end)}; ${appendAt(type, item, 'p')}; p = q }`
  }

  #readPacked(): string {
    return `z = readSpan(b, p, end); p = scratch[0]; while (p < z) { ${this.#itemAt('z')} }`
  }

  append(path: number): string {
    const { column, item, writer } = this.#bound
    const { repetition } = this.#field
    if (repetition === 'repeated') return `${column}.appendPresent()`
    if (repetition === 'map')
      return [
        `for (let i = 0, count = ${item}.settle(b); i < count; i++) if (${item}.isLive(i)) ${writer}(b, ${item}.startAt(i), ${item}.endAt(i))`,
        `${column}.appendPresent()`,
      ].join('\n')
    if (this.#isMessage) return this.#appendMessage(path)
    return this.#whenSet(this.#appendScalar(), path)
  }

  #appendMessage(path: number): string {
    const { writer } = this.#bound
    const index = this.#index
    const { number } = this.#field
    const one = `${writer}(b, a${index}, h${index})`
    const many = `{ const x = merged.get(${number}); ${writer}(x, 0, x.length) }`
    return this.#whenSet(`if (merged === null) ${one}; else ${many}`, path)
  }

  #appendScalar(): string {
    const index = this.#index
    const { type } = this.#field
    const { column, enumNames } = this.#bound
    if (this.#isVarint) return varintAppend(type, { item: column, enumNames, low: `a${index}`, high: `h${index}` })
    return this.#isSpan ? spanAppend(type, column, `a${index}`, `h${index}`) : appendAt(type, column, `a${index}`)
  }

  /** Around the append of a value: what happens when the field is not set. */
  #whenSet(append: string, path: number): string {
    const { presence, type } = this.#field
    const index = this.#index
    const { column, writer } = this.#bound
    const isSet = this.#oneof ? `${this.#oneof} === ${this.#field.number}` : this.#isTracked ? `s${index}` : `a${index} >= 0`
    if (presence === 'implicit' && this.#isVarint) return append
    // A map's entry always has a value, if only the default.
    const absent =
      this.#isEntry && this.#isMessage
        ? `${writer}(EMPTY, 0, 0)`
        : presence === 'required'
          ? `missing(${path})`
          : presence === 'implicit'
            ? appendDefault(type, column)
            : `${column}.appendNull()`
    return `if (${isSet}) { ${append} } else ${absent}`
  }
}
