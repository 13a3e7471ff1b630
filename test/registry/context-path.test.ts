import { describe, expect, test } from 'vitest'
import { withoutContextPath } from '../../src/registry/http/context-path.ts'

describe('a path below a context is rewritten to the registry itself', () => {
  for (const [from, to] of [
    ['/contexts/.c/subjects', '/subjects?subjectPrefix=%3A.c%3A'],
    ['/contexts/.c/subjects?subjectPrefix=a&deleted=true', '/subjects?deleted=true&subjectPrefix=%3A.c%3Aa'],
    ['/contexts/.c/subjects?subjectPrefix=%3A.d%3Aa', '/subjects?subjectPrefix=%3A.d%3Aa'],
    ['/contexts/.c/subjects?subjectPrefix=:*:a', '/subjects?subjectPrefix=:*:a'],
    ['/contexts/.c/subjects/a', '/subjects/%3A.c%3Aa'],
    ['/contexts/.c/subjects/a%2Fb/versions/1?deleted=true', '/subjects/%3A.c%3Aa%2Fb/versions/1?deleted=true'],
    ['/contexts/.c/subjects/:.d:a/versions', '/subjects/:.d:a/versions'],
    ['/contexts/.c/subjects/%3A.d%3Aa/versions', '/subjects/%3A.d%3Aa/versions'],
    ['/contexts/c/subjects/subjects/versions', '/subjects/%3A.c%3Asubjects/versions'],
    ['/contexts/%3A.c%3A/subjects/a', '/subjects/%3A.c%3Aa'],
    ['/contexts/./subjects/a/versions', '/subjects/a/versions'],
    ['/contexts/.c/compatibility/subjects/a/versions/1', '/compatibility/subjects/%3A.c%3Aa/versions/1'],
    ['/contexts/.c/config', '/config/%3A.c%3A'],
    ['/contexts/.c/config/', '/config/%3A.c%3A'],
    ['/contexts/.c/config/a', '/config/%3A.c%3Aa'],
    ['/contexts/./config', '/config'],
    ['/contexts/.c/mode?force=true', '/mode/%3A.c%3A?force=true'],
    ['/contexts/.c/schemas', '/schemas?subjectPrefix=%3A.c%3A'],
    ['/contexts/.c/schemas/ids/1', '/schemas/ids/1?subject=%3A.c%3A'],
    ['/contexts/.c/schemas/ids/1/versions?subject=a', '/schemas/ids/1/versions?subject=%3A.c%3Aa'],
    ['/contexts/.c/schemas/types', '/schemas/types'],
    ['/contexts//.c//subjects//a', '/subjects/%3A.c%3Aa'],
  ] as const)
    test(from, () => expect(withoutContextPath(from)).toBe(to))
})

describe('any other path stays as it is', () => {
  for (const path of [
    '/subjects',
    '/contexts',
    '/contexts?limit=1',
    '/contexts/.c',
    '/contexts/.c/',
    '/contexts/%zz/subjects',
    '/contexts/a%3Ab/subjects',
  ])
    test(path, () => expect(withoutContextPath(path)).toBe(path))
})
