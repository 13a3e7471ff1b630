import { parseAddress, settingSpecs, type Address } from '../../settings.ts'
import { HeadgateError } from '../../shared/errors.ts'
import { textFlag, type Invocation } from '../command.ts'

/** How commands are told where the server is: a flag, the environment name that `serve` listens by, its default. */
export const httpOption = {
  http: {
    type: 'string',
    value: 'URL',
    doc: "The server's HTTP address, as host:port or URL. HEADGATE_HTTP",
    fallback: settingSpecs.http.fallback,
  },
} as const

export const kafkaOption = {
  kafka: {
    type: 'string',
    value: 'host:port',
    doc: "The server's Kafka address. HEADGATE_KAFKA",
    fallback: settingSpecs.kafka.fallback,
  },
} as const

type Asked = Pick<Invocation, 'flags' | 'environment'>

/** Without a trailing slash. Throws `invalid-argument`. */
export function httpUrl(asked: Asked): string {
  const { text, source } = addressText(asked, 'http')
  if (!/^https?:\/\//i.test(text)) return `http://${reachable(parseAddress(source, text), source)}`
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (!url) throw new HeadgateError('invalid-argument', `${source}: expected host:port or a URL`)
  // Never repeated in a message: a password stays where it was typed.
  if (url.username !== '' || url.password !== '')
    throw new HeadgateError('invalid-argument', `${source}: the server takes no credentials; leave them out of the URL`)
  return `${url.origin}${url.pathname}`.replace(/\/+$/, '')
}

/** Throws `invalid-argument`. */
export function kafkaAddress(asked: Asked): Address {
  const { text, source } = addressText(asked, 'kafka')
  const { host, port } = parseAddress(source, text)
  reachable({ host, port }, source)
  return { host: loopbackOf(host), port }
}

function addressText(asked: Asked, name: 'http' | 'kafka'): { text: string; source: string } {
  const variable = `HEADGATE_${name.toUpperCase()}`
  const flag = textFlag(asked, name)
  if (flag !== undefined) return { text: flag, source: `--${name}` }
  const value = asked.environment[variable]
  return value === undefined || value === '' ? { text: settingSpecs[name].fallback, source: name } : { text: value, source: variable }
}

function reachable({ host, port }: Address, source: string): string {
  if (port === 0) throw new HeadgateError('invalid-argument', `${source}: port 0 lets the server choose; name the port that it printed`)
  const address = loopbackOf(host)
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`
}

/** A server that listens on every interface is reached on this machine's own. */
function loopbackOf(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1'
  return host === '::' ? '::1' : host
}
