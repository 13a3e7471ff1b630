import { spawn } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { ServerProcess, withDirectory } from '../support/server-process.ts'
import { configurationPage } from './configuration-page.ts'
import { consoleSteps, withoutRunValues } from './console-blocks.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))
const pages = ['README.md', ...readdirSync(join(root, 'docs')).map((name) => `docs/${name}`)]

describe('what a page shows in a console is what a reader sees', () => {
  for (const page of pages.filter((name) => consoleSteps(name).length > 0))
    test(page, () =>
      withDirectory(async (dataDir) => {
        const server = await ServerProcess.start({ dataDir, flags: ['--schemas', join(dataDir, 'none')] })
        try {
          for (const { command, output } of consoleSteps(page)) {
            const printed =
              command === 'headgate serve'
                ? `headgate is ready: kafka ${server.kafka} http ${server.http}`
                : await run(command, server, dataDir)
            expect(withoutRunValues(printed), `$ ${command}`).toBe(withoutRunValues(output))
          }
        } finally {
          await server.stop()
        }
      }),
    )
})

/** As a shell would, with `headgate` as the page says. */
async function run(command: string, server: ServerProcess, dataDir: string): Promise<string> {
  const cli = `"${process.execPath}" "${join(root, 'src/cli.ts')}"`
  const environment = {
    ...process.env,
    HEADGATE_KAFKA: server.kafka,
    HEADGATE_HTTP: server.http,
    HEADGATE_DATA_DIR: dataDir,
    NO_COLOR: '1',
  }
  const child = spawn('/bin/sh', ['-c', `headgate() { ${cli} "$@"; }; ${command}`], { cwd: root, env: environment })
  const texts = { stdout: '', stderr: '' }
  child.stdout.on('data', (chunk: Buffer) => (texts.stdout += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (texts.stderr += chunk.toString()))
  await new Promise((resolve) => child.once('close', resolve))
  return texts.stdout + texts.stderr
}

describe('links of the pages lead somewhere', () => {
  for (const page of [...pages, 'ARCHITECTURE.md', 'CONTRIBUTING.md', 'CHANGELOG.md'])
    test(page, () => {
      const links = [...readFileSync(join(root, page), 'utf8').matchAll(/\]\(([^)#:]+)(?:#[^)]*)?\)/g)].map(([, target = '']) => target)
      expect(links.filter((target) => !existsSync(join(root, dirname(page), target)))).toEqual([])
    })
})

test('the README leads with the two commands', () => {
  const commands = [...readFileSync(join(root, 'README.md'), 'utf8').matchAll(/^```sh\n(.*?)\n```$/gms)].map(([, command]) => command)
  expect(commands.slice(0, 2)).toEqual(['npm ci && npm run demo', 'npm ci && npm test'])
})

test('the page about configuration says what the tables of settings say', async () => {
  await expect(configurationPage()).toMatchFileSnapshot(join(root, 'docs/configuration.md'))
})
