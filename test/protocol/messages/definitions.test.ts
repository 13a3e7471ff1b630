import { describe, expect, test } from 'vitest'
import { requestHeader, responseHeader } from '../../../src/protocol/headers.ts'
import { apis } from '../../../src/protocol/messages/all.ts'
import { type Field, type Fields, includesVersion } from '../../../src/protocol/types.ts'
import { covers, type KafkaField, type KafkaMessage, kafkaMessages } from '../kafka-definitions.ts'

/**
 * Both declarations, ours and Kafka's, are written out for one version: the fields on the wire in their order, then
 * the tagged ones, each with its type, nullability and default. A field that only later versions have counts for none.
 */
interface FieldOnTheWire {
  name: string
  type: string
  isNullable: boolean
  tag: number | undefined
  default: unknown
  fields: FieldOnTheWire[] | undefined
}

describe('every declared message is what Kafka declares, in every version', () => {
  for (const api of apis) {
    for (const message of [api.request, api.response]) {
      const kafka = kafkaMessage(api.key, message === api.request ? 'request' : 'response')
      describe(message.name, () => {
        for (let version = message.versions.first; version <= message.versions.last; version++)
          test(`version ${version}`, () => {
            expect(covers(kafka.validVersions, version)).toBe(true)
            expect(ourFields(fieldsOf(message.struct), version)).toEqual(kafkaFields(kafka.fields, version))
          })
        test('is flexible from the same version on', () => {
          for (let version = message.versions.first; version <= message.versions.last; version++)
            expect(version >= message.flexibleFirst, `v${version}`).toBe(covers(kafka.flexibleVersions, version))
        })
        test('declares no field that no version has', () => expect(unusedFields(fieldsOf(message.struct), message.versions)).toEqual([]))
        test('has no bound that Kafka does not have', () => expectSameBounds(fieldsOf(message.struct), kafka.fields))
        test('has the name that Kafka gives it', () => expect(kafka.name.toLowerCase()).toBe(message.name.replace(' ', '').toLowerCase()))
      })
    }
  }
})

describe('the headers are what Kafka declares', () => {
  // Kafka's names of the first two fields are longer than the words that everybody uses for them.
  const renamed: { [name: string]: string } = { requestApiKey: 'apiKey', requestApiVersion: 'apiVersion' }
  for (const [message, name] of [
    [requestHeader, 'RequestHeader'],
    [responseHeader, 'ResponseHeader'],
  ] as const)
    for (let version = message.versions.first; version <= message.versions.last; version++)
      test(`${name} v${version}`, () => {
        const kafka = kafkaMessages.find((candidate) => candidate.type === 'header' && candidate.name === name)
        const fields = kafkaFields(kafka?.fields ?? [], version).map((field) => ({ ...field, name: renamed[field.name] ?? field.name }))
        expect(ourFields(fieldsOf(message.struct), version)).toEqual(fields)
        expect(version >= message.flexibleFirst).toBe(covers(kafka?.flexibleVersions, version))
        expect(covers(kafka?.validVersions, version)).toBe(true)
      })
})

test('an API key is declared once, in ascending order', () => {
  const keys = apis.map(({ key }) => key)
  expect(keys).toEqual([...new Set(keys)].toSorted((a, b) => a - b))
})

test('only Produce advertises versions that it does not have', () => {
  expect(apis.filter(({ versions, advertised }) => advertised.first !== versions.first).map(({ name }) => name)).toEqual(['Produce'])
  for (const { versions, advertised } of apis) expect(advertised.last).toBe(versions.last)
})

function kafkaMessage(apiKey: number, type: 'request' | 'response'): KafkaMessage {
  const found = kafkaMessages.find((message) => message.apiKey === apiKey && message.type === type)
  if (!found) throw new Error(`Kafka has no ${type} with key ${apiKey}`)
  return found
}

function fieldsOf(struct: Field): Fields {
  if (struct.type.kind !== 'struct') throw new Error('not a struct')
  return struct.type.fields
}

