import type { OptionNode, OptionNamePart, OptionValue } from '../ast.ts'

/** `name = value`, as it stands in an option statement or in brackets behind a field. */
export function printOption({ name, value }: OptionNode): string {
  return `${name.map(printPart).join('.')} = ${printValue(value)}`
}

/** ` [a = 1]` in the line, or several over several lines. */
export function printOptionList(options: readonly OptionNode[]): string {
  if (options.length === 0) return ''
  const printed = options.map(printOption)
  return printed.length === 1 ? ` [${printed.join()}]` : ` [\n${indented(printed.join(',\n'))}\n]`
}

function printPart({ text, isExtension }: OptionNamePart): string {
  return isExtension ? `(${text})` : text
}

export function printValue(value: OptionValue): string {
  switch (value.kind) {
    case 'identifier':
    case 'number':
      return value.text
    case 'string':
      return printString(value.bytes)
    case 'message':
      return enclosed(
        '{}',
        value.entries.map((entry) => `${entry.name}: ${printValue(entry.value)}`),
      )
    case 'list':
      return enclosed('[]', value.items.map(printValue))
  }
}

function enclosed(brackets: string, items: readonly string[]): string {
  const [open = '', close = ''] = brackets
  return items.length === 0 ? open + close : `${open}\n${indented(items.join(',\n'))}\n${close}`
}

/** Two spaces in front of every line that is not empty. Only "\n" ends a line here: a string may hold U+2028. */
export function indented(text: string): string {
  return text
    .split('\n')
    .map((line) => (line === '' ? line : `  ${line}`))
    .join('\n')
}

/** A string literal. What is UTF-8 stays readable; control characters, quotes and other bytes are escaped. */
export function printString(bytes: Uint8Array): string {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
    return `"${text.replace(/[\0-\x1f\x7f"'\\]/g, escapeCharacter)}"`
  } catch {
    return `"${Array.from(bytes, escapeByte).join('')}"`
  }
}

function escapeCharacter(character: string): string {
  return ESCAPES.get(character) ?? octal(character.charCodeAt(0))
}

function escapeByte(byte: number): string {
  return byte >= 0x80 ? octal(byte) : String.fromCharCode(byte).replace(/[\0-\x1f\x7f"'\\]/g, escapeCharacter)
}

/** Three digits, so that a digit behind it is not taken for part of it. */
function octal(byte: number): string {
  return `\\${byte.toString(8).padStart(3, '0')}`
}

const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['\n', '\\n'],
  ['\r', '\\r'],
  ['\t', '\\t'],
  ['"', '\\"'],
  ["'", "\\'"],
  ['\\', '\\\\'],
])
