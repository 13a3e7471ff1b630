import { assert } from '../../../shared/assert.ts'
import type { FieldType, MessageType } from '../link/types.ts'
import { DynamicMessage, type DynamicValue } from '../wire/dynamic-message.ts'

/** Plain data by JSON names; enums by name. Undefined fields and empty lists are left out. */
export interface Fields {
  readonly [name: string]: FieldContent | readonly FieldContent[] | undefined
}

type FieldContent = string | number | boolean | bigint | Uint8Array | DynamicMessage | Fields

export function buildMessage(type: MessageType, fields: Fields): DynamicMessage {
  const message = new DynamicMessage(type)
  for (const [name, content] of Object.entries(fields)) {
    const field = type.fieldByName.get(name)
    assert(field, `${type.fullName} has no field ${name}`)
    if (content === undefined) continue
    const value = isList(content) ? content.map((item) => buildValue(field, item)) : buildValue(field, content)
    if (!Array.isArray(value) || value.length > 0) message.values.set(field, value)
  }
  return message
}

function isList(content: FieldContent | readonly FieldContent[]): content is readonly FieldContent[] {
  return Array.isArray(content)
}

function buildValue({ type }: FieldType, content: FieldContent): DynamicValue {
  if (type.kind === 'enum') {
    const number = type.numberByName.get(content as string)
    assert(number !== undefined, `${type.fullName} has no value ${content as string}`)
    return number
  }
  const isBuilt = typeof content !== 'object' || content instanceof Uint8Array || content instanceof DynamicMessage
  if (isBuilt) return content as DynamicValue
  assert(type.kind === 'message', 'fields for a scalar')
  return buildMessage(type.message, content)
}
