import { limits } from '../../../shared/limits.ts'
import type { LinkedSchema, MessageType } from '../link/types.ts'
import { wellKnownName } from '../well-known/well-known-files.ts'
import { wellKnownType } from '../well-known/well-known-types.ts'

/**
 * A message type of descriptor.proto; the schema's own instance when it imports that file, because its extensions are
 * attached to that.
 */
export function descriptorType(name: string, schema?: Pick<LinkedSchema, 'messages'>): MessageType {
  const fullName = `google.protobuf.${name}`
  const own = schema?.messages.get(fullName)
  return own && wellKnownName(own) === fullName ? own : wellKnownType(fullName)
}

/** Messages nested as deep as they may be, with their fields, options and what these hold. */
export const DESCRIPTOR_NESTING_MAX = 2 * limits.nestingMax + 8
