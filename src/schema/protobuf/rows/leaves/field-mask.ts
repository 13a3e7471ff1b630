import type { BytesColumn } from '../../../../columns/bytes-column.ts'
import { RecordError } from '../../../language.ts'
import { fieldMaskText } from '../../json/field-mask.ts'
import { readLeaf } from './read-leaf.ts'

/** google.protobuf.FieldMask as its JSON: `user.displayName,photo`. */
export function appendFieldMask(column: BytesColumn, bytes: Uint8Array, start: number, end: number, path: string): void {
  const mask = readLeaf('google.protobuf.FieldMask', bytes, start, end, path)
  const text = fieldMaskText((mask.get('paths') ?? []) as string[])
  if (text === null) throw new RecordError(path, 'a path of a FieldMask has no JSON form')
  column.appendText(text)
}
