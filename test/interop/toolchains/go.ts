import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { install, outputOf } from './command.ts'
import { installedOnce } from './installed-once.ts'
import { interopFolder, type GoTools, type Toolchain } from './toolchain.ts'

const project = fileURLToPath(new URL('../go/', import.meta.url))

/** franz-go with its registry client behind a small program, built once. */
export function installGo(): Toolchain<GoTools> {
  const compiler = outputOf('go', 'version')?.trim()
  if (compiler === undefined) return { kind: 'missing', reason: 'go is not on this machine' }
  if (!isNewEnough(compiler)) return { kind: 'missing', reason: `${compiler} is here, and franz-go needs 1.26 or newer` }
  const folder = join(interopFolder, 'go')
  const executable = join(folder, 'interop')
  installedOnce(folder, [compiler, ...sources()], () => install('go', ['-C', project, 'build', '-buildvcs=false', '-o', executable, '.']))
  return { kind: 'ready', executable }
}

function isNewEnough(compiler: string): boolean {
  const [, major, minor] = /go(\d+)\.(\d+)/.exec(compiler) ?? []
  return Number(major) > 1 || Number(minor) >= 26
}

function sources(): string[] {
  return readdirSync(project, { encoding: 'utf8' })
    .toSorted()
    .map((name) => readFileSync(join(project, name), 'utf8'))
}
