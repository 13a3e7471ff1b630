import { describe, expect, test } from 'vitest'
import { loadLanguage } from '../../src/lanes/languages.ts'
import type { RegistrationAnswer } from '../../src/registry/compatibility-query.ts'
import { mappedRowType } from '../../src/registry/lake-check.ts'
import type { RegistryError } from '../../src/registry/registry-error.ts'
import type { Registry } from '../../src/registry/registry.ts'
import type { SubmittedSchema } from '../../src/registry/submitted-schema.ts'
import { asSent, openRegistry, record } from './registry-under-test.ts'

describe('a check that asks for the table says what a registration answers', () => {
  const query = { against: 'level', isNormalized: false, isVerbose: true, withTable: true } as const

  test('whatever that is', async () => {
    const avro = await loadLanguage('AVRO')
    const table = mappedRowType(avro.parse({ schemaType: 'AVRO', text: record('a', 'b').schema, references: [] }))
    for (const [name, subject, submitted, outcome] of [
      ['a first version', 'new-value', record('a'), { kind: 'registered', version: 1 }],
      ['a second version', 'free-value', record('a', 'b', 'c?'), { kind: 'registered', version: 2 }],
      ['one that is there', 'free-value', record('a', 'b'), { kind: 'known', version: 1 }],
      ['one that may not follow', 'free-value', record('a', 'b', 'c'), { kind: 'refused', errorCode: 409 }],
      ['one that cannot be read', 'free-value', { ...record(), schema: '{' }, { kind: 'refused', errorCode: 42_201 }],
      ['other columns', 't-value', record('a', 'b', 'c?'), { kind: 'refused', errorCode: 409 }],
      ['another order of columns', 't-value', record('b', 'a'), { kind: 'refused', errorCode: 409 }],
      ['a subject that is read only', 'closed-value', record('a', 'c?'), { kind: 'refused', errorCode: 42_205 }],
      ['no subject', '', record('a'), { kind: 'refused', errorCode: 42_208 }],
    ] as const) {
      const registry = await openRegistry({ tableOf: (subject) => (subject === 't-value' ? table : undefined) })
      for (const known of ['t-value', 'free-value', 'closed-value']) await registry.register(known, record('a', 'b'), asSent)
      await registry.setMode('closed-value', { mode: 'READONLY', isForced: false })
      const checked = (await registry.compatibility(subject, submitted, query)).registration
      expect(checked, name).toMatchObject(outcome)
      const answer = await registrationOf(registry, subject, submitted)
      expect(checked, name).toEqual(outcome.kind === 'known' ? { ...answer, kind: 'known' } : answer)
    }
  })
})

/** Registers, and tells the answer as a check tells it. */
async function registrationOf(registry: Registry, subject: string, submitted: SubmittedSchema): Promise<RegistrationAnswer> {
  try {
    const { version } = await registry.register(subject, submitted, asSent)
    return { kind: 'registered', version }
  } catch (error) {
    const { errorCode, message } = error as RegistryError
    return { kind: 'refused', errorCode, message }
  }
}
