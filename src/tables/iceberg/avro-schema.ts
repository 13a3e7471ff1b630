/**
 * The part of Avro that Iceberg's manifests and manifest lists use. Values travel keyed by Iceberg field id, never by
 * name: foreign writers use older names for the same ids.
 */
export type AvroSchema = AvroPrimitive | AvroRecordSchema | AvroArraySchema | AvroWrappedSchema | AvroFixedSchema | readonly AvroSchema[]

export type AvroPrimitive = 'null' | 'boolean' | 'int' | 'long' | 'float' | 'double' | 'bytes' | 'string'

export interface AvroRecordSchema {
  readonly type: 'record'
  readonly name: string
  readonly fields: readonly AvroField[]
}

export interface AvroField {
  readonly name: string
  readonly type: AvroSchema
  readonly default?: null
  /** Always there in what Headgate writes. */
  readonly 'field-id'?: number
}

export interface AvroArraySchema {
  readonly type: 'array'
  readonly items: AvroSchema
  readonly 'element-id'?: number
  /** `map`: a list of key-value records, as Avro's own maps take only string keys. */
  readonly logicalType?: string
}

/** `{"type": "int", "logicalType": "date"}` and its like. */
export interface AvroWrappedSchema {
  readonly type: AvroPrimitive
  readonly logicalType?: string
}

/** UUIDs and decimals as partition values of foreign tables. */
export interface AvroFixedSchema {
  readonly type: 'fixed'
  readonly name: string
  readonly size: number
}

/** A `long` is a number while it is a safe integer, else a bigint. */
export type AvroValue = null | boolean | number | bigint | string | Uint8Array | readonly AvroValue[] | AvroRecord

/** By field id. */
export interface AvroRecord {
  readonly [fieldId: number]: AvroValue
}

export function isOptional(schema: AvroSchema): schema is readonly AvroSchema[] {
  return Array.isArray(schema)
}

export function requiredField(id: number, name: string, type: AvroSchema): AvroField {
  return { name, type, 'field-id': id }
}

export function optionalField(id: number, name: string, type: AvroSchema): AvroField {
  return { name, type: ['null', type], default: null, 'field-id': id }
}

export function arrayOf(elementId: number, items: AvroSchema): AvroArraySchema {
  return { type: 'array', items, 'element-id': elementId }
}

/** A map with int keys, as Iceberg spells it (spec, Appendix A). */
export function intMap(keyId: number, valueId: number, value: AvroSchema): AvroArraySchema {
  return {
    type: 'array',
    logicalType: 'map',
    items: {
      type: 'record',
      name: `k${keyId}_v${valueId}`,
      fields: [requiredField(keyId, 'key', 'int'), requiredField(valueId, 'value', value)],
    },
  }
}
