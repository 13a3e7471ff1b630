import { utf8Bytes } from '../../shared/bytes.ts'
import { DECIMAL_PRECISION_MAX, type Absent, type ColumnPlan, type RootPlan, type Scalar } from './column-plan.ts'
import { cellsOf, leastBytesOf } from './plan-size.ts'
import { decimalShape, type DecimalShape } from './decimal-readers.ts'
import type { ReaderName } from './readers.ts'
import type { Location, PathStep } from './value-cursor.ts'
import type { SymbolTable } from './value-readers.ts'

/**
 * A plan written out as JavaScript: the body of a function of `(readers, constants, columns, cursor)` that returns the
 * decoder of one record. A record is a straight line of reader calls, an array or map a loop around such a line.
 *
 * No text of the schema gets into the source: columns, constants and locations are numbered, and names live in data.
 */
export interface DecoderCode {
  readonly source: string
  readonly constants: readonly Constant[]
  /** For the cursor: where each read belongs. */
  readonly locations: readonly Location[]
}

export type Constant = SymbolTable | DecimalShape | Uint8Array

export function generateDecoder(plan: RootPlan, readerNames: readonly ReaderName[]): DecoderCode {
  const generator = new DecoderGenerator()
  generator.addRoot(plan)
  const source = [
    `'use strict'`,
    `const { ${readerNames.join(', ')} } = readers`,
    ...generator.declarations,
    'return function decodeRecord(bytes, start, end) {',
    'cursor.begin(bytes, start, end)',
    ...generator.statements,
    'cursor.at = 0',
    'endValue(cursor)',
    '}',
  ].join('\n')
  return { source, constants: generator.constants, locations: generator.locations }
}

class DecoderGenerator {
  readonly declarations: string[] = []
  readonly statements: string[] = []
  readonly constants: Constant[] = []
  readonly locations: Location[] = [[]]
  #columnCount = 0
  #blockCount = 0

  addRoot({ isRecord, fields }: RootPlan): void {
    const planned = fields.filter((field): field is typeof field & { plan: ColumnPlan } => field.plan.kind !== 'absent')
    planned.forEach(({ name, plan }, index) => {
      this.#addValue(plan, { column: this.#declareColumn(`columns[${index}]`), path: isRecord ? [{ kind: 'field', name }] : [], level: 0 })
    })
  }

