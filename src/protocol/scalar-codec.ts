import { type Codec, nullLength, nullRead, type WireVersion } from './codec.ts'
import type { Reader } from './reader.ts'
import type { Scalar } from './types.ts'
import type { Writer } from './writer.ts'

/** The codecs of the leaves. Only what has a length can be null on the wire. */
export function scalarCodec(kind: Scalar, isNullable: boolean, { isFlexible }: WireVersion): Codec {
  switch (kind) {
    case 'bool':
      return codec(
        1,
        (reader) => reader.bool(),
        (writer, value: boolean) => writer.bool(value),
      )
    case 'int8':
      return codec(
        1,
        (reader) => reader.int8(),
        (writer, value: number) => writer.int8(value),
      )
    case 'int16':
      return codec(
        2,
        (reader) => reader.int16(),
        (writer, value: number) => writer.int16(value),
      )
    case 'int32':
      return codec(
        4,
        (reader) => reader.int32(),
        (writer, value: number) => writer.int32(value),
      )
    case 'int64':
      return codec(
        8,
        (reader) => reader.int64(),
        (writer, value: bigint) => writer.int64(value),
      )
    case 'uuid':
      return codec(
        16,
        (reader) => reader.uuid(),
        (writer, value: string) => writer.uuid(value),
      )
    case 'string':
      return isFlexible ? compactStringCodec(isNullable) : stringCodec(isNullable)
    case 'classicString':
      return clientIdCodec(isNullable)
    case 'bytes':
    case 'records':
      return isFlexible ? compactBytesCodec(isNullable) : bytesCodec(isNullable)
  }
}

function stringCodec(isNullable: boolean): Codec {
  return codec(
    2,
    (reader) => {
      const byteLength = reader.stringLength()
      return byteLength === -1 ? nullRead(isNullable) : reader.string(byteLength)
    },
    (writer, value: string | null) => (value === null ? writer.int16(nullLength(isNullable)) : writer.string(value)),
  )
}

function clientIdCodec(isNullable: boolean): Codec {
  return codec(
    2,
    (reader) => {
      const byteLength = reader.stringLength()
      return byteLength === -1 ? nullRead(isNullable) : reader.lenientString(byteLength)
    },
    stringCodec(isNullable).write,
  )
}

function compactStringCodec(isNullable: boolean): Codec {
  return codec(
    1,
    (reader) => {
      const byteLength = reader.compactLength()
      return byteLength === -1 ? nullRead(isNullable) : reader.string(byteLength)
    },
    (writer, value: string | null) => (value === null ? writer.unsignedVarint(nullLength(isNullable) + 1) : writer.compactString(value)),
  )
}

function bytesCodec(isNullable: boolean): Codec {
  return codec(
    4,
    (reader) => {
      const byteLength = reader.bytesLength()
      return byteLength === -1 ? nullRead(isNullable) : reader.bytes(byteLength)
    },
    (writer, value: Pieces | null) => {
      writer.int32(value === null ? nullLength(isNullable) : lengthOf(value))
      writePieces(writer, value)
    },
  )
}

function compactBytesCodec(isNullable: boolean): Codec {
  return codec(
    1,
    (reader) => {
      const byteLength = reader.compactLength()
      return byteLength === -1 ? nullRead(isNullable) : reader.bytes(byteLength)
    },
    (writer, value: Pieces | null) => {
      writer.unsignedVarint((value === null ? nullLength(isNullable) : lengthOf(value)) + 1)
      writePieces(writer, value)
    },
  )
}

type Pieces = Uint8Array | readonly Uint8Array[]

function lengthOf(pieces: Pieces): number {
  return pieces instanceof Uint8Array ? pieces.byteLength : pieces.reduce((sum, piece) => sum + piece.byteLength, 0)
}

function writePieces(writer: Writer, pieces: Pieces | null): void {
  if (pieces instanceof Uint8Array) writer.bytes(pieces)
  else for (const piece of pieces ?? []) writer.bytes(piece)
}

/** The declared type of a field says what its codec is given; here is where the compiler is told so. */
function codec(bytesMin: number, read: (reader: Reader) => unknown, write: (writer: Writer, value: never) => void): Codec {
  return { bytesMin, read, write: write as (writer: Writer, value: unknown) => void }
}
