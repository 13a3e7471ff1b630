import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { compileJudge } from '../../../src/schema/json/compile.ts'
import { readSchema } from '../../../src/schema/json/language.ts'
import type { ResolvedReference } from '../../../src/schema/language.ts'
import { messageOf } from '../../../src/shared/errors.ts'

/**
 * The public test suite of JSON Schema, required tests only, against the judge of records: whether a schema has columns
 * is another question. Documents at an address are given as references, since nothing is fetched.
 */
interface Case {
  readonly description: string
  readonly schema: boolean | object
  readonly tests: readonly { readonly description: string; readonly data: unknown; readonly valid: boolean }[]
}

/** What is known to differ, by file and case, and why. A case in this list that comes to pass fails the test, too. */
const differences: { readonly [file: string]: { readonly [description: string]: string } } = {
  properties: {
    'properties whose names are Javascript object property names': 'a property cannot be named __proto__: the schema is refused',
  },
  vocabulary: {
    'schema that uses custom metaschema with with no validation vocabulary': 'meta-schemas of others are refused: $schema names a dialect',
    'ignore unrecognized optional vocabulary': 'meta-schemas of others are refused: $schema names a dialect',
  },
}

/** In the suite's newest draft a format is an annotation only; records are judged by formats in every dialect. */
const judgedFormat = /^invalid (?!idn-|iri).* string is only an annotation by default$/

/** The dialect's address, and the folder of its own documents among the suite's remote ones. */
const dialects = {
  'draft-04': { $schema: 'http://json-schema.org/draft-04/schema#', folder: 'draft4' },
  'draft-06': { $schema: 'http://json-schema.org/draft-06/schema#', folder: 'draft6' },
  'draft-07': { $schema: 'http://json-schema.org/draft-07/schema#', folder: 'draft7' },
  '2019-09': { $schema: 'https://json-schema.org/draft/2019-09/schema', folder: 'draft2019-09' },
  '2020-12': { $schema: 'https://json-schema.org/draft/2020-12/schema', folder: 'draft2020-12' },
} as const
type Dialect = (typeof dialects)[keyof typeof dialects]

const read = (name: string): unknown =>
  JSON.parse(readFileSync(new URL(`../../golden/json-schema-test-suite/${name}.json`, import.meta.url), 'utf8'))
const remotes = Object.entries(read('remotes') as { [address: string]: unknown }).map(([name, document]): ResolvedReference => ({
  name,
  text: JSON.stringify(document),
}))

for (const [name, dialect] of Object.entries(dialects))
  describe(`the required tests of ${name} pass`, () => {
    for (const [file, cases] of Object.entries(read(name) as { [file: string]: Case[] }))
      test(file, () => {
        const failed = cases.filter((each) => failuresOf(each, dialect).length > 0)
        const unexpected = failed.filter(({ description }) => differences[file]?.[description] === undefined)
        expect(unexpected.flatMap((each) => failuresOf(each, dialect))).toEqual([])
        const known = cases.filter(({ description }) => differences[file]?.[description] !== undefined)
        expect(known.filter((each) => !failed.includes(each)).map(({ description }) => description)).toEqual([])
      })
  })

/** What the judge sees in another way than the suite. */
function failuresOf({ description, schema, tests }: Case, { $schema, folder }: Dialect): string[] {
  try {
    const text = JSON.stringify(typeof schema === 'boolean' ? schema : { $schema, ...schema })
    const { schema: unified, patterns } = readSchema({ schemaType: 'JSON', text, references: referencesOf(text, folder) })
    const judge = compileJudge(unified, patterns)
    return tests
      .filter(({ description: name, data, valid }) => judge(data) !== (valid && !judgedFormat.test(name)))
      .map((each) => `${description}: ${each.description}`)
  } catch (error) {
    return [`${description}: ${messageOf(error)}`]
  }
}

/** The documents of this draft or of all whose file names occur in a schema, or in one of those. */
function referencesOf(text: string, folder: string): ResolvedReference[] {
  const ofDraft = remotes.filter(({ name }) => !name.includes('/draft') || name.includes(`/${folder}/`))
  const found = new Set<ResolvedReference>()
  const texts = [text]
  for (const each of texts)
    for (const remote of ofDraft)
      if (!found.has(remote) && each.includes(remote.name.slice(remote.name.lastIndexOf('/') + 1))) {
        found.add(remote)
        texts.push(remote.text)
      }
  return [...found]
}
