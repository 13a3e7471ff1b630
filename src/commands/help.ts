import type { Command, Option } from './command.ts'
import { exitCodeDocs, exitCodes } from './exit-codes.ts'

/** Help text, derived from the commands: nothing is written twice. */
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
    '',
    `Usage: headgate ${command.name} ${command.usage}`.trimEnd(),
    '',
    ...section('Flags:', optionLines({ ...command.options, help: { type: 'boolean', short: 'h', doc: 'Print this text.' } })),
    ...section(
      'Examples:',
      command.examples.map((example) => `  ${example}`),
    ),
    ...section(
      'Exit codes:',
      Object.entries(exitCodes).map(([name, code]) => `  ${String(code).padStart(3)}  ${exitCodeDocs[name as keyof typeof exitCodes]}`),
    ),
  ].join('\n')
}

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [title, ...lines, '']
}

function optionLines(options: { readonly [flag: string]: Option }): string[] {
  const rows = Object.entries(options).map(([flag, option]) => ({ left: optionLeft(flag, option), right: optionRight(option) }))
  const width = Math.min(36, Math.max(...rows.map(({ left }) => left.length)))
  return rows.map(({ left, right }) => `  ${left.padEnd(width)}  ${right}`)
}

function optionLeft(flag: string, { short, type, value = 'VALUE' }: Option): string {
  return `${short === undefined ? '    ' : `-${short}, `}--${flag}${type === 'string' ? ` ${value}` : ''}`
}

function optionRight({ doc, fallback }: Option): string {
  return fallback === undefined || fallback === '' ? doc : `${doc} (default ${fallback})`
}
