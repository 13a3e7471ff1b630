import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { nodeProblem } from '../../src/commands/node-version.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const { engines } = JSON.parse(readFileSync(`${root}package.json`, 'utf8')) as { engines: { node: string } }

describe('the oldest Node that will do', () => {
  for (const [version, isEnough] of [
    ['v18.20.8', false],
    ['v22.21.0', false],
    ['v24.5.9', false],
    ['v24.6.0', true],
    ['v24.11.1', true],
    ['v26.0.0', true],
    ['v26.0.0-nightly20260101', true],
  ] as const)
    test(`${version} ${isEnough ? 'is enough' : 'is too old'}`, () => expect(nodeProblem(version) === undefined).toBe(isEnough))

  test('is the one of package.json', () => {
    const oldest = engines.node.replace('>=', '')
    expect(nodeProblem(`v${oldest}.0`)).toBeUndefined()
    const [major, minor] = oldest.split('.').map(Number) as [number, number]
    expect(nodeProblem(`v${major}.${minor - 1}.0`)).toBe(`needs Node ${oldest} or later; this is Node v${major}.${minor - 1}.0`)
  })
})

test('a process of an older Node says so in one line before it loads anything else', () => {
  const asOld = `--import=data:text/javascript,Object.defineProperty(process,'version',{value:'v20.20.2'})`
  const { status, stdout, stderr } = spawnSync(process.execPath, [asOld, `${root}src/cli.ts`, '--version'], { encoding: 'utf8' })
  expect({ status, stdout, stderr }).toEqual({
    status: 2,
    stdout: '',
    stderr: 'headgate: needs Node 24.6 or later; this is Node v20.20.2\n',
  })
})
