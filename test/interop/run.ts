import { spawnSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { messageOf } from '../../src/shared/errors.ts'
import { installGo } from './toolchains/go.ts'
import { installJava } from './toolchains/java.ts'
import { installPython } from './toolchains/python.ts'
import { installSpark } from './toolchains/spark.ts'
import { interopFolder, isSparkAskedFor, toolchainsFile, type Toolchain, type Toolchains } from './toolchains/toolchain.ts'

/**
 * `npm run test:interop`: clients and readers of other toolchains against a real server. Installs what it needs into
 * `.interop/`, once; says by name what this machine has no tool for, whose tests are then reported as skipped. Words
 * after `--` go to vitest. HEADGATE_INTEROP_SPARK=1 adds Spark.
 */
const titles = {
  python: 'the Python packages (librdkafka, PyIceberg, delta-rs, DuckDB)',
  java: 'the Java client',
  go: 'franz-go and its registry client',
  spark: 'Spark',
} satisfies { [Name in keyof Toolchains]-?: string }

mkdirSync(interopFolder, { recursive: true })
try {
  const toolchains: Toolchains = {
    python: prepare(titles.python, installPython),
    java: prepare(titles.java, installJava),
    go: prepare(titles.go, installGo),
    ...(isSparkAskedFor() ? { spark: prepare(titles.spark, installSpark) } : {}),
  }
  writeFileSync(toolchainsFile, JSON.stringify(toolchains))
  process.exitCode = runTests(process.argv.slice(2))
  for (const [name, toolchain] of Object.entries(toolchains)) sayIfSkipped(titles[name as keyof Toolchains], toolchain)
} catch (error) {
  say(`test:interop: ${messageOf(error)}`)
  process.exitCode = 1
}

function prepare<Ready>(title: string, install: () => Toolchain<Ready>): Toolchain<Ready> {
  const startMs = performance.now()
  const toolchain = install()
  if (toolchain.kind === 'ready') say(`ready: ${title} (${((performance.now() - startMs) / 1000).toFixed(1)} s)`)
  else sayIfSkipped(title, toolchain)
  return toolchain
}

function sayIfSkipped(title: string, toolchain: Toolchain<object>): void {
  if (toolchain.kind === 'missing') say(`skipped: ${title} (${toolchain.reason})`)
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
