import { limits } from '../../shared/limits.ts'
import { registryErrors } from '../registry-error.ts'
import type { RegistryIndex } from '../registry-index.ts'
import { contextPrefix } from '../subject.ts'

/**
 * Subjects by `?subjectPrefix=`, in order: of all contexts when it is left out or starts with `:*:`, else of the one it
 * names; one that names none is the default context's.
 */
export function* namedSubjects(index: RegistryIndex, prefix = EVERY_CONTEXT): Generator<string> {
  if (!prefix.startsWith(EVERY_CONTEXT)) return yield* ofOneContext(index, prefix)
  const name = prefix.slice(EVERY_CONTEXT.length)
  // Without a name this is every subject there is, in the order the index has anyway.
  if (name === '') return yield* index.subjectsWithPrefix('')
  for (const context of index.contexts()) yield* index.subjectsWithPrefix(contextPrefix(context) + name)
}

const EVERY_CONTEXT = ':*:'

function* ofOneContext(index: RegistryIndex, prefix: string): Generator<string> {
  const isQualified = prefix.startsWith(':.')
  const start = prefix.startsWith(':.:') ? prefix.slice(':.:'.length) : isQualified && !prefix.includes(':', 1) ? `${prefix}:` : prefix
  const isDefault = !isQualified || prefix.startsWith(':.:')
  for (const subject of index.subjectsWithPrefix(start)) if (!isDefault || !subject.startsWith(':.')) yield subject
}

/**
 * A JSON list of values that are JSON text already. Throws RegistryError 400 when it would be longer than `lengthMax`: a
 * page of a thousand large schemas is more than a process can put together.
 */
export function listText(values: Iterable<string>, { lengthMax = limits.registryAnswerLengthMax }: { lengthMax?: number } = {}): string {
  const texts: string[] = []
  let length = 0
  for (const value of values) {
    length += value.length + 1
    if (length > lengthMax)
      throw registryErrors.badRequest(`The answer would have more than ${lengthMax} characters; ask for fewer with limit=${texts.length}`)
    texts.push(value)
  }
  return `[${texts.join(',')}]`
}
