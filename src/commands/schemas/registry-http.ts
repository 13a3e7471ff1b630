import { Buffer } from 'node:buffer'
import type { Agent, request } from 'node:http'
import { HeadgateError, messageOf, type ErrorKind } from '../../shared/errors.ts'
import { isObject } from '../../shared/json.ts'
import { limits } from '../../shared/limits.ts'
import { wholeAnswer, type HttpAnswer } from '../http-answer.ts'
import type { RegistryAccess } from './registry-access.ts'

/** An answer of success, or one of the failures that a registry tells by its code. */
export type RegistryAnswer =
  | { readonly kind: 'ok'; readonly body: unknown }
  /** No such subject, version or schema (404xx). */
  | { readonly kind: 'absent'; readonly message: string }

const MEDIA_TYPE = 'application/vnd.schemaregistry.v1+json'

/**
 * Requests to a registry that may be anybody's: over connections that are kept, with credentials, with bounds on how long
 * an answer may be and how long it may take. Redirects are not followed: credentials go where they were meant to go.
 * Failures are HeadgateError and name the registry without its credentials.
 */
export class RegistryHttp {
  readonly url: string
  readonly #access: RegistryAccess
  readonly #signal: AbortSignal
  readonly #request: typeof request
  readonly #agent: Agent

  private constructor(access: RegistryAccess, signal: AbortSignal, how: { request: typeof request; agent: Agent }) {
    this.url = access.url
    this.#access = access
    this.#signal = signal
    this.#request = how.request
    this.#agent = how.agent
  }

  static async open(access: RegistryAccess, signal: AbortSignal): Promise<RegistryHttp> {
    const { Agent, request } = process.getBuiltinModule(access.url.startsWith('https:') ? 'node:https' : 'node:http')
    const agent = new Agent({
      keepAlive: true,
      maxSockets: limits.registryRequestsAtOnce,
      ...(access.ca ? { ca: [...access.ca] } : {}),
    })
    return new RegistryHttp(access, signal, { request, agent })
  }

  close(): void {
    this.#agent.destroy()
  }

  async ask(method: string, path: string, body?: object): Promise<RegistryAnswer> {
    const { status, text } = await this.#exchange(method, path, body === undefined ? undefined : JSON.stringify(body))
    const parsed = parsedOrUndefined(text)
    if (status >= 200 && status < 300) {
      if (parsed === undefined) throw this.#notARegistry()
      return { kind: 'ok', body: parsed }
    }
    const { error_code: errorCode, message } = isObject(parsed) ? parsed : {}
    if (status === 401 || status === 403) throw this.#denied(status)
    if (status >= 300 && status < 500 && typeof errorCode !== 'number') throw this.#notARegistry()
    const reason = typeof message === 'string' ? message : `${this.url} answers with HTTP status ${status}`
    if (status === 404) return { kind: 'absent', message: reason }
    throw new HeadgateError(kindOf(status), reason)
  }

  async #exchange(method: string, path: string, body: string | undefined): Promise<HttpAnswer> {
    try {
      return await this.#send(method, path, body)
    } catch (error) {
      if (this.#signal.aborted) throw this.#signal.reason
      if (error instanceof HeadgateError) throw error
      const code = (error as NodeJS.ErrnoException).code ?? messageOf(error)
      const advice = isDistrust(code) ? '; name the file of its certificate authority with --ca' : ''
      throw new HeadgateError('store-unavailable', `no registry answers at ${this.url} (${code})${advice}`, { cause: error })
    }
  }

  #send(method: string, path: string, body: string | undefined): Promise<HttpAnswer> {
    const { authorization } = this.#access
    const headers = {
      accept: `${MEDIA_TYPE}, application/vnd.schemaregistry+json; q=0.9, application/json; q=0.5`,
      ...(authorization === undefined ? {} : { authorization }),
      ...(body === undefined ? {} : { 'content-type': MEDIA_TYPE, 'content-length': Buffer.byteLength(body) }),
    }
    return new Promise((resolve, reject) => {
      const options = { method, headers, agent: this.#agent, signal: this.#signal, timeout: limits.foreignRegistrySilenceMs }
      const sent = this.#request(`${this.url}${path}`, options, (response) => {
        wholeAnswer(response).then(resolve, reject)
      })
      sent.on('timeout', () =>
        sent.destroy(new HeadgateError('store-unavailable', `${this.url} was silent for ${limits.foreignRegistrySilenceMs} ms`)),
      )
      sent.on('error', reject)
      sent.end(body)
    })
  }

  #denied(status: number): HeadgateError {
    const reason = this.#access.authorization === undefined ? 'asks for credentials' : 'does not take these credentials'
    const advice = 'name them with --user and HEADGATE_REGISTRY_PASSWORD, or HEADGATE_REGISTRY_TOKEN'
    return new HeadgateError('invalid-argument', `the registry at ${this.url} ${reason} (HTTP status ${status}); ${advice}`)
  }

  #notARegistry(): HeadgateError {
    return new HeadgateError('unsupported', `what answers at ${this.url} does not speak as a schema registry`)
  }
}

function parsedOrUndefined(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}

/** A registry's codes begin with the HTTP status. */
function kindOf(status: number): ErrorKind {
  if (status === 409) return 'incompatible-schema'
  if (status === 422) return 'invalid-schema'
  if (status === 413) return 'too-large'
  return status >= 500 || status === 429 ? 'store-unavailable' : 'invalid-argument'
}

/** What OpenSSL says of a certificate that nobody it knows has signed. */
function isDistrust(code: string): boolean {
  return /SELF_SIGNED|UNABLE_TO_(VERIFY|GET_ISSUER)|CERT_UNTRUSTED/.test(code)
}
