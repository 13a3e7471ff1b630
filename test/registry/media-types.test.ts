import { describe, expect, test } from 'vitest'
import { acceptedType } from '../../src/registry/http/media-types.ts'

const v1 = 'application/vnd.schemaregistry.v1+json'
const plain = 'application/vnd.schemaregistry+json'
const json = 'application/json'

describe('the answer is of the type that the client likes best', () => {
  for (const [accept, type] of [
    [undefined, v1],
    ['', v1],
    ['*/*', v1],
    ['application/*', v1],
    [v1, v1],
    [json, json],
    [plain, plain],
    ['Application/JSON', json],
    [`${json};q=0.5, ${v1};q=0.1`, json],
    [`${json}, ${plain}, ${v1}`, v1],
    ['application/vnd.schemaregistry.v1+json, application/vnd.schemaregistry+json, application/json', v1],
    ['text/html, application/xhtml+xml, */*;q=0.8', v1],
    [`${v1};q=0, */*`, plain],
    ['text/html', undefined],
    [`${json};q=0`, undefined],
    ['text/*;q=1', undefined],
    [';;;,,', undefined],
  ] as const)
    test(String(accept), () => {
      expect(acceptedType(accept)).toBe(type)
      expect(acceptedType(accept), 'and again, remembered').toBe(type)
    })
})
