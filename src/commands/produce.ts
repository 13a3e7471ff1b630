import { choiceFlag, countFlag, jsonOption, type Command } from './command.ts'
import { httpOption, kafkaOption } from './server/addresses.ts'

const produce: Command = {
  name: 'produce',
  summary: "Send lines of JSON to a topic, encoded by the topic's newest value schema.",
  usage: 'TOPIC [FILE] [--key-field NAME] [--partition N] [--compression CODEC] [--acks all|1|0]',
  details: [
    'Reads FILE, or standard input without one, and sends lines as they come. With a schema in Avro or Protobuf a',
    'line is encoded; with a JSON schema it is sent as it is; a topic without a schema takes any line.',
    'A batch that holds an invalid record is refused whole: its lines are named with the reason, and nothing more is sent.',
  ],
  options: {
    'key-field': { type: 'string', value: 'NAME', doc: 'Field of the value whose text becomes the key.' },
    partition: { type: 'string', value: 'N', doc: 'Send everything to this partition.' },
    compression: { type: 'string', value: 'CODEC', doc: 'none, gzip, snappy, lz4 or zstd.', fallback: 'none' },
    acks: {
      type: 'string',
      value: 'all|1|0',
      doc: 'Wait until records are durable, and store each once however often it is sent (all); the same without the latter (1); do not wait (0).',
      fallback: 'all',
    },
    ...kafkaOption,
    ...httpOption,
    ...jsonOption,
  },
  positionals: ['TOPIC', 'FILE?'],
  examples: [
    'headgate produce orders orders.jsonl --key-field customerId',
    'echo \'{"id": 1, "amount": "12.50"}\' | headgate produce orders',
    'tail -F app.log | headgate produce logs --compression zstd',
  ],
  exits: ['notFound', 'refused', 'unavailable'],
  async run(invocation) {
    const options = {
      partition: countFlag(invocation, 'partition', { min: 0 }),
      compression: choiceFlag(invocation, 'compression', ['none', 'gzip', 'snappy', 'lz4', 'zstd']) ?? 'none',
      acks: choiceFlag(invocation, 'acks', ['all', '1', '0']) ?? 'all',
    } as const
    const { produceLines } = await import('./values/produce-lines.ts')
    return produceLines(invocation, options)
  },
}

export const produceCommands: readonly Command[] = [produce]
