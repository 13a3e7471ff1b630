import { assert } from '../../../shared/assert.ts'
import { link } from '../link/link.ts'
import type { LinkedSchema, MessageType } from '../link/types.ts'
import { wellKnownFile, wellKnownPaths } from './well-known-files.ts'

let bundled: ReadonlyMap<string, MessageType> | undefined

/**
 * A message type of the bundled files that are about values, linked on its own, without the extensions of any schema.
 * Those of Buf are about options.
 */
export function wellKnownType(fullName: string): MessageType {
  bundled ??= linkAll()
  const type = bundled.get(fullName)
  assert(type, `${fullName} is not bundled`)
  return type
}

function linkAll(): LinkedSchema['messages'] {
  const paths = wellKnownPaths.filter((path) => path !== 'confluent/types/decimal.proto' && !path.startsWith('buf/'))
  const imports = paths.map((path) => ({ path, modifier: null, offset: 0 }))
  const ast = { syntax: null, packageName: '', imports, options: [], messages: [], enums: [], extends: [], services: [] }
  return link({ source: { name: 'all bundled files', text: '' }, ast }, wellKnownFile).messages
}