  #addValue(plan: ColumnPlan, place: Place): void {
    switch (plan.kind) {
      case 'scalar':
        this.#setLocation(place)
        return this.#emit(this.#scalarCall(plan.scalar, place.column))
      case 'constant': {
        const constant = this.#declareConstant(utf8Bytes(plan.json))
        return this.#emit(`${place.column}.append(${constant}, 0, ${constant}.length)`)
      }
      case 'always-null':
        return this.#emit(`${place.column}.appendNull()`)
      case 'union':
        return this.#addUnion(plan, place)
      case 'struct':
        return this.#addStruct(plan.fields, place)
      case 'list':
        return this.#addList(plan, place)
      case 'map':
        return this.#addMap(plan, place)
    }
  }

  #addUnion({ branchCount, nullIndex, value }: ColumnPlan & { kind: 'union' }, place: Place): void {
    this.#setLocation(place)
    if (nullIndex < 0) {
      this.#emit(`readBranch(cursor, ${branchCount})`)
      return this.#addValue(value, place)
    }
    this.#emit(`if (readBranch(cursor, ${branchCount}) === ${nullIndex}) ${place.column}.appendNull()`, 'else {')
    this.#addValue(value, place)
    this.#emit('}')
  }

  #addStruct(fields: readonly { name: string; plan: ColumnPlan | Absent }[], { column, path, level }: Place): void {
    let fieldIndex = 0
    for (const { name, plan } of fields) {
      if (plan.kind === 'absent') continue
      const fieldColumn = this.#declareColumn(`${column}.fields[${fieldIndex++}]`)
      this.#addValue(plan, { column: fieldColumn, path: [...path, { kind: 'field', name }], level })
    }
    this.#emit(`${column}.appendPresent()`)
  }

  #addList({ element }: ColumnPlan & { kind: 'list' }, place: Place): void {
    const { column, level } = place
    const elementColumn = this.#declareColumn(`${column}.element`)
    const itemPath: Location = [...place.path, { kind: 'item', level }]
    this.#addBlocks(place, { bytesMin: leastBytesOf(element), cells: cellsOf(element) }, () => {
      this.#addValue(element, { column: elementColumn, path: itemPath, level: level + 1 })
      this.#emit(`cursor.itemIndexes[${level}]++`)
    })
  }

  #addMap({ value }: ColumnPlan & { kind: 'map' }, place: Place): void {
    const { column, level } = place
    const keyColumn = this.#declareColumn(`${column}.key`)
    const valueColumn = this.#declareColumn(`${column}.value`)
    const valuePath: Location = [...place.path, { kind: 'key', level }]
    this.#addBlocks(place, { bytesMin: 1 + leastBytesOf(value), cells: 1 + cellsOf(value) }, () => {
      this.#setLocation(place)
      this.#emit(`readKey(cursor, ${keyColumn}, ${level})`)
      this.#addValue(value, { column: valueColumn, path: valuePath, level: level + 1 })
    })
  }

  /** The blocks of an array or map, with `addItem` inside, and then its row. */
  #addBlocks(place: Place, { bytesMin, cells }: { bytesMin: number; cells: number }, addItem: () => void): void {
    const block = this.#blockCount++
    this.#emit(`cursor.itemIndexes[${place.level}] = 0`, 'for (;;) {')
    this.#setLocation(place)
    this.#emit(`const count${block} = readBlockCount(cursor, ${bytesMin}, ${cells})`, `if (count${block} === 0) break`)
    this.#emit(`const end${block} = cursor.blockEnd`, `for (let index = 0; index < count${block}; index++) {`)
    addItem()
    this.#emit('}')
    this.#setLocation(place)
    this.#emit(`endBlock(cursor, end${block})`, '}', `${place.column}.appendPresent()`)
  }

  #scalarCall(scalar: Scalar, column: string): string {
    const call = (reader: ReaderName, argument?: string | number): string =>
      `${reader}(cursor, ${column}${argument === undefined ? '' : `, ${argument}`})`
    switch (scalar.kind) {
      case 'boolean':
        return call('readBoolean')
      case 'int':
        return call('readInt')
      case 'long':
        return call('readLong')
      case 'float':
        return call('readFloat')
      case 'double':
        return call('readDouble')
      case 'bytes':
        return call('readBytes')
      case 'string':
        return call('readString')
      case 'fixed':
        return call('readFixed', scalar.size)
      case 'enum':
        return call('readEnum', this.#declareConstant(symbolTable(scalar.symbols)))
      case 'date':
        return call('readDate')
      case 'time':
        return call(scalar.unit === 'millis' ? 'readTimeMillis' : 'readTimeMicros')
      case 'timestamp':
        return call(timestampReaders[scalar.unit])
      case 'duration':
        return call('readDuration')
      case 'uuid':
        return call(scalar.isFixed ? 'readUuidFixed' : 'readUuidText')
      case 'decimal': {
        const reader = scalar.precision > DECIMAL_PRECISION_MAX ? 'readDecimalText' : 'readDecimal'
        return call(reader, this.#declareConstant(decimalShape(scalar)))
      }
      case 'big-decimal':
        return call('readBigDecimal')
    }
  }

  #setLocation({ path }: Place): void {
    this.locations.push(path)
    this.#emit(`cursor.at = ${this.locations.length - 1}`)
  }

  #declareColumn(expression: string): string {
    const name = `column${this.#columnCount++}`
    this.declarations.push(`const ${name} = ${expression}`)
    return name
  }

  #declareConstant(constant: Constant): string {
    const name = `constant${this.constants.length}`
    this.declarations.push(`const ${name} = constants[${this.constants.length}]`)
    this.constants.push(constant)
    return name
  }

  #emit(...statements: string[]): void {
    this.statements.push(...statements)
  }
}

/** What a value is written to, what it is called in a message, and how many arrays and maps are around it. */
interface Place {
  readonly column: string
  readonly path: readonly PathStep[]
  readonly level: number
}

const timestampReaders = { millis: 'readTimestampMillis', micros: 'readTimestampMicros', nanos: 'readTimestampNanos' } as const

function symbolTable(symbols: readonly string[]): SymbolTable {
  const offsets = new Int32Array(symbols.length + 1)
  symbols.forEach((symbol, index) => (offsets[index + 1] = (offsets[index] as number) + symbol.length))
  return { count: symbols.length, bytes: utf8Bytes(symbols.join('')), offsets }
}
