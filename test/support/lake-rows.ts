import type { LakeRow } from './lake-readers.ts'

/** Compares rows of one partition. */
export function byOffset(a: LakeRow, b: LakeRow): number {
  return Number(a['_kafka_offset']) - Number(b['_kafka_offset'])
}

/** A row without the metadata columns. */
export function valueColumns(row: LakeRow): LakeRow {
  return Object.fromEntries(Object.entries(row).filter(([column]) => !column.startsWith('_kafka_')))
}
