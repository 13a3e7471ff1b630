import { describe, expect, test } from 'vitest'
import { normalContext, normalSubject, splitSubject, subjectBeside, subjectText } from '../../src/registry/subject.ts'

describe('a subject is a name in a context', () => {
  for (const [text, context, name, normal] of [
    ['orders', '.', 'orders', 'orders'],
    [':.:orders', '.', 'orders', 'orders'],
    [':.c:orders', '.c', 'orders', ':.c:orders'],
    [':.c:a:b', '.c', 'a:b', ':.c:a:b'],
    [':.c:', '.c', '', ':.c:'],
    [':.c', '.c', '', ':.c:'],
    [':c:orders', '.', ':c:orders', ':c:orders'],
    ['', '.', '', ''],
  ] as const)
    test(JSON.stringify(text), () => {
      expect(splitSubject(text)).toEqual({ context, name })
      expect(subjectText(splitSubject(text))).toBe(normal)
      expect(normalSubject(text)).toBe(normal)
    })
})

test('a subject that names no context is meant beside the one that mentions it', () => {
  expect(subjectBeside(':.c:orders', 'money')).toBe(':.c:money')
  expect(subjectBeside('orders', 'money')).toBe('money')
  expect(subjectBeside(':.c:orders', ':.d:money')).toBe(':.d:money')
  expect(subjectBeside(':.c:orders', ':.:money')).toBe('money')
})

test('a context is written with or without its dot and colons', () => {
  for (const text of ['c', '.c', ':.c:', ':.c']) expect(normalContext(text)).toBe('.c')
  expect(normalContext('.')).toBe('.')
  for (const text of ['a:b', 'a\nb']) expect(() => normalContext(text)).toThrow(/is not a valid/)
})