function ourFields(fields: Fields, version: number): FieldOnTheWire[] {
  return inWireOrder(
    Object.entries(fields)
      .filter(([, field]) => includesVersion(field.versions, version))
      .map(([name, field]) => ({
        name,
        type: ourType(field),
        isNullable: field.nullable !== undefined && includesVersion(field.nullable, version),
        tag: field.tag,
        default: field.type.kind === 'struct' ? undefined : plainDefault(field.default),
        fields: isStruct(field) ? ourFields(structFields(field), version) : undefined,
      })),
  )
}

function kafkaFields(fields: readonly KafkaField[], version: number): FieldOnTheWire[] {
  return inWireOrder(
    fields
      .filter((field) => covers(field.versions, version))
      .map((field) => ({
        name: ourName(field),
        type: kafkaType(field),
        isNullable: covers(field.nullableVersions, version),
        tag: covers(field.taggedVersions, version) ? field.tag : undefined,
        default: field.fields && !field.type.startsWith('[]') ? undefined : kafkaDefault(field),
        fields: field.fields ? kafkaFields(field.fields, version) : undefined,
      })),
  )
}

function ourName({ name }: KafkaField): string {
  return name.charAt(0).toLowerCase() + name.slice(1)
}

function inWireOrder(fields: FieldOnTheWire[]): FieldOnTheWire[] {
  const tagged = fields.filter(({ tag }) => tag !== undefined).toSorted((a, b) => (a.tag ?? 0) - (b.tag ?? 0))
  return [...fields.filter(({ tag }) => tag === undefined), ...tagged]
}

function isStruct({ type }: Field): boolean {
  return type.kind === 'struct' || (type.kind === 'array' && isStruct(type.element))
}

function structFields({ type }: Field): Fields {
  if (type.kind === 'array') return structFields(type.element)
  return type.kind === 'struct' ? type.fields : {}
}

function ourType({ type }: Field): string {
  return type.kind === 'array' ? `[]${ourType(type.element)}` : type.kind
}

function kafkaType({ type, fields, flexibleVersions }: KafkaField): string {
  if (fields) return type.startsWith('[]') ? '[]struct' : 'struct'
  return type === 'string' && flexibleVersions === 'none' ? 'classicString' : type
}

function plainDefault(value: unknown): unknown {
  if (value instanceof Uint8Array || Array.isArray(value)) return value.length === 0 ? 'empty' : value
  return value
}

/** Written out, or the one that Kafka gives a type that has none. */
function kafkaDefault({ type, default: written, fields }: KafkaField): unknown {
  if (written === 'null') return null
  if (fields || type.startsWith('[]') || type === 'bytes' || type === 'records') return 'empty'
  if (type === 'string') return written ?? ''
  if (type === 'bool') return written === 'true'
  if (type === 'uuid') return '00000000-0000-0000-0000-000000000000'
  return type === 'int64' ? BigInt(written ?? 0) : Number(written ?? 0)
}

/** Bounds outside the versions of a message have no effect there, and must be right all the same. */
function expectSameBounds(fields: Fields, kafka: readonly KafkaField[]): void {
  for (const [name, field] of Object.entries(fields)) {
    const theirs = kafka.find((candidate) => ourName(candidate) === name)
    for (const [ours, written] of [
      [field.versions, theirs?.versions],
      [field.nullable, theirs?.nullableVersions],
    ] as const) {
      if (ours === undefined) continue
      if (ours.first > 0) expect([covers(written, ours.first - 1), covers(written, ours.first)], name).toEqual([false, true])
      if (ours.last < Infinity) expect([covers(written, ours.last), covers(written, ours.last + 1)], name).toEqual([true, false])
    }
    expectSameBounds(structFields(field), theirs?.fields ?? [])
  }
}

function unusedFields(fields: Fields, { first, last }: { first: number; last: number }): string[] {
  const used = (field: Field): boolean => field.versions.first <= last && field.versions.last >= first
  return Object.entries(fields).flatMap(([name, field]) => (used(field) ? unusedFields(structFields(field), { first, last }) : [name]))
}
