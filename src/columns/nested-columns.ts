import { assert } from '../shared/assert.ts'
import { ColumnBuilder } from './column-builder.ts'
import type { ColumnBuffers } from './column-buffers.ts'
import { appendShifted, grownInts, INITIAL_ROWS, nextLength } from './growth.ts'

/** Columns made of columns: children first, then the parent's row. */
export class StructColumn extends ColumnBuilder {
  readonly fields: readonly ColumnBuilder[]

  constructor(fields: readonly ColumnBuilder[]) {
    super()
    this.fields = fields
  }

  /** Call after every field got its value. */
  appendPresent(): void {
    this.pushValid()
  }

  appendNull(): void {
    for (const field of this.fields) field.appendNull()
    this.pushNull()
  }

  truncate(length: number): void {
    for (const field of this.fields) field.truncate(length)
    this.truncateValidity(length)
  }

  appendRange(source: this, start: number, end: number): void {
    this.fields.forEach((field, index) => field.appendRange(source.fields[index] as typeof field, start, end))
    this.appendValidity(source, start, end)
  }

  finish(): ColumnBuffers {
    for (const field of this.fields) assert(field.length === this.length, 'a struct whose fields differ in length')
    const children = this.fields.map((field) => field.finish())
    return { ...this.takeValidity(), offsets: null, values: null, children }
  }

  get byteLength(): number {
    return this.fields.reduce((sum, field) => sum + field.byteLength, 0)
  }
}

/** Lists (one child) and maps (key and value). */
abstract class RepeatedColumn extends ColumnBuilder {
  abstract readonly children: readonly ColumnBuilder[]
  #offsets: Int32Array<ArrayBuffer> = new Int32Array(INITIAL_ROWS + 1)

  /** Call after the row's items were appended to the children. */
  appendPresent(): void {
    this.#pushEnd((this.children[0] as ColumnBuilder).length)
    this.pushValid()
  }

  appendNull(): void {
    this.#pushEnd(this.#offsets[this.length] as number)
    this.pushNull()
  }

  truncate(length: number): void {
    const kept = this.#offsets[Math.min(length, this.length)] as number
    for (const child of this.children) child.truncate(kept)
    this.truncateValidity(length)
  }

  appendRange(source: this, start: number, end: number): void {
    const sourceFirst = source.#offsets[start] as number
    const sourceLast = source.#offsets[end] as number
    this.children.forEach((child, index) => child.appendRange(source.children[index] as typeof child, sourceFirst, sourceLast))
    this.#offsets = appendShifted(this.#offsets, this.length, source.#offsets, { start, end })
    this.appendValidity(source, start, end)
  }

  finish(): ColumnBuffers {
    const { length } = this
    const items = this.#offsets[length] as number
    for (const child of this.children) assert(child.length === items, 'items without a row')
    const children = this.children.map((child) => child.finish())
    const offsets = this.#offsets.subarray(0, length + 1)
    this.#offsets = new Int32Array(nextLength(length + 1))
    return { ...this.takeValidity(), offsets, values: null, children }
  }

  get byteLength(): number {
    return this.length * 4 + this.children.reduce((sum, child) => sum + child.byteLength, 0)
  }

  #pushEnd(end: number): void {
    if (this.length + 1 === this.#offsets.length) this.#offsets = grownInts(this.#offsets, this.length + 2)
    this.#offsets[this.length + 1] = end
  }
}

export class ListColumn extends RepeatedColumn {
  readonly element: ColumnBuilder
  readonly children: readonly ColumnBuilder[]

  constructor(element: ColumnBuilder) {
    super()
    this.element = element
    this.children = [element]
  }
}

export class MapColumn extends RepeatedColumn {
  readonly key: ColumnBuilder
  readonly value: ColumnBuilder
  readonly children: readonly ColumnBuilder[]

  constructor(key: ColumnBuilder, value: ColumnBuilder) {
    super()
    this.key = key
    this.value = value
    this.children = [key, value]
  }
}
