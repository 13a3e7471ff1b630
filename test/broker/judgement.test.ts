import { describe, expect, test } from 'vitest'
import { judgementOf, storedJudgementOf } from '../../src/broker/judgement.ts'
import { topicSettings } from '../../src/broker/topic-configs.ts'
import type { TopicSchema, TopicSchemas } from '../../src/registry/topic-schemas.ts'
import type { SchemaType } from '../../src/schema/language.ts'
import { structType } from '../../src/columns/row-type.ts'

const topicId = 'id-of-orders'

function topicWith(configs: { readonly [key: string]: string } = {}) {
  const stored = { name: 'orders', topicId, partitionCount: 1, configs, createdAtMs: 0 }
  return { ...stored, settings: topicSettings(stored, { defaults: {}, namespace: 'lake' }) }
}

function schemasOf(schemaType?: SchemaType): TopicSchemas {
  const schema: TopicSchema | undefined = schemaType && {
    schemaIds: [7, 9],
    storedSchemaIds: [5, 7, 9],
    latest: { schemaId: 9, schemaType },
    rowType: structType([]),
  }
  return { ofTopic: () => schema, definition: () => undefined, idOfGuid: () => undefined, onTopicChange: () => () => undefined }
}

describe('the values of a topic are judged', () => {
  test('by nothing while it has no schema, and their rows are kept where there is a table', () => {
    expect(judgementOf(topicWith(), schemasOf(), { hasTable: false })).toEqual({ value: { kind: 'none' }, isKeyRequired: false })
    expect(judgementOf(topicWith(), schemasOf(), { hasTable: true })).toEqual({
      value: { kind: 'none' },
      isKeyRequired: false,
      tableKey: topicId,
    })
  })

  test('by the live versions of its schema', () => {
    expect(judgementOf(topicWith(), schemasOf('AVRO'), { hasTable: true })).toEqual({
      value: { kind: 'framed', framing: 'auto', allowedSchemaIds: [7, 9] },
      isKeyRequired: false,
      tableKey: topicId,
    })
  })

  test('by nothing where the topic says so, and then what is in the table is decided by the sink', () => {
    expect(judgementOf(topicWith({ 'schema.validation': 'none' }), schemasOf('AVRO'), { hasTable: true })).toEqual({
      value: { kind: 'none' },
      isKeyRequired: false,
    })
  })

  for (const [framing, schemaType, unframedSchemaId] of [
    // An Avro value may begin with the byte 0 of a framed one.
    ['auto', 'AVRO', undefined],
    ['auto', 'JSON', 9],
    ['auto', 'PROTOBUF', 9],
    ['raw', 'AVRO', 9],
    ['confluent', 'JSON', undefined],
    ['header', 'PROTOBUF', undefined],
  ] as const)
    test(`under framing ${framing} in ${schemaType}, a value without an id ${unframedSchemaId ? 'by the latest version' : 'as invalid'}`, () => {
      const { value } = judgementOf(topicWith({ 'schema.framing': framing }), schemasOf(schemaType), { hasTable: true })
      expect(value).toMatchObject({ kind: 'framed', framing })
      expect('unframedSchemaId' in value ? value.unframedSchemaId : undefined).toBe(unframedSchemaId)
    })
})

describe('what is stored is decoded', () => {
  test('also by versions that were deleted since, whatever is judged now', () => {
    expect(storedJudgementOf(topicWith({ 'schema.validation': 'none' }), schemasOf('JSON'))).toEqual({
      value: { kind: 'framed', framing: 'auto', allowedSchemaIds: [5, 7, 9], unframedSchemaId: 9 },
      isKeyRequired: false,
      tableKey: topicId,
    })
  })

  test('as bytes while there is no schema', () => {
    expect(storedJudgementOf(topicWith(), schemasOf())).toEqual({ value: { kind: 'none' }, isKeyRequired: false, tableKey: topicId })
  })
})
