import type { SchemaJson } from './avro-arbitraries.ts'

/** Short forms for the schemas of a table of cases. */
export function logical(type: string, logicalType: string, more: object = {}): SchemaJson {
  return { type, logicalType, ...more }
}

export function logicalFixed(size: number, logicalType: string, more: object = {}): SchemaJson {
  return { type: 'fixed', name: 'F', size, logicalType, ...more }
}

export function recordOf(...fields: [name: string, type: SchemaJson][]): SchemaJson {
  return { type: 'record', name: 'R', fields: fields.map(([name, type]) => ({ name, type })) }
}
