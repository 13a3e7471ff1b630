import { spawnSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { installJava } from './toolchains/java.ts'
import { installPython } from './toolchains/python.ts'
import { interopFolder, toolchainsFile, type Toolchain, type Toolchains } from './toolchains/toolchain.ts'

/**
 * `npm run test:interop`: clients and readers of other toolchains against a real server. Installs what it needs into
 * `.interop/`, once; says by name what this machine has no tool for, whose tests are then reported as skipped. Words
 * after `--` go to vitest.
 */
const wanted: { readonly [Name in keyof Toolchains]: { readonly title: string; readonly install: () => Toolchains[Name] } } = {
  python: { title: 'the Python packages (librdkafka, PyIceberg, delta-rs, DuckDB)', install: installPython },
  java: { title: 'the Java client', install: installJava },
}

mkdirSync(interopFolder, { recursive: true })
const toolchains: Toolchains = { python: prepare('python'), java: prepare('java') }
writeFileSync(toolchainsFile, JSON.stringify(toolchains))
const outcome = runTests(process.argv.slice(2))
for (const name of ['python', 'java'] as const) sayIfSkipped(name, toolchains[name])
process.exitCode = outcome

function prepare<Name extends keyof Toolchains>(name: Name): Toolchains[Name] {
  const { title, install } = wanted[name]
  const startMs = performance.now()
  const toolchain = install()
  if (toolchain.kind === 'ready') say(`ready: ${title} (${((performance.now() - startMs) / 1000).toFixed(1)} s)`)
  else sayIfSkipped(name, toolchain)
  return toolchain
}

function sayIfSkipped(name: keyof Toolchains, toolchain: Toolchain<object>): void {
  if (toolchain.kind === 'missing') say(`skipped: ${wanted[name].title} (${toolchain.reason})`)
}

function say(line: string): void {
  process.stdout.write(`${line}\n`)
}

/** Exit code of vitest, on the Node that runs this. */
function runTests(words: readonly string[]): number {
  const vitest = fileURLToPath(new URL('../../node_modules/vitest/vitest.mjs', import.meta.url))
  const config = fileURLToPath(new URL('vitest.config.ts', import.meta.url))
  return spawnSync(process.execPath, [vitest, 'run', '--config', config, ...words], { stdio: 'inherit' }).status ?? 1
}
