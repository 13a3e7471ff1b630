import fc from 'fast-check'
import type { Message } from '../../src/protocol/message.ts'
import { type Field, type Fields, includesVersion, type Scalar } from '../../src/protocol/types.ts'

/** Values of a declared message with any content in the fields that a version has, and defaults in the others. */
export function arbitraryMessage(message: Message<unknown, never>, version: number, overrides: Overrides = {}): fc.Arbitrary<unknown> {
  return arbitraryOf(message.struct, version, overrides)
}

/** Other values for all fields of a name. */
export type Overrides = { readonly [name: string]: fc.Arbitrary<unknown> }

function arbitraryOf(field: Field, version: number, overrides: Overrides): fc.Arbitrary<unknown> {
  const value = arbitraryValue(field, version, overrides)
  const isNullable = field.nullable !== undefined && includesVersion(field.nullable, version)
  return isNullable ? fc.option(value, { nil: null, freq: 3 }) : value
}

function arbitraryValue({ type }: Field, version: number, overrides: Overrides): fc.Arbitrary<unknown> {
  switch (type.kind) {
    case 'struct':
      return arbitraryStruct(type.fields, version, overrides)
    case 'array':
      return fc.array(arbitraryOf(type.element, version, overrides), { maxLength: 3 })
    default:
      return scalars[type.kind]
  }
}

function arbitraryStruct(fields: Fields, version: number, overrides: Overrides): fc.Arbitrary<unknown> {
  const values = Object.entries(fields).map(([name, field]) => {
    const isPresent = includesVersion(field.versions, version)
    return [name, isPresent ? (overrides[name] ?? arbitraryOf(field, version, overrides)) : fc.constant(field.default)] as const
  })
  return fc.record(Object.fromEntries(values), { noNullPrototype: true })
}

// Above the size from which the writer hands bytes through instead of copying them.
const largeBytes = fc.integer({ min: 4000, max: 5000 }).map((length) => new Uint8Array(length).fill(length))
const anyBytes = fc.oneof({ weight: 9, arbitrary: fc.uint8Array({ maxLength: 40 }) }, { weight: 1, arbitrary: largeBytes })
const anyText = fc.oneof(
  { weight: 9, arbitrary: fc.string({ unit: 'grapheme', maxLength: 12 }) },
  { weight: 1, arbitrary: fc.string({ minLength: 120, maxLength: 400 }) },
)

const scalars: { readonly [Kind in Scalar]: fc.Arbitrary<unknown> } = {
  bool: fc.boolean(),
  int8: fc.integer({ min: -0x80, max: 0x7f }),
  int16: fc.integer({ min: -0x8000, max: 0x7fff }),
  int32: fc.integer({ min: -0x8000_0000, max: 0x7fff_ffff }),
  int64: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  uuid: fc.uuid(),
  string: anyText,
  classicString: anyText,
  bytes: anyBytes,
  records: anyBytes,
}
