import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { rawRequest, type Exchange } from './raw-request.ts'
import { startRegistry, type RegistryServer } from './registry-server.ts'

/**
 * What is asked and answered at every endpoint and for every error code, as data: each file is one conversation with a
 * registry that is empty at first.
 */
interface GoldenExchange extends Exchange {
  /** What it shows; empty where it only leads up to the next one. */
  readonly what: string
  readonly status: number
  /** JSON; a text that ends in `…` stands for all that start as it does: rules are worded by the schema languages. */
  readonly answer?: unknown
  /** An answer that is no JSON. */
  readonly text?: string
}

const folder = join(import.meta.dirname, '../golden/registry')

for (const file of readdirSync(folder).sort()) {
  const exchanges = JSON.parse(readFileSync(join(folder, file), 'utf8')) as GoldenExchange[]
  describe(file, () => {
    let server: RegistryServer
    beforeAll(async () => {
      server = await startRegistry()
    })
    afterAll(() => server.close())

    for (const [nth, { what, status, answer, text, ...exchange }] of exchanges.entries())
      test(`${nth + 1}. ${exchange.request.slice(0, 100)} ${what === '' ? '' : `(${what})`}`, async () => {
        const got = await rawRequest(server.url, exchange)
        if (answer !== undefined) expect(JSON.parse(got.text)).toEqual(expected(answer))
        else expect(got.text).toBe(text ?? '')
        expect(got.status).toBe(status)
        if (got.text !== '') expect(got.headers['content-type']).toBe('application/vnd.schemaregistry.v1+json')
        expect(got.headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/)
      })
  })
}

function expected(value: unknown): unknown {
  if (typeof value === 'string') return value.endsWith('…') ? expect.stringMatching(startOf(value.slice(0, -1))) : value
  if (Array.isArray(value)) return value.map(expected)
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, expected(member)]))
  return value
}

function startOf(text: string): RegExp {
  return new RegExp(`^${text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}.`, 's')
}
