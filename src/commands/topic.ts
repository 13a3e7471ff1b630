import type { TopicDescription, TopicSummary } from '../http/admin.ts'
import { HeadgateError } from '../shared/errors.ts'
import { argument, countFlag, isFlagSet, jsonOption, textsFlag, type Command, type Invocation } from './command.ts'
import { exitCodes } from './exit-codes.ts'
import { countText, plural } from './output/number-text.ts'
import { styleOf } from './output/style.ts'
import { factsText, tableText } from './output/table-text.ts'
import { write, writeJson, writeJsonLines } from './output/write.ts'
import { httpOption } from './server/addresses.ts'
import { pathOf, ServerClient, type Wire } from './server/server-client.ts'

type Summary = Wire<TopicSummary>
type Description = Wire<TopicDescription>

const topicCreate: Command = {
  name: 'topic create',
  summary: 'Create a topic.',
  usage: 'NAME [--partitions N] [--config KEY=VALUE ...]',
  details: ['A config such as lake.formats=iceberg,delta is checked before anything is created.'],
  options: {
    partitions: { type: 'string', value: 'N', doc: "How many partitions; by default as many as the server's --default-partitions." },
    config: { type: 'string', value: 'KEY=VALUE', multiple: true, doc: 'A config of the topic.' },
    ...httpOption,
    ...jsonOption,
  },
  positionals: ['NAME'],
  examples: [
    'headgate topic create orders',
    'headgate topic create orders --partitions 6 --config lake.formats=iceberg,delta --config lake.commit.interval.ms=1000',
  ],
  exits: ['alreadyExists', 'unavailable'],
  async run(invocation) {
    const partitions = countFlag(invocation, 'partitions', { min: 1 })
    const configs = configsOf(textsFlag(invocation, 'config'))
    const body = { name: argument(invocation, 0), ...(partitions === undefined ? {} : { partitions }), configs }
    const topic = await ServerClient.of(invocation).post<Description>('/v1/topics', body)
    if (isFlagSet(invocation, 'json')) await writeJson(invocation.stdout, topic)
    else await write(invocation.stdout, `created topic ${topic.name} with ${plural(topic.partitions, 'partition')}\n`)
    return exitCodes.ok
  },
}

const topicList: Command = {
  name: 'topic list',
  summary: 'List the topics and their tables.',
  usage: '',
  options: { ...httpOption, ...jsonOption },
  positionals: [],
  examples: ['headgate topic list', "headgate topic list --json | jq -r 'select(.table) | .name'"],
  exits: ['unavailable'],
  async run(invocation) {
    const topics = await ServerClient.of(invocation).get<readonly Summary[]>('/v1/topics')
    if (isFlagSet(invocation, 'json')) await writeJsonLines(invocation.stdout, topics)
    else await write(invocation.stdout, topicsText(topics, invocation))
    return exitCodes.ok
  },
}

const topicDescribe: Command = {
  name: 'topic describe',
  summary: "Show a topic's configs, offsets and how far its table is.",
  usage: 'NAME',
  options: { ...httpOption, ...jsonOption },
  positionals: ['NAME'],
  examples: ['headgate topic describe orders', 'headgate topic describe orders --json'],
  exits: ['notFound', 'unavailable'],
  async run(invocation) {
    const topic = await ServerClient.of(invocation).get<Description>(`/v1/topics${pathOf(argument(invocation, 0))}`)
    if (isFlagSet(invocation, 'json')) await writeJson(invocation.stdout, topic)
    else await write(invocation.stdout, descriptionText(topic, invocation))
    return exitCodes.ok
  },
}

const topicDelete: Command = {
  name: 'topic delete',
  summary: 'Delete a topic and its log; its table stays.',
  usage: 'NAME',
  options: { ...httpOption, ...jsonOption },
  positionals: ['NAME'],
  examples: ['headgate topic delete orders'],
  exits: ['notFound', 'unavailable'],
  async run(invocation) {
    const name = argument(invocation, 0)
    await ServerClient.of(invocation).delete(`/v1/topics${pathOf(name)}`)
    if (isFlagSet(invocation, 'json')) await writeJson(invocation.stdout, { name, isDeleted: true })
    else await write(invocation.stdout, `deleted topic ${name}\n`)
    return exitCodes.ok
  },
}

export const topicCommands: readonly Command[] = [topicCreate, topicList, topicDescribe, topicDelete]

function configsOf(texts: readonly string[]): { [key: string]: string } {
  return Object.fromEntries(
    texts.map((text) => {
      const [, key, value] = /^([^=]+)=(.*)$/s.exec(text) ?? []
      if (key === undefined || value === undefined)
        throw new HeadgateError('invalid-argument', `--config: expected KEY=VALUE, got "${text}"`)
      return [key, value]
    }),
  )
}

function topicsText(topics: readonly Summary[], { stdout, environment }: Invocation): string {
  if (topics.length === 0) return 'no topics yet; headgate topic create makes one\n'
  return tableText<Summary>(
    [
      { title: 'TOPIC', text: ({ name }) => name },
      { title: 'PARTITIONS', text: ({ partitions }) => countText(partitions), isNumber: true },
      { title: 'TABLE', text: ({ table }) => table ?? '-' },
    ],
    topics,
    { style: styleOf(stdout, environment) },
  )
}

function descriptionText(topic: Description, { stdout, environment }: Invocation): string {
  const style = styleOf(stdout, environment)
  const facts = factsText(
    [
      ['topic', topic.name],
      ['id', topic.topicId],
      ['table', topic.table ?? 'none; the topic gets one with its first value schema, or with lake.enable=true'],
      ...(topic.problem === null ? [] : [['problem', topic.problem] as const]),
    ],
    style,
  )
  const partitions = tableText(
    [
      { title: 'PARTITION', text: ({ partition }) => String(partition), isNumber: true },
      { title: 'FIRST OFFSET', text: ({ logStartOffset }) => countText(logStartOffset), isNumber: true },
      { title: 'NEXT OFFSET', text: ({ nextOffset }) => countText(nextOffset), isNumber: true },
      { title: 'IN THE TABLE', text: ({ committedOffset }) => countText(committedOffset), isNumber: true },
      { title: 'LAG', text: lagText, isNumber: true },
    ],
    topic.offsets,
    { style },
  )
  const configs = tableText(
    [
      { title: 'CONFIG', text: ([key]) => key },
      { title: 'VALUE', text: ([, { value }]) => value },
      { title: 'SET BY', text: ([, { source }]) => source },
    ],
    Object.entries(topic.configs),
    { style },
  )
  return [facts, partitions, configs].join('\n')
}

/** Records that are acknowledged and not yet in the table. */
function lagText({ nextOffset, committedOffset }: Description['offsets'][number]): string {
  return committedOffset === null ? '-' : countText(BigInt(nextOffset) - BigInt(committedOffset))
}
