import { limits } from '../../../shared/limits.ts'
import type { EnumType, FieldType, MessageType, ScalarType } from '../link/types.ts'
import { wellKnownName } from '../well-known/well-known-files.ts'
import { decimalTypeOf, fieldDoc } from './confluent-meta.ts'
import { leafPlan, WRAPPER_NAMES, type LeafPlan } from './leaf-plan.ts'
import { unsupported } from './unsupported.ts'

/**
 * How a message becomes columns: decided once, here, and followed by both the row type and the generated decoder, so that
 * the two cannot disagree. Types are expanded per path, so a plan is a tree.
 */
export interface MessagePlan {
  readonly message: MessageType
  readonly columns: readonly ColumnPlan[]
}

export interface ColumnPlan {
  readonly field: FieldType
  /** `$.a.b`, for errors. */
  readonly path: string
  readonly value: ValuePlan
  /** Only for a map: its entry message, whose columns are key and value. */
  readonly entry: MessagePlan | null
  readonly doc: string | undefined
}

export type ValuePlan =
  | { readonly kind: 'scalar'; readonly scalar: ScalarType }
  | { readonly kind: 'enum'; readonly enumType: EnumType }
  | { readonly kind: 'struct'; readonly plan: MessagePlan }
  /** google.protobuf.Int64Value and its like: the one field inside writes the column. */
  | { readonly kind: 'wrapper'; readonly plan: MessagePlan }
  /** A message that becomes one value, by a function of its own. */
  | { readonly kind: 'leaf'; readonly leaf: LeafPlan }

/** Throws HeadgateError `unsupported` with the path of what has no place in a table. */
export function planColumns(message: MessageType): MessagePlan {
  return new Planner().message(message, '$')
}

class Planner {
  readonly #pending: MessageType[] = []
  #columnCount = 0

  message(message: MessageType, path: string): MessagePlan {
    if (this.#pending.includes(message))
      throw unsupported(path, `the message ${message.fullName} contains itself; recursive messages are not mapped to columns`)
    if (this.#pending.length === limits.nestingMax) throw unsupported(path, `messages are nested deeper than ${limits.nestingMax}`)
    this.#pending.push(message)
    checkNames(message, path)
    const columns = message.fields.map((field) => this.#column(field, `${path}.${field.name}`))
    this.#pending.pop()
    return { message, columns }
  }

  #column(field: FieldType, path: string): ColumnPlan {
    if (++this.#columnCount > limits.columnsMax) throw unsupported(path, `the message has more than ${limits.columnsMax} columns`)
    const doc = fieldDoc(field)
    if (field.repetition !== 'map') return { field, path, value: this.#value(field, field, path), entry: null, doc }
    const entry = this.#entry(field, path)
    return { field, path, value: { kind: 'struct', plan: entry }, entry, doc }
  }

  /** The value of a map takes its annotations from the map's own field. */
  #entry(field: FieldType, path: string): MessagePlan {
    const { message } = field.type as FieldType['type'] & { kind: 'message' }
    const columns = message.fields.map((entryField): ColumnPlan => {
      const entryPath = `${path}.${entryField.name}`
      return { field: entryField, path: entryPath, value: this.#value(entryField, field, entryPath), entry: null, doc: undefined }
    })
    return { message, columns }
  }

  #value({ type }: FieldType, annotated: FieldType, path: string): ValuePlan {
    if (type.kind === 'scalar') return type
    if (type.kind === 'enum') return { kind: 'enum', enumType: type }
    const { message } = type
    const name = wellKnownName(message)
    if (name !== undefined && WRAPPER_NAMES.has(name)) return { kind: 'wrapper', plan: this.message(message, path) }
    const leaf = leafPlan(message, decimalTypeOf(annotated, path))
    return leaf ? { kind: 'leaf', leaf } : { kind: 'struct', plan: this.message(message, path) }
  }
}

function checkNames(message: MessageType, path: string): void {
  const seen = new Map<string, string>()
  for (const { name } of message.fields) {
    const lowerCase = name.toLowerCase()
    const other = seen.get(lowerCase)
    if (other !== undefined)
      throw unsupported(`${path}.${name}`, `the name differs from ${other} only in case, which tables do not tell apart`)
    if (path === '$' && lowerCase.startsWith('_kafka_'))
      throw unsupported(`${path}.${name}`, 'names that start with _kafka_ are taken by metadata')
    seen.set(lowerCase, name)
  }
}
