import type { TablePreview } from '../registry/compatibility-query.ts'
import { isFlagSet, jsonOption, textFlag, type Command } from './command.ts'
import { exitCodes } from './exit-codes.ts'
import { withoutControls } from './output/text-width.ts'
import { write, writeJson } from './output/write.ts'
import { schemaFileOf, schemaFileOptions, type SchemaFile } from './schemas/schema-file.ts'
import { httpOption } from './server/addresses.ts'
import { pathOf, ServerClient } from './server/server-client.ts'

/** Asks what `schema register` would answer, and changes nothing. */
export const schemaCheck: Command = {
  name: 'schema check',
  summary: "Say whether a schema could be registered, and what that would do to the topic's table.",
  usage: 'FILE --subject SUBJECT [--version V] [--type AVRO|JSON|PROTOBUF] [--reference NAME=SUBJECT:VERSION ...]',
  details: [
    'The schema is held against the versions that the compatibility level of the subject looks at.',
    'Nothing is registered. FILE is - for standard input.',
  ],
  options: {
    ...schemaFileOptions,
    version: { type: 'string', value: 'V', doc: 'Hold it against this version alone, or against the latest.' },
    ...httpOption,
    ...jsonOption,
  },
  positionals: ['FILE'],
  examples: [
    'headgate schema check order.avsc --subject orders-value',
    "headgate schema check order.avsc --subject orders-value --json | jq '.table.changes'",
    'headgate schema check order.proto --subject orders-value --version latest --reference common/money.proto=money:1',
  ],
  exits: ['notFound', 'refused', 'unavailable'],
  async run(invocation) {
    const file = await schemaFileOf(invocation)
    const verdict = await judge(ServerClient.of(invocation), file, textFlag(invocation, 'version'))
    if (isFlagSet(invocation, 'json')) await writeJson(invocation.stdout, jsonOf(file.subject, verdict))
    else await write(invocation.stdout, textOf(file.subject, verdict))
    return verdict.refusals.length === 0 ? exitCodes.ok : exitCodes.refused
  },
}

interface CheckAnswer {
  readonly is_compatible: boolean
  readonly messages?: readonly string[]
  /** Absent for a schema that cannot be read. */
  readonly table?: TablePreview
  /** Absent in answers of registries that are not ours. */
  readonly registration?: { readonly outcome: 'registered' | 'known'; readonly version: number } | Refusal
}

interface Refusal {
  readonly outcome: 'refused'
  readonly message: string
}

interface Verdict {
  readonly answer: CheckAnswer
  /** Why a registration would be refused, a reason each; none when it would not. */
  readonly refusals: readonly string[]
  /** The version that the schema is already: to register it again changes nothing. */
  readonly version?: number
}

async function judge(server: ServerClient, { subject, schemaType, schema, references }: SchemaFile, against?: string): Promise<Verdict> {
  const body = { schemaType, schema, references: references.map((reference) => ({ ...reference })) }
  const path = pathOf('compatibility', 'subjects', subject, 'versions', ...(against === undefined ? [] : [against]))
  const answer = await server.post<CheckAnswer>(`${path}?verbose=true&table=true`, body)
  const { registration } = answer
  if (against !== undefined || !registration) return { answer, refusals: refusalsAgainst(answer) }
  if (registration.outcome === 'refused') return { answer, refusals: refusalsOf(answer, registration) }
  return { answer, refusals: [], ...(registration.outcome === 'known' ? { version: registration.version } : {}) }
}

/** The reasons one by one, where the answer has them. */
function refusalsOf(answer: CheckAnswer, { message }: Refusal): readonly string[] {
  const refusals = refusalsAgainst(answer)
  return refusals.length > 0 ? refusals : [message]
}

/** What stands against one version, or against those that the level looks at. */
function refusalsAgainst({ is_compatible: isCompatible, messages = [], table }: CheckAnswer): readonly string[] {
  if (!isCompatible) return messages.length > 0 ? messages : ['it may not follow the versions of the subject']
  return typeof table?.refusal === 'string' ? [table.refusal] : []
}

function jsonOf(subject: string, { answer, refusals, version }: Verdict): object {
  const { is_compatible: compatible, table } = answer
  const known = version === undefined ? {} : { version }
  return { subject, accepted: refusals.length === 0, compatible, reasons: refusals, ...known, ...(table ? { table } : {}) }
}

function textOf(subject: string, { answer, refusals, version }: Verdict): string {
  if (version !== undefined) return `${subject} has the schema as version ${version} already\n`
  const verdict = refusals.length === 0 ? `${subject} would accept the schema` : `${subject} would refuse the schema:`
  return [verdict, ...refusals.map((reason) => indented(reason)), ...tableLines(answer.table)].map((line) => `${line}\n`).join('')
}

function tableLines(table: TablePreview | undefined): string[] {
  if (!table) return []
  if (table.topic === null) return [table.text]
  const title = table.exists ? `the table of topic ${table.topic}:` : `topic ${table.topic} has no table yet; its columns would be:`
  return [title, indented(table.text)]
}

/** Texts of the server quote what strangers wrote. */
function indented(text: string): string {
  return text
    .split('\n')
    .map((line) => `  ${withoutControls(line)}`)
    .join('\n')
}
