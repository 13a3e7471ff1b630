import type { Command, Option } from './command.ts'
import { commonExits, exitCodeDocs, exitCodes, type ExitName } from './exit-codes.ts'

/** Help text, derived from the commands: nothing is written twice. No line is longer than `LINE_LENGTH`. */
export function overviewText(commands: readonly Command[]): string {
  const width = Math.max(...commands.map(({ name }) => name.length))
  return [
    'headgate: the front door to a lakehouse',
    '',
    'Usage: headgate COMMAND [ARGUMENTS] [FLAGS]',
    '',
    'Commands:',
    ...commands.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`),
    '',
    'headgate COMMAND --help says more of each; headgate --version prints the version.',
    '',
  ].join('\n')
}

export function commandText(command: Command): string {
  return [
    command.summary,
    ...(command.details ? ['', ...command.details] : []),
    '',
    `Usage: headgate ${command.name} ${command.usage}`.trimEnd(),
    '',
    ...section('Flags:', optionLines({ ...command.options, help: { type: 'boolean', short: 'h', doc: 'Print this text.' } })),
    ...section(
      'Examples:',
      command.examples.map((example) => `  ${example}`),
    ),
    ...section('Exit codes:', exitLines(command)),
  ].join('\n')
}

const LINE_LENGTH = 120
/** A flag that is longer pushes its text to the next line. */
const LEFT_WIDTH_MAX = 36

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [title, ...lines, '']
}

function optionLines(options: { readonly [flag: string]: Option }): string[] {
  const rows = Object.entries(options).map(([flag, option]) => ({ left: optionLeft(flag, option), right: optionRight(option) }))
  const width = Math.min(LEFT_WIDTH_MAX, Math.max(...rows.map(({ left }) => left.length)))
  return rows.flatMap(({ left, right }) => {
    const lines = wrapped(right, LINE_LENGTH - width - 4)
    const pushed = left.length > width ? [left] : []
    return [...pushed, ...lines.map((line, index) => `${(index === 0 && pushed.length === 0 ? left : '').padEnd(width)}  ${line}`)].map(
      (line) => `  ${line}`.trimEnd(),
    )
  })
}

function optionLeft(flag: string, { short, type, value = 'VALUE' }: Option): string {
  return `${short === undefined ? '    ' : `-${short}, `}--${flag}${type === 'string' ? ` ${value}` : ''}`
}

function optionRight({ doc, fallback, multiple }: Option): string {
  const notes = [...(fallback === undefined || fallback === '' ? [] : [`default ${fallback}`]), ...(multiple ? ['may be repeated'] : [])]
  return notes.length === 0 ? doc : `${doc} (${notes.join(', ')})`
}

function exitLines({ exits }: Command): string[] {
  const names = Object.keys(exitCodes) as ExitName[]
  return names
    .filter((name) => commonExits.includes(name) || (exits?.includes(name) ?? true))
    .map((name) => `  ${String(exitCodes[name]).padStart(3)}  ${exitCodeDocs[name]}`)
}

function wrapped(text: string, width: number): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line)
      line = word
    } else line = line === '' ? word : `${line} ${word}`
  }
  return [...lines, line]
}
