import { readFile } from 'node:fs/promises'
import { text as allText } from 'node:stream/consumers'
import { schemaTypes, type SchemaReference } from '../../registry/schema-content.ts'
import type { SchemaType } from '../../schema/language.ts'
import { HeadgateError, messageOf } from '../../shared/errors.ts'
import { argument, choiceFlag, textFlag, textsFlag, type Invocation } from '../command.ts'

/** How a command is told of a schema in a file, the subject it is for, and what it refers to. */
export const schemaFileOptions = {
  subject: { type: 'string', value: 'SUBJECT', doc: 'The subject, such as orders-value.' },
  type: { type: 'string', value: 'TYPE', doc: 'AVRO, JSON or PROTOBUF; by default what the ending .avsc, .json or .proto says.' },
  reference: {
    type: 'string',
    value: 'NAME=SUBJECT:VERSION',
    multiple: true,
    doc: 'What the schema refers to by NAME: an Avro type, a $ref document, an import path.',
  },
} as const

export interface SchemaFile {
  readonly subject: string
  readonly schemaType: SchemaType
  readonly schema: string
  readonly references: readonly SchemaReference[]
}

/** FILE and the flags that go with it; `-` is standard input. Throws `invalid-argument` or `not-found`. */
export async function schemaFileOf(invocation: Invocation): Promise<SchemaFile> {
  const file = argument(invocation, 0)
  const subject = textFlag(invocation, 'subject')
  if (subject === undefined) throw new HeadgateError('invalid-argument', '--subject is missing, such as --subject orders-value')
  const schemaType = choiceFlag(invocation, 'type', schemaTypes) ?? typeOf(file)
  const references = textsFlag(invocation, 'reference').map(referenceOf)
  return { subject, schemaType, schema: await schemaText(file, invocation), references }
}

function typeOf(file: string): SchemaType {
  if (file.endsWith('.avsc')) return 'AVRO'
  if (file.endsWith('.json')) return 'JSON'
  if (file.endsWith('.proto')) return 'PROTOBUF'
  throw new HeadgateError('invalid-argument', `${file} ends in none of .avsc, .json and .proto; say --type AVRO, JSON or PROTOBUF`)
}

/** `money.proto=money:1`; names may contain `=`, subjects may contain `:`. */
function referenceOf(text: string): SchemaReference {
  const [, name, subject, version] = /^(.+)=([^=]+):(\d{1,9})$/.exec(text) ?? []
  if (name === undefined || subject === undefined)
    throw new HeadgateError('invalid-argument', `--reference: expected NAME=SUBJECT:VERSION, got "${text}"`)
  return { name, subject, version: Number(version) }
}

async function schemaText(file: string, { stdin }: Invocation): Promise<string> {
  if (file === '-') return allText(stdin)
  try {
    return await readFile(file, 'utf8')
  } catch (cause) {
    const kind = (cause as NodeJS.ErrnoException).code === 'ENOENT' ? 'not-found' : 'invalid-argument'
    throw new HeadgateError(kind, `${file} cannot be read: ${messageOf(cause)}`, { cause })
  }
}
