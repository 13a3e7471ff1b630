import { describe, expect, test } from 'vitest'
import { incompatibilities, type EarlierVersion } from '../../src/registry/compatibility.ts'
import { compatibilityLevels, type CompatibilityLevel, type RegistryConfig } from '../../src/registry/config.ts'
import type { CompatibilityQuestion, Incompatibility } from '../../src/schema/compatibility.ts'
import type { ParsedSchema, SchemaLanguage, SchemaType } from '../../src/schema/language.ts'
import { HeadgateError } from '../../src/shared/errors.ts'

/**
 * A language in which a schema is a set of letters: a reader can read what was written when it knows no letter that the
 * writer did not write.
 */
function letters(text: string, schemaType: SchemaType = 'AVRO'): ParsedSchema {
  const unused = (): never => {
    throw new Error('not asked here')
  }
  const others = { normalizedText: unused, formattedText: unused, checkAsNew: unused, rowType: unused, compileDecoder: unused }
  return { schemaType, canonicalText: text, ...others }
}

const asked: string[] = []

const language: SchemaLanguage = {
  schemaType: 'AVRO',
  parse: ({ text }) => letters(text),
  checkCompatibility({ reader, writer, names, policy }: CompatibilityQuestion): Incompatibility[] {
    asked.push(`${reader.canonicalText}<${writer.canonicalText}`)
    return reader.canonicalText
      .split('')
      .filter((letter) => !writer.canonicalText.includes(letter))
      .map((letter) => ({
        errorType: 'MISSING',
        path: `/${letter}`,
        description: `${letter} of ${names.reader} not in ${names.writer}`,
        additionalInfo: policy,
      }))
  },
}

/** Oldest first, as 1, 2 and so on. */
function judge(
  candidate: ParsedSchema,
  earlier: readonly string[],
  config: RegistryConfig & { compatibilityLevel: CompatibilityLevel },
): string[] {
  asked.length = 0
  const versions = earlier.map((text, index): EarlierVersion => {
    const [own = '', major] = text.split('@')
    return {
      version: index + 1,
      schemaType: 'AVRO',
      parsed: () => letters(own),
      metadata: () => (major ? { properties: { major } } : undefined),
    }
  })
  const metadata = candidate.canonicalText.includes('@') ? undefined : { properties: { major: 'x' } }
  return incompatibilities({ parsed: candidate, metadata }, versions.toReversed(), { config, language })
}

describe('which versions are asked, and in which direction', () => {
  for (const [level, questions] of [
    ['NONE', []],
    ['BACKWARD', ['abc<abc']],
    ['BACKWARD_TRANSITIVE', ['abc<abc', 'abc<abcd', 'abc<abcde']],
    ['FORWARD', ['abc<abc']],
    ['FULL', ['abc<abc', 'abc<abc']],
  ] as const)
    test(level, () => {
      expect(judge(letters('abc'), ['abcde', 'abcd', 'abc'], { compatibilityLevel: level })).toEqual([])
      expect(asked).toEqual(questions)
    })

  test('FORWARD asks the older one to read the newer', () => {
    judge(letters('ab'), ['a'], { compatibilityLevel: 'FORWARD' })
    expect(asked).toEqual(['a<ab'])
  })

  test('FULL asks both ways', () => {
    judge(letters('ab'), ['a'], { compatibilityLevel: 'FULL' })
    expect(asked).toEqual(['ab<a', 'a<ab'])
  })

  test('every level takes a first version', () => {
    for (const compatibilityLevel of compatibilityLevels) expect(judge(letters('a'), [], { compatibilityLevel })).toEqual([])
  })
})

describe('messages', () => {
  test('name each broken rule, then the version and its text', () => {
    expect(judge(letters('abc'), ['a'], { compatibilityLevel: 'BACKWARD' })).toEqual([
      "{errorType:'MISSING', description:'b of new not in old', additionalInfo:'STRICT'}",
      "{errorType:'MISSING', description:'c of new not in old', additionalInfo:'STRICT'}",
      '{oldSchemaVersion: 1}',
      "{oldSchema: 'a'}",
    ])
  })

  test('say old and new by who reads', () => {
    expect(judge(letters('a'), ['ab'], { compatibilityLevel: 'FORWARD', compatibilityPolicy: 'LENIENT' })[0]).toBe(
      "{errorType:'MISSING', description:'b of old not in new', additionalInfo:'LENIENT'}",
    )
  })

  test('stop at the newest version that does not fit', () => {
    const messages = judge(letters('ab'), ['x', 'a', 'ab'], { compatibilityLevel: 'BACKWARD_TRANSITIVE' })
    expect(messages).toContain('{oldSchemaVersion: 2}')
    expect(asked).toEqual(['ab<ab', 'ab<a'])
  })

  test('quote no more than 10 KiB of the earlier schema', () => {
    const messages = judge(letters('b'), ['a'.repeat(20_000)], { compatibilityLevel: 'BACKWARD' })
    expect(messages.at(-1)).toBe(`{oldSchema: '${'a'.repeat(10_240)}...'}`)
  })

  test('another language is a message of its own', () => {
    expect(judge(letters('a', 'JSON'), ['a'], { compatibilityLevel: 'FULL' })).toEqual(['Incompatible because of different schema type'])
    expect(judge(letters('a', 'JSON'), ['a'], { compatibilityLevel: 'NONE' })).toEqual([])
  })
})

test('with a group only versions of the same group are asked', () => {
  const config = { compatibilityLevel: 'BACKWARD_TRANSITIVE', compatibilityGroup: 'major' } as const
  judge(letters('a'), ['a@x', 'b@y', 'ab@x', 'c'], config)
  expect(asked).toEqual(['a<ab', 'a<a'])
})

test('a comparison that is too much work is no permission', () => {
  const tooMuch: SchemaLanguage = {
    ...language,
    checkCompatibility() {
      throw new HeadgateError('too-large', 'more than 10 steps')
    },
  }
  const earlier: EarlierVersion = { version: 1, schemaType: 'AVRO', parsed: () => letters('a'), metadata: () => undefined }
  const config = { compatibilityLevel: 'BACKWARD' } as const
  expect(() => incompatibilities({ parsed: letters('a'), metadata: undefined }, [earlier], { config, language: tooMuch })).toThrow(
    /cannot be decided: more than 10 steps/,
  )
})
