#!/usr/bin/env node
import nodeModule from 'node:module'
import { nodeProblem } from './commands/node-version.ts'

const problem = nodeProblem(process.version)
if (problem === undefined) {
  // Compiled code is kept between runs: starting takes half as long the second time.
  nodeModule.enableCompileCache()
  const { main } = await import('./commands/main.ts')
  process.exitCode = await main(process.argv.slice(2), process)
} else {
  process.stderr.write(`headgate: ${problem}\n`)
  process.exitCode = 2
}
