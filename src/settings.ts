import { HeadgateError } from './shared/errors.ts'

/**
 * The one settings table of a server: flag, environment name, type, default and doc. Help text, environment parsing and
 * validation are derived from it. A flag beats the environment, which beats the default.
 */
export interface SettingSpec {
  readonly kind: 'text' | 'address' | 'count' | 'bytes' | 'flag' | 'choice'
  readonly fallback: string
  readonly doc: string
  readonly choices?: readonly string[]
  readonly min?: number
  readonly max?: number
}

export const settingSpecs = {
  'data-dir': { kind: 'text', fallback: './headgate-data', doc: 'Directory of the state, the log, the catalog and the lake.' },
  kafka: { kind: 'address', fallback: '127.0.0.1:9092', doc: 'Where the Kafka protocol is served; port 0 picks a free one.' },
  http: {
    kind: 'address',
    fallback: '127.0.0.1:8081',
    doc: 'Where the schema registry and the admin API are served; port 0 picks a free one.',
  },
  'advertised-kafka': {
    kind: 'text',
    fallback: '',
    doc: 'host:port that clients are told to connect to; empty: the address that is listened on.',
  },
  schemas: { kind: 'text', fallback: './schemas', doc: 'Folder of topic schemas that are registered at start, if it exists.' },
  namespace: { kind: 'text', fallback: 'default', doc: 'Namespace of tables whose topic names none.' },
  'auto-create-topics': { kind: 'flag', fallback: 'true', doc: 'Create a topic when a client asks for one that does not exist.' },
  'default-partitions': { kind: 'count', fallback: '1', min: 1, max: 10_000, doc: 'Partitions of a topic created without a number.' },
  'default-schema-validation': {
    kind: 'choice',
    choices: ['full', 'none'],
    fallback: 'full',
    doc: 'schema.validation of topics that do not set it.',
  },
  'default-schema-framing': {
    kind: 'choice',
    choices: ['auto', 'confluent', 'header', 'raw'],
    fallback: 'auto',
    doc: 'schema.framing of topics that do not set it.',
  },
  'default-lake-enable': {
    kind: 'choice',
    choices: ['auto', 'true', 'false'],
    fallback: 'auto',
    doc: 'lake.enable of topics that do not set it.',
  },
  'default-lake-formats': {
    kind: 'choice',
    choices: ['iceberg', 'delta', 'iceberg,delta', 'delta,iceberg'],
    fallback: 'iceberg',
    doc: 'lake.formats of topics that do not set it.',
  },
  'default-lake-partition-by': {
    kind: 'choice',
    choices: ['none', 'year(_kafka_timestamp)', 'month(_kafka_timestamp)', 'day(_kafka_timestamp)', 'hour(_kafka_timestamp)'],
    fallback: 'day(_kafka_timestamp)',
    doc: 'lake.partition.by of topics that do not set it.',
  },
  'default-lake-commit-interval-ms': {
    kind: 'count',
    fallback: '10000',
    min: 100,
    max: 86_400_000,
    doc: 'lake.commit.interval.ms of topics that do not set it.',
  },
  'default-lake-target-file-bytes': {
    kind: 'bytes',
    fallback: '134217728',
    min: 1_048_576,
    max: 1_073_741_824,
    doc: 'lake.target.file.bytes of topics that do not set it.',
  },
  'default-retention-ms': {
    kind: 'count',
    fallback: '604800000',
    min: -1,
    max: Number.MAX_SAFE_INTEGER,
    doc: 'retention.ms of topics that do not set it; -1 keeps the log for ever.',
  },
  lanes: {
    kind: 'count',
    fallback: '0',
    min: 0,
    max: 64,
    doc: 'Worker threads that judge records; 0: one less than the cores, at least one.',
  },
  'request-memory-bytes': {
    kind: 'bytes',
    fallback: '268435456',
    min: 1_048_576,
    max: 68_719_476_736,
    doc: 'Bytes of requests in memory at once, and as many of answers that are not read yet; beyond it sockets are not read.',
  },
  'buffer-memory-bytes': {
    kind: 'bytes',
    fallback: '268435456',
    min: 16_777_216,
    max: 68_719_476_736,
    doc: 'Bytes of rows on their way into files; beyond it the log holds them and they are read back later.',
  },
  'log-level': {
    kind: 'choice',
    choices: ['debug', 'info', 'warn', 'error', 'silent'],
    fallback: 'info',
    doc: 'Least important log line written.',
  },
} as const satisfies { [name: string]: SettingSpec }

