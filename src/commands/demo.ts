import type { Command } from './command.ts'

/** The main job on real data, visible at the end as a query result. The work is loaded when it runs. */
export const demo: Command = {
  name: 'demo',
  summary: 'Send real records through a real Kafka client and see them in Iceberg and Delta tables.',
  usage: '[--data-dir DIR]',
  details: [
    'Starts a server of its own, registers an Avro, a JSON and a Protobuf schema, and sends data sets that nobody here',
    'made, some of them with real mistakes in them. The server ends with the demo; its data directory stays.',
  ],
  options: {
    'data-dir': { type: 'string', value: 'DIR', doc: 'Where the server keeps its data; emptied first.', fallback: './headgate-demo' },
  },
  positionals: [],
  examples: ['headgate demo', 'headgate demo --data-dir /tmp/headgate-demo'],
  async run(invocation) {
    const { runDemo } = await import('./demo/run-demo.ts')
    return runDemo(invocation)
  },
}
