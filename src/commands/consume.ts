import { HeadgateError } from '../shared/errors.ts'
import { countFlag, isFlagSet, textFlag, type Command } from './command.ts'
import { httpOption, kafkaOption } from './server/addresses.ts'

const consume: Command = {
  name: 'consume',
  summary: 'Print the records of a topic as lines of JSON, decoded by their schemas.',
  usage: 'TOPIC [--from earliest|latest|OFFSET] [--partition N] [--max N] [--follow] [--json | --raw]',
  details: [
    'Reads to the end that the topic has at the start, or goes on with --follow. Prints values; --json tells the rest.',
    'A value that cannot be decoded is named on stderr, and the exit code is 5.',
  ],
  options: {
    from: { type: 'string', value: 'earliest|latest|OFFSET', doc: 'Where to start in each partition.', fallback: 'earliest' },
    partition: { type: 'string', value: 'N', doc: 'Read only this partition.' },
    max: { type: 'string', value: 'N', doc: 'Stop after this many records.' },
    follow: { type: 'boolean', short: 'f', doc: 'Wait for new records until interrupted.' },
    json: { type: 'boolean', doc: 'Print partition, offset, timestamp, key, headers and schema id around each value.' },
    raw: { type: 'boolean', doc: 'Print the stored bytes of each value, a line feed after them.' },
    ...kafkaOption,
    ...httpOption,
  },
  positionals: ['TOPIC'],
  examples: [
    'headgate consume orders --max 10',
    'headgate consume orders --from latest --follow',
    "headgate consume orders --json | jq 'select(.offset > 41) | .value'",
  ],
  exits: ['notFound', 'refused', 'unavailable'],
  async run(invocation) {
    const isRaw = isFlagSet(invocation, 'raw')
    const isJson = isFlagSet(invocation, 'json')
    if (isRaw && isJson) throw new HeadgateError('invalid-argument', '--json and --raw exclude each other')
    const options = {
      from: startOf(textFlag(invocation, 'from') ?? 'earliest'),
      partition: countFlag(invocation, 'partition', { min: 0 }),
      recordsMax: countFlag(invocation, 'max', { min: 1 }) ?? Infinity,
      isFollowing: isFlagSet(invocation, 'follow'),
      form: isRaw ? 'raw' : isJson ? 'document' : 'value',
    } as const
    const { consumeTopic } = await import('./values/consume-topic.ts')
    return consumeTopic(invocation, options)
  },
}

export const consumeCommands: readonly Command[] = [consume]

function startOf(text: string): 'earliest' | 'latest' | bigint {
  if (text === 'earliest' || text === 'latest') return text
  if (/^\d{1,18}$/.test(text)) return BigInt(text)
  throw new HeadgateError('invalid-argument', `--from: expected earliest, latest or an offset, got "${text}"`)
}