export type SettingName = keyof typeof settingSpecs

type ValueOf<Spec extends SettingSpec> = Spec['kind'] extends 'count' | 'bytes'
  ? number
  : Spec['kind'] extends 'flag'
    ? boolean
    : Spec['kind'] extends 'address'
      ? Address
      : Spec extends { choices: readonly (infer Choice)[] }
        ? Choice
        : string

export interface Address {
  readonly host: string
  readonly port: number
}

export type Settings = { readonly [Name in SettingName]: ValueOf<(typeof settingSpecs)[Name]> }

export function isSettingName(name: string): name is SettingName {
  return Object.hasOwn(settingSpecs, name)
}

/** HEADGATE_DATA_DIR for data-dir. */
export function environmentName(name: string): string {
  return `HEADGATE_${name.replaceAll('-', '_').toUpperCase()}`
}

/** Throws HeadgateError `invalid-argument` that names the setting, where it came from and what it takes. */
export function resolveSettings(
  flags: { readonly [name: string]: string | boolean | undefined },
  environment: { readonly [name: string]: string | undefined } = {},
): Settings {
  const entries = Object.entries<SettingSpec>(settingSpecs).map(([name, spec]) => {
    const flag = flags[name]
    const variable = environment[environmentName(name)]
    if (flag !== undefined) return [name, parseSetting(`--${name}`, String(flag), spec)]
    if (variable !== undefined && variable !== '') return [name, parseSetting(environmentName(name), variable, spec)]
    return [name, parseSetting(name, spec.fallback, spec)]
  })
  return Object.fromEntries(entries) as Settings
}

function parseSetting(source: string, text: string, spec: SettingSpec): string | number | boolean | Address {
  switch (spec.kind) {
    case 'text':
      return text
    case 'flag':
      return parseFlag(source, text)
    case 'choice':
      return parseChoice(source, text, spec.choices ?? [])
    case 'address':
      return parseAddress(source, text)
    case 'count':
    case 'bytes':
      return parseCount(source, text, spec)
  }
}

function parseFlag(source: string, text: string): boolean {
  if (text === 'true') return true
  if (text === 'false') return false
  throw new HeadgateError('invalid-argument', `${source}: expected true or false, got "${text}"`)
}

function parseChoice(source: string, text: string, choices: readonly string[]): string {
  if (choices.includes(text)) return text
  throw new HeadgateError('invalid-argument', `${source}: expected one of ${choices.join(', ')}, got "${text}"`)
}

function parseCount(source: string, text: string, { min = 0, max = Number.MAX_SAFE_INTEGER }: SettingSpec): number {
  const value = Number(text)
  if (/^-?\d+$/.test(text) && value >= min && value <= max) return value
  throw new HeadgateError('invalid-argument', `${source}: expected a whole number from ${min} to ${max}, got "${text}"`)
}

/** `host:port`, `[::1]:port` or `:port` for every interface. */
export function parseAddress(source: string, text: string): Address {
  const match = /^(?:\[([0-9a-fA-F:.]+)\]|([^:[\]\s]*)):(\d{1,5})$/.exec(text)
  const port = Number(match?.[3])
  if (!match || port > 65_535) throw new HeadgateError('invalid-argument', `${source}: expected host:port, got "${text}"`)
  return { host: match[1] ?? (match[2] || '0.0.0.0'), port }
}

export function formatAddress({ host, port }: Address): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
}
