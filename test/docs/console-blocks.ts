import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

export interface ConsoleStep {
  readonly command: string
  /** What the page says is printed, standard output first. */
  readonly output: string
}

const root = fileURLToPath(new URL('../../', import.meta.url))

/** The commands of a page's ```console blocks, in order, each with the lines below it. */
export function consoleSteps(page: string): ConsoleStep[] {
  const blocks = readFileSync(root + page, 'utf8').matchAll(/^```console\n(.*?)^```$/gms)
  return [...blocks].flatMap(([, block = '']) =>
    block
      .split(/^\$ /m)
      .slice(1)
      .map((step) => {
        const [command = '', ...lines] = step.trimEnd().split('\n')
        return { command, output: lines.join('\n') }
      }),
  )
}

/** What differs from run to run: ids, times of the clock, ports, sizes of files with a random name in them. */
export function withoutRunValues(text: string): string {
  return text
    .trimEnd()
    .replaceAll(/127\.0\.0\.1:\d+/g, 'ADDRESS')
    .replaceAll(/snapshot \d+/g, 'snapshot ID')
    .replaceAll(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, 'UUID')
    .replaceAll(/\d+(\.\d+)? KiB/g, 'SIZE')
    .replaceAll(/[ \t]+$/gm, '')
}
