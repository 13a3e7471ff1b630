/** Subjects with a history of Avro records, each schema of 2 KB and different from every other. */

/** A schema's text, in bytes. */
export const SCHEMA_BYTES = 2_048
export const VERSIONS_PER_SUBJECT = 5

const FIELDS = 16

export function subjectName(nth: number): string {
  return `bench-${String(nth).padStart(6, '0')}-value`
}

/** The `version`s of a subject, counted from 1, are each compatible with the one before: each adds a field. */
export function schemaText(nth: number, version: number): string {
  const fields = [
    ...Array.from({ length: FIELDS }, (_, index) => ({ name: `attribute_${index}`, type: TYPES[index % TYPES.length], doc: 'As sent.' })),
    ...Array.from({ length: version - 1 }, (_, index) => ({ name: `added_${index}`, type: ['null', 'string'], default: null })),
  ]
  const textOf = (doc: string): string =>
    JSON.stringify({ type: 'record', name: `Entity${nth}`, namespace: 'com.example.bench', doc, fields })
  return textOf('.'.repeat(SCHEMA_BYTES - textOf('').length))
}

const TYPES = ['string', 'long', 'double', 'boolean', { type: 'array', items: 'string' }]
