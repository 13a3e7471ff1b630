import type { CompatibilityQuestion } from '../../compatibility.ts'
import type { Rule, Words } from './finding.ts'

type Names = CompatibilityQuestion['names']

/** One sentence for people about a broken rule. */
export function sentenceOf(rule: Rule, path: string, words: Words & { names: Names }): string {
  const { name = '', ofReader = '', ofWriter = '', names } = words
  return sentences[rule]({ path, name, ofReader, ofWriter, reader: names.reader, writer: names.writer })
}

interface SentenceParts {
  readonly path: string
  readonly name: string
  readonly ofReader: string
  readonly ofWriter: string
  readonly reader: string
  readonly writer: string
}

const sentences: { readonly [rule in Rule]: (parts: SentenceParts) => string } = {
  PACKAGE_CHANGED: ({ path, ofReader, ofWriter, reader, writer }) =>
    `The package (path '${path}') is '${ofReader}' in the ${reader} schema and '${ofWriter}' in the ${writer} schema`,
  MESSAGE_REMOVED: ({ path, reader, writer }) => `The message at path '${path}' of the ${writer} schema is missing in the ${reader} schema`,
  FIELD_KIND_CHANGED: changed('which cannot be read as one another'),
  FIELD_SCALAR_KIND_CHANGED: changed('which differ on the wire'),
  FIELD_NUMERIC_LABEL_CHANGED: changed('which differ on the wire for numbers'),
  FIELD_NAMED_TYPE_CHANGED: changed('which are not the same message'),
  REQUIRED_FIELD_ADDED: ({ path, name, reader, writer }) =>
    `The field '${name}' at path '${path}' is required in the ${reader} schema and does not exist in the ${writer} schema`,
  REQUIRED_FIELD_REMOVED: ({ path, name, reader, writer }) =>
    `The field '${name}' at path '${path}' is required in the ${writer} schema and does not exist in the ${reader} schema`,
  ONEOF_FIELD_REMOVED: ({ path, name, reader, writer }) =>
    `The field '${name}' at path '${path}' is one of several in the ${writer} schema and does not exist in the ${reader} schema`,
  MULTIPLE_FIELDS_MOVED_TO_ONEOF: excluded,
  FIELD_MOVED_TO_EXISTING_ONEOF: excluded,
}

function changed(consequence: string): (parts: SentenceParts) => string {
  return ({ path, name, ofReader, ofWriter, reader, writer }) =>
    `The field '${name}' at path '${path}' is ${ofReader} in the ${reader} schema and ${ofWriter} in the ${writer} schema, ${consequence}`
}

function excluded({ path, ofWriter, reader, writer }: SentenceParts): string {
  return `The oneof at path '${path}' in the ${reader} schema joins what can be set together in the ${writer} schema: ${ofWriter}`
}
