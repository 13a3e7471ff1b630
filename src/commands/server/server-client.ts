import { HeadgateError, messageOf, type ErrorKind } from '../../shared/errors.ts'
import { isObject, parseJson, stringifyJson, type JsonObject, type JsonValue } from '../../shared/json.ts'
import type { Invocation } from '../command.ts'
import { isErrorKind } from '../exit-codes.ts'
import { httpUrl } from './addresses.ts'
import type { HttpAnswer } from '../http-answer.ts'
import { exchange, type HttpRequest } from './http-exchange.ts'

/** An answer as it comes over the wire: a bigint is a number where that is exact. */
export type Wire<T> = T extends bigint ? bigint | number : T extends object ? { readonly [Key in keyof T]: Wire<T[Key]> } : T

/**
 * The server's HTTP side: `/v1` and the schema registry. Answers are parsed without losing 64-bit integers; failures
 * are HeadgateError, of the kind that the server names, so that exit codes are the same on either side.
 */
export class ServerClient {
  readonly #url: string
  readonly #signal: AbortSignal

  constructor(url: string, signal: AbortSignal) {
    this.#url = url
    this.#signal = signal
  }

  static of(invocation: Pick<Invocation, 'flags' | 'environment' | 'signal'>): ServerClient {
    return new ServerClient(httpUrl(invocation), invocation.signal)
  }

  async get<Answer>(path: string): Promise<Answer> {
    return (await this.#ask('GET', path)) as Answer
  }

  /** Undefined when the server says that there is no such thing. */
  async find<Answer>(path: string): Promise<Answer | undefined> {
    try {
      return await this.get<Answer>(path)
    } catch (error) {
      if (error instanceof HeadgateError && error.kind === 'not-found') return undefined
      throw error
    }
  }

  async post<Answer>(path: string, body?: JsonObject): Promise<Answer> {
    return (await this.#ask('POST', path, body)) as Answer
  }

  async delete(path: string): Promise<void> {
    await this.#ask('DELETE', path)
  }

  async #ask(method: string, path: string, body?: JsonObject): Promise<JsonValue> {
    const answer = await this.#exchange(path, { method, signal: this.#signal, ...(body ? { body: stringifyJson(body) } : {}) })
    const isOk = answer.status >= 200 && answer.status < 300
    const parsed = this.#parse(answer, { isOk })
    if (!isOk) throw failureOf(answer.status, parsed, this.#url)
    return parsed ?? null
  }

  async #exchange(path: string, request: HttpRequest): Promise<HttpAnswer> {
    try {
      return await exchange(`${this.#url}${path}`, request)
    } catch (error) {
      if (this.#signal.aborted) throw this.#signal.reason
      if (error instanceof HeadgateError) throw error
      const reason = (error as NodeJS.ErrnoException).code ?? messageOf(error)
      throw new HeadgateError(
        'store-unavailable',
        `no server answers at ${this.#url} (${reason}); start one with headgate serve, or name it with --http`,
        { cause: error },
      )
    }
  }

  /** Undefined for an answer without a body, and for a failure that is not told in JSON. */
  #parse({ text }: HttpAnswer, { isOk }: { isOk: boolean }): JsonValue | undefined {
    if (text === '') return undefined
    try {
      return parseJson(text)
    } catch (cause) {
      if (!isOk) return undefined
      throw new HeadgateError('unsupported', `what answers at ${this.#url} does not speak as a Headgate server`, { cause })
    }
  }
}

/** A path of `/v1` or the registry, its parts percent-encoded. */
export function pathOf(...parts: readonly string[]): string {
  return parts.map((part) => `/${encodeURIComponent(part)}`).join('')
}

/** Problem details, which say their kind, or the registry's `error_code`. */
function failureOf(status: number, answer: JsonValue | undefined, url: string): HeadgateError {
  const body = isObject(answer) ? answer : {}
  const { kind, detail, error_code: errorCode, message } = body
  if (typeof errorCode === 'number')
    return new HeadgateError(registryKind(errorCode), typeof message === 'string' ? message : `registry error ${errorCode}`)
  if (typeof detail !== 'string') return new HeadgateError(statusKind(status), `${url} answers with HTTP status ${status}`)
  return new HeadgateError(isErrorKind(kind) ? kind : statusKind(status), detail)
}

/** The first three digits of a registry's code are the HTTP status. */
function registryKind(errorCode: number): ErrorKind {
  if (errorCode === 42201) return 'invalid-schema'
  if (errorCode === 42209) return 'too-large'
  if (errorCode === 409) return 'incompatible-schema'
  return statusKind(Number(String(errorCode).slice(0, 3)))
}

function statusKind(status: number): ErrorKind {
  if (status === 404) return 'not-found'
  if (status === 409) return 'already-exists'
  if (status === 413) return 'too-large'
  if (status === 500) return 'store-corrupt'
  return status > 500 ? 'store-unavailable' : 'invalid-argument'
}
