import { assert } from '../../../shared/assert.ts'
import type { EnumType, MessageType, ScalarType } from '../link/types.ts'
import type { ColumnPlan, MessagePlan, ValuePlan } from './column-plan.ts'
import { FieldCode, type BoundColumn } from './generate-field.ts'
import type { LeafPlan } from './leaf-plan.ts'

/**
 * Writes the JavaScript of a decoder: one function per message and path, which reads the fields as they come into local
 * variables and then appends one value to every column, in order; items of lists go to their columns at once. Nothing of
 * the schema's text gets into the code, only numbers and names that are made here: paths, enums, leaves and message types
 * are handed over in tables.
 */
export function generateDecoder(plan: MessagePlan): GeneratedDecoder {
  const generator = new Generator()
  const columns = plan.columns.map((column, index) => generator.bindColumn(`columns[${index}]`, column))
  const root = generator.messageFunction(plan.message, columns, '')
  return { code: generator.code(root), tables: generator.tables }
}

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
  /** Of the messages whose fields are not numbered from 1 without gaps. */
  readonly fieldNumbers: readonly (readonly number[])[]
  readonly maps: readonly { readonly entry: MessageType; readonly key: ScalarType }[]
}

/** What generated code calls by these names. */
export const RUNTIME_NAMES = [
  'readVarint',
  'readTag',
  'tagOf',
  'readSpan',
  'readGroup',
  'skipFixed',
  'skipValue',
  'scratch',
  'int32At',
  'floatAt',
  'doubleAt',
  'zigZagLow',
  'zigZagHigh',
  'mergeRepeated',
  'utf8Error',
  'mismatchError',
  'missing',
  'tooMany',
  'cellsMax',
  'EMPTY',
] as const

class Generator {
  readonly #tables = {
    paths: [] as string[],
    enums: [] as EnumType[],
    messages: [] as MessageType[],
    fieldNumbers: [] as number[][],
    leaves: [] as { leaf: LeafPlan; path: string }[],
    maps: [] as { entry: MessageType; key: ScalarType }[],
  }
  readonly #declarations: string[] = []

  get tables(): DecoderTables {
    return this.#tables
  }

  code(root: string): string {
    return [
      "'use strict'",
      `const { ${RUNTIME_NAMES.join(', ')} } = rt`,
      'let cellsLeft = 0',
      ...this.#declarations,
      `return (b, start, end) => { cellsLeft = cellsMax; ${root}(b, start, end) }`,
    ].join('\n')
  }

  #declare(prefix: string, expression: string): string {
    const name = `${prefix}${this.#declarations.length}`
    this.#declarations.push(`const ${name} = ${expression}`)
    return name
  }

  #table<Item>(items: Item[], item: Item): number {
    return items.push(item) - 1
  }

  bindColumn(expression: string, plan: ColumnPlan): BoundColumn {
    const column = this.#declare('c', expression)
    const pathIndex = this.#table(this.#tables.paths, plan.path)
    if (plan.entry) return { plan, pathIndex, column, enumNames: '', ...this.#bindMap(column, plan.entry) }
    const item = plan.field.repetition === 'repeated' ? this.#declare('e', `${column}.element`) : column
    return { plan, pathIndex, column, item, ...this.#bindValue(item, plan.value, plan.path) }
  }

  #bindValue(item: string, value: ValuePlan, path: string): Pick<BoundColumn, 'writer' | 'enumNames' | 'width'> {
    switch (value.kind) {
      case 'scalar':
        return { writer: '', enumNames: '', width: 1 }
      case 'enum': {
        const index = this.#table(this.#tables.enums, value.enumType)
        return { writer: '', enumNames: this.#declare('n', `rt.enumNames[${index}]`), width: 1 }
      }
      case 'leaf': {
        const index = this.#table(this.#tables.leaves, { leaf: value.leaf, path })
        return { writer: this.#declare('w', `rt.leafAppender(${index}, ${item})`), enumNames: '', width: 1 }
      }
      case 'wrapper': {
        const columns = value.plan.columns.map((inner) => this.bindColumn(item, inner))
        return { writer: this.messageFunction(value.plan.message, columns, ''), enumNames: '', width: 1 }
      }
      case 'struct': {
        const columns = value.plan.columns.map((inner, index) => this.bindColumn(`${item}.fields[${index}]`, inner))
        const writer = this.messageFunction(value.plan.message, columns, `${item}.appendPresent()`)
        return { writer, enumNames: '', width: 1 + widthOf(columns) }
      }
    }
  }

  #bindMap(column: string, entry: MessagePlan): Pick<BoundColumn, 'item' | 'writer' | 'width'> {
    const [key, value] = entry.columns
    assert(key?.value.kind === 'scalar' && value, 'an entry has a scalar key and a value')
    const columns = [this.bindColumn(`${column}.key`, key), this.bindColumn(`${column}.value`, value)]
    const index = this.#table(this.#tables.maps, { entry: entry.message, key: key.value.scalar })
    const writer = this.messageFunction(entry.message, columns, '')
    return { item: this.#declare('m', `rt.mapEntries(${index})`), writer, width: widthOf(columns) }
  }

  /** Declares the function that reads one message and appends one row; `finish` comes last. Returns its name. */
  messageFunction(message: MessageType, columns: readonly BoundColumn[], finish: string): string {
    const fields = columns.map((column, index) => new FieldCode(column, index, message))
    const messageIndex = this.#table(this.#tables.messages, message)
    const merge = `const merged = overrides ? mergeRepeated(b, start, end, ${messageIndex}) : null`
    return this.#declare(
      'd',
      [
        '(b, start, end) => {',
        'let p = start, t = 0, z = 0, after = 0, overrides = false',
        ...message.oneofs.map((_, index) => `let o${index} = 0`),
        ...fields.map((field) => field.variables()),
        'while (p < end) {',
        // Nearly every tag is one byte.
        't = b[p]',
        'if (t < 0x80 && t >= 8) p++',
        'else { p = readTag(b, p, end); t = tagOf() }',
        `switch (${this.#selector(message)}) {`,
        ...fields.map((field, index) => `case ${index}: ${field.read()} break`),
        'default: p = skipValue(b, p, end, t)',
        '}',
        '}',
        ...(fields.some((field) => field.mayOverride) ? [merge] : []),
        ...fields.map((field) => field.append()),
        finish,
        '}',
      ].join('\n'),
    )
  }
  /** An expression for the field's index by its number: cases without gaps become a jump table, however far numbers lie apart. */
  #selector(message: MessageType): string {
    const isInOrder = message.fields.every(({ number }, index) => number === index + 1)
    if (isInOrder) return '(t >>> 3) - 1'
    const index = this.#table(
      this.#tables.fieldNumbers,
      message.fields.map(({ number }) => number),
    )
    return `${this.#declare('i', `rt.fieldIndex(${index})`)}.at(t >>> 3)`
  }
}

function widthOf(columns: readonly BoundColumn[]): number {
  return columns.reduce((sum, { width }) => sum + width, 0)
}
