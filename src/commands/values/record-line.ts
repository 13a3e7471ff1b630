import { isUtf8 } from 'node:buffer'
import { asBuffer, utf8Bytes } from '../../shared/bytes.ts'
import { stringifyJson, type JsonObject } from '../../shared/json.ts'
import type { RecordWalker } from '../../protocol/records/record-walker.ts'
import type { ReadRecord } from '../kafka/read-partitions.ts'
import { withoutControls } from '../output/text-width.ts'
import type { DecodedValue } from './record-decoder.ts'

/** `value`: what was sent; `document`: all about the record around it; `raw`: the stored bytes. */
export type RecordForm = 'value' | 'document' | 'raw'

/** A record as `consume` prints it, its line feed included. `value` is undefined where nothing was decoded. */
export function recordLine(
  read: ReadRecord,
  value: DecodedValue | undefined,
  { form, isForTerminal }: { form: RecordForm; isForTerminal: boolean },
): Uint8Array {
  const bytes = form === 'document' ? documentBytes(read, value) : valueBytes(read.record, value)
  if (bytes === undefined) return new Uint8Array(0)
  if (!isForTerminal || form === 'raw') return Buffer.concat([bytes, LINE_FEED])
  return utf8Bytes(`${withoutControls(asBuffer(bytes).toString('utf8'))}\n`)
}

const LINE_FEED = Uint8Array.of(0x0a)

/** Undefined for what was not decoded: a line that is no JSON would break whoever reads the lines. */
function valueBytes(record: RecordWalker, value: DecodedValue | undefined): Uint8Array | undefined {
  switch (value?.kind) {
    case undefined:
      return record.bytes.subarray(Math.max(0, record.valueStart), Math.max(0, record.valueEnd))
    case 'null':
      return utf8Bytes('null')
    case 'json':
      return utf8Bytes(value.text)
    case 'bytes':
      return value.bytes
    case 'undecodable':
      return undefined
  }
}

function documentBytes({ partition, offset, timestampMs, record }: ReadRecord, value: DecodedValue | undefined): Uint8Array {
  const { bytes, keyStart, keyEnd } = record
  const place = { partition, offset, timestampMs, ...textMember('key', keyStart < 0 ? null : bytes.subarray(keyStart, keyEnd)) }
  const headers = headersOf(record)
  const start = stringifyJson({ ...place, ...(headers.length > 0 ? { headers } : {}) })
  return utf8Bytes(`${start.slice(0, -1)},${valueMembers(value)}}`)
}

/** Decoded text stands as it is, so that no number in it changes. */
function valueMembers(value: DecodedValue | undefined): string {
  if (value?.kind === 'json') return `"schemaId":${value.schemaId},"value":${value.text}`
  const members: JsonObject =
    value?.kind === 'bytes'
      ? textMember('value', value.bytes)
      : value?.kind === 'undecodable'
        ? { problem: value.reason, valueBase64: base64(value.bytes) }
        : { value: null }
  return stringifyJson(members).slice(1, -1)
}

function headersOf(record: RecordWalker): JsonObject[] {
  const headers: JsonObject[] = []
  while (record.nextHeader()) {
    const { bytes, headerKeyStart, headerKeyEnd, headerValueStart, headerValueEnd } = record
    const key = asBuffer(bytes.subarray(headerKeyStart, headerKeyEnd)).toString('utf8')
    headers.push({ key, ...textMember('value', headerValueStart < 0 ? null : bytes.subarray(headerValueStart, headerValueEnd)) })
  }
  return headers
}

/** Bytes that are text as text, others in base64 under a name that says so. */
function textMember(name: string, bytes: Uint8Array | null): JsonObject {
  if (bytes === null) return { [name]: null }
  return isUtf8(bytes) ? { [name]: asBuffer(bytes).toString('utf8') } : { [`${name}Base64`]: base64(bytes) }
}

function base64(bytes: Uint8Array): string {
  return asBuffer(bytes).toString('base64')
}
