import { HeadgateError } from '../shared/errors.ts'
import { countFlag, isFlagSet, jsonOption, textFlag, type Command, type Invocation } from './command.ts'
import { exitCodes } from './exit-codes.ts'
import { styleOf } from './output/style.ts'
import { tableText } from './output/table-text.ts'
import { write, writeJson, writeJsonLines } from './output/write.ts'
import { schemaCheck } from './schema-check.ts'
import { schemaFolderCommands } from './schema-folder.ts'
import { schemaFileOf, schemaFileOptions } from './schemas/schema-file.ts'
import { mapSomeAtOnce } from './schemas/some-at-once.ts'
import { httpOption } from './server/addresses.ts'
import { schemaById, schemaVersion, type RegistrySchema, type RegistryVersion } from './server/registry-client.ts'
import { pathOf, ServerClient } from './server/server-client.ts'

const schemaRegister: Command = {
  name: 'schema register',
  summary: 'Register a schema as the next version of a subject.',
  usage: 'FILE --subject SUBJECT [--type AVRO|JSON|PROTOBUF] [--reference NAME=SUBJECT:VERSION ...]',
  details: [
    'The values of topic T are judged by subject T-value, from its first version on. FILE is - for standard input.',
    'A schema that the subject has already is answered as it is; nothing changes then.',
  ],
  options: {
    ...schemaFileOptions,
    ...httpOption,
    ...jsonOption,
  },
  positionals: ['FILE'],
  examples: [
    'headgate schema register order.avsc --subject orders-value',
    'headgate schema register order.proto --subject orders-value --reference common/money.proto=money:1',
    'jq .value bundle.json | headgate schema register - --type JSON --subject orders-value',
  ],
  exits: ['notFound', 'refused', 'unavailable'],
  async run(invocation) {
    const { subject, schemaType, schema, references } = await schemaFileOf(invocation)
    const server = ServerClient.of(invocation)
    const body = { schemaType, schema, references: references.map((reference) => ({ ...reference })) }
    const registered = await server.post<RegistrySchema & { version: number }>(pathOf('subjects', subject, 'versions'), body)
    const { id, guid, version } = registered
    if (isFlagSet(invocation, 'json')) await writeJson(invocation.stdout, { subject, version, id, guid, schemaType })
    else await write(invocation.stdout, `${subject} version ${version} has schema id ${id}\n`)
    return exitCodes.ok
  },
}

const schemaGet: Command = {
  name: 'schema get',
  summary: 'Print a schema by its subject and version, or by its id.',
  usage: '(--subject SUBJECT [--version V] | --id N)',
  options: {
    subject: { type: 'string', value: 'SUBJECT', doc: 'The subject, such as orders-value.' },
    version: { type: 'string', value: 'V', doc: 'A version of the subject.', fallback: 'latest' },
    id: { type: 'string', value: 'N', doc: 'A schema id, as records carry it.' },
    ...httpOption,
    ...jsonOption,
  },
  positionals: [],
  examples: [
    'headgate schema get --subject orders-value',
    'headgate schema get --subject orders-value --version 2 --json',
    'headgate schema get --id 7',
  ],
  exits: ['notFound', 'unavailable'],
  async run(invocation) {
    const schema = await askedSchema(invocation)
    if (isFlagSet(invocation, 'json')) await writeJson(invocation.stdout, schema)
    else await write(invocation.stdout, `${schema.schema.trimEnd()}\n`)
    return exitCodes.ok
  },
}

const schemaList: Command = {
  name: 'schema list',
  summary: 'List the subjects with their newest version.',
  usage: '',
  options: { ...httpOption, ...jsonOption },
  positionals: [],
  examples: ['headgate schema list', "headgate schema list --json | jq -r '.subject'"],
  exits: ['unavailable'],
  async run(invocation) {
    const server = ServerClient.of(invocation)
    const subjects = await server.get<readonly string[]>('/subjects')
    const versions = await mapSomeAtOnce(subjects, (subject) => schemaVersion(server, subject))
    if (isFlagSet(invocation, 'json'))
      await writeJsonLines(
        invocation.stdout,
        versions.map(({ subject, version, id, guid, schemaType }) => ({ subject, version, id, guid, schemaType })),
      )
    else await write(invocation.stdout, versionsText(versions, invocation))
    return exitCodes.ok
  },
}

export const schemaCommands: readonly Command[] = [schemaRegister, schemaCheck, schemaGet, schemaList, ...schemaFolderCommands]

async function askedSchema(invocation: Invocation): Promise<RegistrySchema> {
  const subject = textFlag(invocation, 'subject')
  const version = textFlag(invocation, 'version')
  const schemaId = countFlag(invocation, 'id', { min: 1 })
  const server = ServerClient.of(invocation)
  if (subject !== undefined && schemaId === undefined) return schemaVersion(server, subject, version)
  if (schemaId === undefined || subject !== undefined || version !== undefined)
    throw new HeadgateError('invalid-argument', 'say which schema: either --subject, with or without --version, or --id')
  const schema = await schemaById(server, schemaId)
  if (!schema) throw new HeadgateError('not-found', `there is no schema with id ${schemaId}`)
  return schema
}

function versionsText(versions: readonly RegistryVersion[], { stdout, environment }: Invocation): string {
  if (versions.length === 0) return 'no schemas yet; headgate schema register adds one\n'
  return tableText<RegistryVersion>(
    [
      { title: 'SUBJECT', text: ({ subject }) => subject },
      { title: 'VERSION', text: ({ version }) => String(version), isNumber: true },
      { title: 'ID', text: ({ id }) => String(id), isNumber: true },
      { title: 'TYPE', text: ({ schemaType }) => schemaType },
    ],
    versions,
    { style: styleOf(stdout, environment) },
  )
}
