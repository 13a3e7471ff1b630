import { describe, expect, test } from 'vitest'
import { createApp } from '../../src/http/app.ts'
import { answerError } from '../../src/registry/http/answer.ts'
import { registryErrors } from '../../src/registry/registry-error.ts'
import { HeadgateError } from '../../src/shared/errors.ts'
import { silentLogger } from '../../src/shared/log.ts'

/** What becomes of an error that a route throws: who is told what, and what the log says. */
const errors = {
  bug: () => new TypeError('x is not a function'),
  outage: () => new HeadgateError('store-unavailable', 'the store does not answer'),
  refusal: () => registryErrors.subjectNotFound('orders-value'),
} as const

async function thrownBy(
  kind: keyof typeof errors,
  path: '/v1/thrown' | '/thrown',
): Promise<{ status: number; body: object; logged: unknown[] }> {
  const logged: unknown[] = []
  const nothing = async (): Promise<void> => undefined
  const thrower = async (): Promise<never> => {
    throw errors[kind]()
  }
  const app = await createApp({
    health: nothing,
    metrics: nothing,
    logger: { ...silentLogger, error: (fields: object) => void logged.push(fields) },
    admin: async (admin) => void admin.get('/v1/thrown', thrower),
    async registry(registry) {
      registry.setErrorHandler(answerError as never)
      registry.get('/thrown', thrower)
    },
  })
  const response = await app.inject(path)
  await app.close()
  return { status: response.statusCode, body: response.json(), logged }
}

describe('an error of a route', () => {
  for (const [kind, path, status, body] of [
    ['bug', '/v1/thrown', 500, { title: 'Internal Server Error', detail: 'an unexpected failure; the log says more' }],
    ['bug', '/thrown', 500, { error_code: 500, message: 'HTTP 500 Internal Server Error' }],
    ['outage', '/v1/thrown', 503, { title: 'Service Unavailable', kind: 'store-unavailable', detail: 'the store does not answer' }],
    ['refusal', '/thrown', 404, { error_code: 40_401 }],
  ] as const)
    test(`${kind} at ${path} is answered with ${status}, and logged when nobody foresaw it`, async () => {
      const thrown = await thrownBy(kind, path)
      expect(thrown.status).toBe(status)
      expect(thrown.body).toMatchObject(body)
      expect(JSON.stringify(thrown.body)).not.toContain('is not a function')
      expect(thrown.logged).toEqual(kind === 'bug' ? [{ url: path, error: expect.stringContaining('x is not a function') }] : [])
    })
})
