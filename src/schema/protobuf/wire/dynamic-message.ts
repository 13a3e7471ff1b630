import { assert } from '../../../shared/assert.ts'
import type { FieldType, MessageType } from '../link/types.ts'

/**
 * A message of any schema as a value, for the tools and for descriptors; records on their way to a table never become
 * one. Singular fields are there when they were set; 64-bit integers are bigint, enums numbers.
 */
export class DynamicMessage {
  readonly type: MessageType
  readonly values = new Map<FieldType, DynamicValue>()

  constructor(type: MessageType) {
    this.type = type
  }

  get(name: string): DynamicValue | undefined {
    const field = this.type.fieldByName.get(name)
    assert(field, `${this.type.fullName} has no field ${name}`)
    return this.values.get(field)
  }

  /** Sets a field and, in a oneof, clears the other members. */
  set(field: FieldType, value: DynamicValue): void {
    for (const member of field.oneof?.fields ?? []) if (member !== field) this.values.delete(member)
    this.values.set(field, value)
  }

  /** Adds an item to a repeated field. */
  append(field: FieldType, item: DynamicValue): void {
    const known = this.values.get(field)
    if (Array.isArray(known)) known.push(item)
    else this.values.set(field, [item])
  }
}

export type DynamicScalar = boolean | number | bigint | string | Uint8Array

export type DynamicValue = DynamicScalar | DynamicMessage | DynamicValue[] | Map<DynamicScalar, DynamicValue>
