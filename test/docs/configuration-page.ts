import { topicConfigSpecs } from '../../src/broker/topic-configs.ts'
import { environmentName, settingSpecs, type SettingSpec } from '../../src/settings.ts'

/** The page about settings and topic configs, derived from their tables, so that it cannot disagree with them. */
export function configurationPage(): string {
  return `# Configuration

Every setting of \`headgate serve\` is a flag and an environment variable; a flag wins. Topic configs are set when a topic is created, with
\`headgate topic create --config\` or any Kafka admin client, and changed with IncrementalAlterConfigs. A key or a value that is not here is refused.
\`kafka-topics --create --config\` itself refuses keys that are not Kafka's; \`kafka-configs --alter --add-config\` takes them all.

## The server

${table(['flag', 'environment', 'default', 'values', 'what it is'], settingRows())}

## Topics

${table(['config', 'default', 'values', 'what it is'], topicRows())}
`
}

function settingRows(): string[][] {
  return Object.entries<SettingSpec>(settingSpecs).map(([name, spec]) => [
    code(`--${name}`),
    code(environmentName(name)),
    code(spec.fallback),
    codes(settingValues(spec)),
    spec.doc,
  ])
}

function settingValues({ kind, choices = [], min, max }: SettingSpec): readonly string[] {
  if (kind === 'choice') return choices
  if (kind === 'flag') return ['true', 'false']
  if (kind === 'address') return ['host:port']
  return kind === 'text' ? [] : [`${min ?? 0} to ${max ?? Number.MAX_SAFE_INTEGER}`]
}

function topicRows(): string[][] {
  return Object.entries(topicConfigSpecs).map(([key, { fallback, values, doc }]) => [code(key), code(fallback), codes(values), doc])
}

function codes(texts: readonly string[]): string {
  return texts.map(code).join(', ')
}

function code(text: string): string {
  return text === '' ? '' : `\`${text}\``
}

function table(titles: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = titles.map((title, column) => Math.max(title.length, ...rows.map((row) => (row[column] ?? '').length)))
  const line = (cells: readonly string[]): string => `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`
  return [line(titles), `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`, ...rows.map(line)].join('\n')
}
