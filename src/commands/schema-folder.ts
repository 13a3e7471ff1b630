import { isFlagSet, jsonOption, textFlag, type Command, type Invocation, type Output } from './command.ts'
import { settingSpecs } from '../settings.ts'
import { exitCodes } from './exit-codes.ts'
import { withoutControls } from './output/text-width.ts'
import { write, writeJson } from './output/write.ts'
import type { AnyRegistry } from './schemas/any-registry.ts'
import type { SubjectDifference } from './schemas/diff-folder.ts'
import type { PulledFile } from './schemas/pull-folder.ts'
import type { Pushed } from './schemas/push-folder.ts'
import { registryDetails, registryOptions } from './schemas/registry-options.ts'

const folderOptions = {
  schemas: { type: 'string', value: 'DIR', doc: 'The folder of schemas. HEADGATE_SCHEMAS', fallback: settingSpecs.schemas.fallback },
  ...registryOptions,
  ...jsonOption,
} as const

const folderUsage = '[--schemas DIR] [--registry URL] [--user NAME] [--ca FILE]'

const schemaPull: Command = {
  name: 'schema pull',
  summary: "Write a registry's schemas into the folder of schemas.",
  usage: `${folderUsage} [--history]`,
  details: [
    'The newest version of each subject becomes a file; files that hold the same schema are left as they are.',
    'No file is ever deleted. What files cannot say is told on standard error.',
    ...registryDetails,
  ],
  options: { ...folderOptions, history: { type: 'boolean', doc: 'Write every version, as value.v1.avsc and so on.' } },
  positionals: [],
  examples: [
    'headgate schema pull --schemas schemas',
    'headgate schema pull --registry https://registry.example.com --user ci --ca ca.pem',
    'headgate schema pull --history --json',
  ],
  exits: ['notFound', 'alreadyExists', 'refused', 'unavailable'],
  async run(invocation) {
    const { pullFolder } = await import('./schemas/pull-folder.ts')
    const { stdout, stderr } = invocation
    const isJson = isFlagSet(invocation, 'json')
    await withRegistry(invocation, (registry) =>
      pullFolder(folderOf(invocation), registry, {
        withHistory: isFlagSet(invocation, 'history'),
        tell: (pulled) => tell(stdout, pulled, { isJson, text: pulledText }),
        note: (text) => write(stderr, `note: ${withoutControls(text)}\n`),
      }),
    )
    return exitCodes.ok
  },
}

const schemaPush: Command = {
  name: 'schema push',
  summary: 'Register the folder of schemas in a registry.',
  usage: folderUsage,
  details: [
    'What is registered already changes nothing; what others refer to comes first. The first refusal ends it.',
    'The compatibility that a topic.json names is set before the schemas of its topic.',
    ...registryDetails,
  ],
  options: folderOptions,
  positionals: [],
  examples: [
    'headgate schema push --schemas schemas',
    'HEADGATE_REGISTRY_TOKEN=$TOKEN headgate schema push --registry https://registry.example.com',
  ],
  exits: ['notFound', 'refused', 'unavailable'],
  async run(invocation) {
    const { pushFolder } = await import('./schemas/push-folder.ts')
    const { stdout, stderr } = invocation
    const isJson = isFlagSet(invocation, 'json')
    const folder = folderOf(invocation)
    let toldCount = 0
    await withRegistry(invocation, (registry) =>
      pushFolder(folder, registry, {
        tell(pushed) {
          toldCount++
          return tell(stdout, pushed, { isJson, text: pushedText })
        },
        tellDifference: (difference) => write(stderr, indented(difference)),
      }),
    )
    if (toldCount === 0) await write(stderr, `note: there are no schemas in ${withoutControls(folder)}\n`)
    return exitCodes.ok
  },
}

const schemaDiff: Command = {
  name: 'schema diff',
  summary: 'Say how the folder of schemas and a registry differ.',
  usage: folderUsage,
  details: [
    'Here is the folder, there the registry: - is a line of the registry, + one of the folder that push would bring.',
    'Schemas are compared in canonical form. The exit code is 1 when anything differs.',
    ...registryDetails,
  ],
  options: folderOptions,
  positionals: [],
  examples: [
    'headgate schema diff --schemas schemas',
    'headgate schema diff --registry https://registry.example.com --json | jq -r \'select(.status != "equal").subject\'',
  ],
  exits: ['notFound', 'refused', 'unavailable'],
  async run(invocation) {
    const { diffFolder } = await import('./schemas/diff-folder.ts')
    const differences = await withRegistry(invocation, (registry) => diffFolder(folderOf(invocation), registry))
    const isJson = isFlagSet(invocation, 'json')
    for (const difference of differences) await tell(invocation.stdout, difference, { isJson, text: differenceText })
    return differences.every(({ status }) => status === 'equal') ? exitCodes.ok : exitCodes.failed
  },
}

export const schemaFolderCommands: readonly Command[] = [schemaPull, schemaPush, schemaDiff]

function folderOf(invocation: Pick<Invocation, 'flags' | 'environment'>): string {
  const set = invocation.environment['HEADGATE_SCHEMAS']
  return textFlag(invocation, 'schemas') ?? (set === undefined || set === '' ? settingSpecs.schemas.fallback : set)
}

async function withRegistry<Result>(invocation: Invocation, work: (registry: AnyRegistry) => Promise<Result>): Promise<Result> {
  const [{ registryAccess }, { RegistryHttp }, { AnyRegistry }] = await Promise.all([
    import('./schemas/registry-access.ts'),
    import('./schemas/registry-http.ts'),
    import('./schemas/any-registry.ts'),
  ])
  const http = await RegistryHttp.open(await registryAccess(invocation), invocation.signal)
  try {
    return await work(new AnyRegistry(http))
  } finally {
    http.close()
  }
}

function tell<Item>(stdout: Output, item: Item, { isJson, text }: { isJson: boolean; text: (item: Item) => string }): Promise<void> {
  return isJson ? writeJson(stdout, item) : write(stdout, text(item))
}

function pulledText({ kind, subject, version, path }: PulledFile): string {
  return `${kind.padEnd(10)}  ${withoutControls(`${path} (version ${version} of ${subject})`)}\n`
}

function pushedText(pushed: Pushed): string {
  const { kind, subject } = pushed
  const what = kind === 'level' ? `compatibility ${pushed.compatibility}` : `version ${pushed.version}`
  return `${kind.padEnd(10)}  ${withoutControls(`${subject} ${what} (${pushed.path})`)}\n`
}

function differenceText({ subject, status, differences }: SubjectDifference): string {
  return [
    `${status.padEnd(10)}  ${withoutControls(subject)}\n`,
    ...differences.flatMap(({ path, version, text }) => [
      withoutControls(`  version ${version} there, ${path} here`),
      '\n',
      indented(text),
    ]),
  ].join('')
}

/** Texts of registries are strangers' texts. */
function indented(text: string): string {
  return text
    .split('\n')
    .map((line) => `    ${withoutControls(line)}\n`)
    .join('')
}
