import { Buffer } from 'node:buffer'
import { X509Certificate } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { rootCertificates } from 'node:tls'
import { HeadgateError, messageOf } from '../../shared/errors.ts'
import { textFlag, type Invocation } from '../command.ts'
import { httpUrl } from '../server/addresses.ts'

export interface RegistryAccess {
  /** Without credentials and without a trailing slash: it may be shown. */
  readonly url: string
  /** The header's value. Never shown. */
  readonly authorization?: string
  /** Certificates to trust; undefined for those that Node knows. */
  readonly ca?: readonly string[]
}

type Asked = Pick<Invocation, 'flags' | 'environment'>

/** Throws `invalid-argument` or `not-found`, without repeating what may hold a secret. */
export async function registryAccess(asked: Asked): Promise<RegistryAccess> {
  const url = registryUrl(asked)
  const authorization = authorizationOf(asked, url)
  const shown = `${url.origin}${url.pathname}`.replace(/\/+$/, '')
  return { url: shown, ...(authorization === undefined ? {} : { authorization }), ...(await trustOf(asked, url)) }
}

function registryUrl(asked: Asked): URL {
  const text = textFlag(asked, 'registry') ?? set(asked, 'HEADGATE_REGISTRY')
  if (text === undefined) return new URL(httpUrl(asked))
  const withScheme = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `http://${text}`
  const url = URL.canParse(withScheme) ? new URL(withScheme) : undefined
  if (url && /^https?:$/.test(url.protocol) && url.hostname !== '') return url
  throw new HeadgateError('invalid-argument', '--registry: expected a URL such as https://registry.example.com')
}

function authorizationOf(asked: Asked, url: URL): string | undefined {
  const user = textFlag(asked, 'user')
  const isInUrl = url.username !== '' || url.password !== ''
  if (user !== undefined && isInUrl)
    throw new HeadgateError('invalid-argument', 'a user is named by --user and in the URL of the registry; keep one')
  if (isInUrl) return basic(decoded(url.username), decoded(url.password))
  if (user !== undefined) return basic(user, passwordOf(asked))
  return bearer(set(asked, 'HEADGATE_REGISTRY_TOKEN'))
}

function passwordOf(asked: Asked): string {
  const password = set(asked, 'HEADGATE_REGISTRY_PASSWORD')
  if (password !== undefined) return password
  throw new HeadgateError('invalid-argument', '--user needs the password in HEADGATE_REGISTRY_PASSWORD')
}

/** RFC 7617, in UTF-8: what is before the first colon is the user. */
function basic(user: string, password: string): string {
  if (user.includes(':')) throw new HeadgateError('invalid-argument', 'the name of a user may not contain a colon')
  return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`
}

/** RFC 6750: a token is printable ASCII; anything else would break the header. */
function bearer(token: string | undefined): string | undefined {
  if (token === undefined) return undefined
  if (/^[\u0021-\u007e]+$/.test(token)) return `Bearer ${token}`
  throw new HeadgateError('invalid-argument', 'HEADGATE_REGISTRY_TOKEN holds characters that no token has')
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    throw new HeadgateError('invalid-argument', 'the user in the URL of the registry is not percent-encoded; write % as %25')
  }
}

async function trustOf(asked: Asked, url: URL): Promise<Pick<RegistryAccess, 'ca'>> {
  const file = textFlag(asked, 'ca')
  if (file === undefined) return {}
  if (url.protocol !== 'https:') throw new HeadgateError('invalid-argument', '--ca is for a registry that is reached by https')
  return { ca: [...rootCertificates, await certificates(file)] }
}

async function certificates(file: string): Promise<string> {
  try {
    const pem = await readFile(file, 'utf8')
    // Node takes a file without a certificate for one that trusts nobody new.
    void new X509Certificate(pem)
    return pem
  } catch (cause) {
    const isMissing = (cause as NodeJS.ErrnoException).code === 'ENOENT'
    throw new HeadgateError(isMissing ? 'not-found' : 'invalid-argument', `--ca: ${file}: ${messageOf(cause)}`, { cause })
  }
}

function set({ environment }: Asked, name: string): string | undefined {
  const value = environment[name]
  return value === '' ? undefined : value
}
