import { environmentName, formatAddress, resolveSettings, settingSpecs, type SettingSpec } from '../settings.ts'
import type { Command, Option } from './command.ts'
import { exitCodes } from './exit-codes.ts'

/** What help shows for a setting's value. */
const VALUE_NAMES = { text: 'TEXT', address: 'host:port', count: 'N', bytes: 'BYTES', flag: 'true|false' } as const

/** Runs the server until a signal; then stops accepting, flushes, commits and exits with 0. */
export const serve: Command = {
  name: 'serve',
  summary: 'Run the broker, the schema registry and the table writer in one process.',
  usage: '[--data-dir DIR] [--kafka host:port] [--http host:port]',
  options: serveOptions(),
  positionals: [],
  examples: [
    'headgate serve',
    'headgate serve --data-dir /var/lib/headgate --kafka 0.0.0.0:9092 --http 0.0.0.0:8081',
    'headgate serve --kafka 127.0.0.1:0 --http 127.0.0.1:0 --default-lake-formats iceberg,delta',
  ],
  async run({ flags, environment, stdout, signal }) {
    const settings = resolveSettings(flags as { [name: string]: string | undefined }, environment)
    const [{ startHeadgate }, { processLogger }] = await Promise.all([import('../server.ts'), import('../process-logger.ts')])
    const headgate = await startHeadgate(settings, processLogger(settings['log-level']))
    stdout.write(`headgate is ready: kafka ${formatAddress(headgate.kafka)} http http://${formatAddress(headgate.http)}\n`)
    await new Promise<void>((resolve) => {
      if (signal.aborted) resolve()
      signal.addEventListener('abort', () => resolve(), { once: true })
    })
    await headgate.close()
    return exitCodes.ok
  },
}

/** Every setting is a flag; all take a value, so that the environment and the command line read alike. */
function serveOptions(): { [flag: string]: Option } {
  return Object.fromEntries(
    Object.entries<SettingSpec>(settingSpecs).map(([name, { doc, fallback, kind, choices = [] }]) => [
      name,
      {
        type: 'string',
        value: kind === 'choice' ? choices.join('|') : VALUE_NAMES[kind],
        doc: `${doc} ${environmentName(name)}`,
        fallback,
      } satisfies Option,
    ]),
  )
}
