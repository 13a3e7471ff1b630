import type { RowType } from './row-type.ts'

/** A column's type for people, in the words of table formats: `list<struct<a: long>>`. JSON text is a string there. */
export function typeText(type: RowType): string {
  switch (type.kind) {
    case 'decimal':
      return `decimal(${type.precision}, ${type.scale})`
    case 'timestamp':
      return type.isUtc ? 'timestamptz' : 'timestamp'
    case 'json':
      return 'string'
    case 'struct':
      return `struct<${type.fields.map((field) => `${field.name}: ${typeText(field.type)}`).join(', ')}>`
    case 'list':
      return `list<${typeText(type.element.type)}>`
    case 'map':
      return `map<${typeText(type.key.type)}, ${typeText(type.value.type)}>`
    default:
      return type.kind
  }
}
