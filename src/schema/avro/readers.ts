import { readBigDecimal, readDecimal, readDecimalText } from './decimal-readers.ts'
import {
  readDate,
  readDuration,
  readTimeMicros,
  readTimeMillis,
  readTimestampMicros,
  readTimestampMillis,
  readTimestampNanos,
} from './time-readers.ts'
import { readUuidFixed, readUuidText } from './uuid-readers.ts'
import {
  endBlock,
  endValue,
  readBlockCount,
  readBoolean,
  readBranch,
  readBytes,
  readDouble,
  readEnum,
  readFixed,
  readFloat,
  readInt,
  readKey,
  readLong,
  readString,
} from './value-readers.ts'

/** The vocabulary of generated decoders. */
export const readers = {
  endBlock,
  endValue,
  readBigDecimal,
  readBlockCount,
  readBoolean,
  readBranch,
  readBytes,
  readDate,
  readDecimal,
  readDecimalText,
  readDouble,
  readDuration,
  readEnum,
  readFixed,
  readFloat,
  readInt,
  readKey,
  readLong,
  readString,
  readTimeMicros,
  readTimeMillis,
  readTimestampMicros,
  readTimestampMillis,
  readTimestampNanos,
  readUuidFixed,
  readUuidText,
} as const

export type ReaderName = keyof typeof readers
