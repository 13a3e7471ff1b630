import type { SchemaType } from '../../schema/language.ts'

/** Where the folder of schemas keeps a subject: the opposite of what reading it does. */
export interface TopicPart {
  readonly topic: string
  readonly part: 'key' | 'value'
}

const extensions = { AVRO: 'avsc', JSON: 'json', PROTOBUF: 'proto' } as const satisfies Record<SchemaType, string>

/**
 * The topic whose key or value a subject is for; undefined for a subject that no file of a topic can stand for. Names
 * that start with `_` or `.` are not read from the folder, and what Kafka takes for no topic could lead out of it.
 */
export function topicPartOf(subject: string): TopicPart | undefined {
  const [, topic, part] = /^([A-Za-z0-9-][\w.-]*)-(key|value)$/.exec(subject) ?? []
  return topic !== undefined && (part === 'key' || part === 'value') ? { topic, part } : undefined
}

/** `orders.avsc`: the value of a topic without a dot in its name. */
export function flatPath({ topic }: TopicPart, schemaType: SchemaType): string {
  return `${topic}.${extensions[schemaType]}`
}

/** `orders/value.avsc`, or `orders/value.v2.avsc` of a history. */
export function richPath({ topic, part }: TopicPart, schemaType: SchemaType, version?: number): string {
  return `${topic}/${part}${version === undefined ? '' : `.v${version}`}.${extensions[schemaType]}`
}

/**
 * The file below `_shared` that others refer to by `name`; undefined when no file can have that name: a URL, an import
 * without its ending, a way out of the folder.
 */
export function sharedPath(name: string, schemaType: SchemaType): string | undefined {
  const path = schemaType === 'AVRO' ? `${name}.avsc` : name
  const isPlain = path.split('/').every((part) => /^[A-Za-z0-9_@+=-][\w.@+=-]*$/.test(part))
  return isPlain && path.endsWith(`.${extensions[schemaType]}`) ? `_shared/${path}` : undefined
}
