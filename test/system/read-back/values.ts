/**
 * What a cell of a table holds, said so that no two kinds of value look alike: bigint for longs, number for doubles,
 * and a class of its own for what is stored as a number but means something else.
 */
export type Cell =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | Decimal
  | Micros
  | Days
  | MapOf
  | readonly Cell[]
  | { readonly [field: string]: Cell }

export class Decimal {
  readonly unscaled: bigint
  readonly scale: number

  constructor(unscaled: bigint, scale: number) {
    this.unscaled = unscaled
    this.scale = scale
  }
}

/** Since 1970-01-01T00:00:00. */
export class Micros {
  readonly micros: bigint
  readonly isUtc: boolean

  constructor(micros: bigint, { isUtc }: { isUtc: boolean }) {
    this.micros = micros
    this.isUtc = isUtc
  }
}

/** Since 1970-01-01. */
export class Days {
  readonly days: number

  constructor(days: number) {
    this.days = days
  }
}

export class MapOf {
  readonly entries: readonly (readonly [key: Cell, value: Cell])[]

  constructor(entries: readonly (readonly [key: Cell, value: Cell])[]) {
    this.entries = entries
  }
}

export type Row = { readonly [column: string]: Cell }

/** A column of one language: its type in a schema, and what each value that goes in must come out as. */
export interface Column {
  readonly name: string
  /** The type as the language writes it. */
  readonly type: unknown
  readonly values: readonly (readonly [written: unknown, read: Cell])[]
  /** What is read where nothing was written. */
  readonly absent?: Cell
}

/** One schema, its values framed or bare, and the rows that they must be. */
export interface Sample {
  readonly schemaType: 'AVRO' | 'JSON' | 'PROTOBUF'
  readonly schema: string
  readonly values: readonly Uint8Array[]
  readonly rows: readonly Row[]
}

/** Row n takes the n-th value of every column that has one. */
export function rowsOf(columns: readonly Column[]): { written: { readonly [column: string]: unknown }; read: Row }[] {
  const count = Math.max(...columns.map(({ values }) => values.length))
  return Array.from({ length: count + 1 }, (_, index) => {
    const written: { [column: string]: unknown } = {}
    const read: { [column: string]: Cell } = {}
    for (const { name, values, absent = null } of columns) {
      const value = values[index]
      if (value) written[name] = value[0]
      read[name] = value ? value[1] : absent
    }
    return { written, read }
  })
}

export const micros = {
  year1: -62_135_596_800_000_000n,
  beforeEpoch: -1n,
  end9999: 253_402_300_799_999_999n,
} as const
export const days = { year1: -719_162, end9999: 2_932_896 } as const
export const long = { min: -(2n ** 63n), max: 2n ** 63n - 1n } as const
export const nines = (digits: number): bigint => 10n ** BigInt(digits) - 1n
