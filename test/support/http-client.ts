export interface JsonAnswer {
  readonly status: number
  readonly type: string | null
  readonly body: never
}

/** One request with a JSON body, if any, and its answer. Text is sent as it is. */
export async function askJson(url: string, { method = 'GET', body }: { method?: string; body?: unknown } = {}): Promise<JsonAnswer> {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  const headers = { 'content-type': 'application/json' }
  const response = await fetch(url, { method, ...(body === undefined ? {} : { body: text, headers }) })
  const answer = await response.text()
  const type = response.headers.get('content-type')
  return { status: response.status, type, body: (answer === '' ? undefined : JSON.parse(answer)) as never }
}
