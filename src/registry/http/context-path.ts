import { contextPrefix, DEFAULT_CONTEXT, normalContext } from '../subject.ts'

/**
 * `/contexts/{context}/...` is the same registry seen from inside a context: before the router sees such a path, the
 * context moves into the subject, or into the query where a path has none. A path that is none of these stays as it is,
 * and so does one whose context has no possible name, which then is not found.
 */
export function withoutContextPath(url: string): string {
  if (!url.startsWith('/contexts/')) return url
  const [path, query] = splitOnce(url, '?')
  const [, , contextPart = '', ...rest] = path.replace(/\/+/g, '/').split('/')
  const segments = rest.filter((segment) => segment !== '')
  const context = decodedContext(contextPart)
  if (context === undefined || segments.length === 0) return url
  const prefix = encodeURIComponent(context === DEFAULT_CONTEXT ? '' : contextPrefix(context))
  return `/${qualified(segments, prefix).join('/')}${queryText(qualifiedQuery(segments, query, prefix))}`
}

function decodedContext(part: string): string | undefined {
  try {
    return normalContext(decodeURIComponent(part))
  } catch {
    return undefined
  }
}

/** `prefix` is percent-encoded. */
function qualified(segments: readonly string[], prefix: string): string[] {
  const [first] = segments
  const takesSubject = first === 'config' || first === 'mode' ? 0 : segments.indexOf('subjects')
  if (takesSubject < 0) return [...segments]
  const subject = segments[takesSubject + 1]
  // The config and mode of the context itself; `subjects` alone is a listing.
  if (subject === undefined)
    return first === 'config' || first === 'mode' ? [...segments, ...(prefix === '' ? [] : [prefix])] : [...segments]
  return segments.map((segment, index) => (index === takesSubject + 1 && !namesContext(segment) ? prefix + segment : segment))
}

function qualifiedQuery(segments: readonly string[], query: string, prefix: string): string {
  const name = parameterOf(segments)
  if (name === undefined) return query
  const parameters = query.split('&').filter((parameter) => parameter !== '')
  const own = parameters.find((parameter) => parameter.startsWith(`${name}=`))
  const value = own?.slice(name.length + 1) ?? ''
  if (namesContext(value)) return query
  return [...parameters.filter((parameter) => parameter !== own), `${name}=${prefix}${value}`].join('&')
}

/** The query parameter that says which context is meant, for paths without a subject. */
function parameterOf([first, second]: readonly string[]): string | undefined {
  if (first === 'schemas' && second === 'ids') return 'subject'
  return (first === 'schemas' || first === 'subjects') && second === undefined ? 'subjectPrefix' : undefined
}

/** Whether a part of a URL starts with `:.` or `:*:`, percent-encoded or not. */
function namesContext(part: string): boolean {
  return /^(?::|%3a)(?:\.|%2e|(?:\*|%2a)(?::|%3a))/i.test(part)
}

function queryText(query: string): string {
  return query === '' ? '' : `?${query}`
}

function splitOnce(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator)
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)]
}
