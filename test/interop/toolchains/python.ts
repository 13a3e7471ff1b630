import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { install, outputOf } from './command.ts'
import { installedOnce } from './installed-once.ts'
import { interopFolder, type PythonTools, type Toolchain } from './toolchain.ts'

const requirements = fileURLToPath(new URL('../python/requirements.txt', import.meta.url))

/** librdkafka, PyIceberg, delta-rs and DuckDB as Python packages, in a virtual environment of the project's own. */
export function installPython(): Toolchain<PythonTools> {
  const python = pythonHere()
  if (python.kind === 'missing') return python
  return { kind: 'ready', executable: installPackages(join(interopFolder, 'python'), requirements, python) }
}

/** The machine's own Python, if a virtual environment can be made from it. */
export function pythonHere(): Toolchain<{ readonly version: string }> {
  const version = outputOf('python3', '--version')?.trim()
  if (version === undefined) return { kind: 'missing', reason: 'python3 is not on this machine' }
  if (!isNewEnough(version)) return { kind: 'missing', reason: `${version} is here, and PyIceberg needs 3.10 or newer` }
  if (outputOf('python3', '-c', 'import venv, ensurepip') === undefined)
    return { kind: 'missing', reason: 'python3 is here without its venv module' }
  return { kind: 'ready', version }
}

/** A virtual environment with these packages; answers its interpreter. */
export function installPackages(folder: string, requirementsPath: string, { version }: { readonly version: string }): string {
  const executable = join(folder, 'bin', 'python')
  installedOnce(folder, [version, readFileSync(requirementsPath, 'utf8')], () => {
    install('python3', ['-m', 'venv', folder])
    install(executable, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--requirement', requirementsPath])
  })
  return executable
}

function isNewEnough(version: string): boolean {
  const [, major, minor] = /Python (\d+)\.(\d+)/.exec(version) ?? []
  return Number(major) === 3 && Number(minor) >= 10
}
