import avsc from 'avsc'
import type { SchemaJson } from './avro-arbitraries.ts'

/** avsc keeps longs as numbers unless told how to read and write them. */
export const longAsBigint = avsc.types.LongType.__with({
  fromBuffer: (bytes: Buffer) => bytes.readBigInt64LE(),
  toBuffer: (value: bigint) => {
    const bytes = Buffer.alloc(8)
    bytes.writeBigInt64LE(value)
    return bytes
  },
  fromJSON: BigInt,
  toJSON: Number,
  isValid: (value: unknown) => typeof value === 'bigint',
  compare: (a: bigint, b: bigint) => (a < b ? -1 : a > b ? 1 : 0),
})

export function avscType(schema: SchemaJson): avsc.Type {
  return avsc.Type.forSchema(schema as never, { registry: { long: longAsBigint } })
}

/** A long in Avro's encoding. */
export function zigzagHex(value: bigint): string {
  return longAsBigint.toBuffer(value).toString('hex')
}
