/**
 * JSON over several lines, as people keep it in files. Strings, numbers and the order of members stay as they are
 * written: a number of many digits, or `1.0`, would not survive being parsed. Text that is no JSON is left as it is.
 */
export function jsonLayout(text: string): string {
  if (!isJson(text)) return text
  const parts: string[] = []
  let depth = 0
  let before = ''
  for (const [token] of text.matchAll(TOKEN)) {
    const isClosing = token === '}' || token === ']'
    const isAfterOpening = before === '{' || before === '['
    if (isClosing) depth--
    // `{}` and `[]` stay on one line.
    if (before === ',' || (isClosing ? !isAfterOpening : isAfterOpening)) parts.push(`\n${'  '.repeat(depth)}`)
    parts.push(token === ':' ? ': ' : token)
    if (token === '{' || token === '[') depth++
    before = token
  }
  return `${parts.join('')}\n`
}

/** Strings, punctuation, and what is left: numbers and words. White space between them is not matched. */
const TOKEN = /"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/g

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}
