import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { install, outputOf } from './command.ts'
import { installedOnce } from './installed-once.ts'
import { installPackages, pythonHere } from './python.ts'
import { interopFolder, type SparkTools, type Toolchain } from './toolchain.ts'

const requirements = fileURLToPath(new URL('../python/requirements-spark.txt', import.meta.url))
const jars = fileURLToPath(new URL('../spark/pom.xml', import.meta.url))

/** Spark in a process of its own, with the runtimes of both table formats. Large, so only where it is asked for. */
export function installSpark(): Toolchain<SparkTools> {
  const python = pythonHere()
  if (python.kind === 'missing') return python
  if (outputOf('java', '-version') === undefined) return { kind: 'missing', reason: 'java is not on this machine' }
  if (outputOf('mvn', '--version') === undefined) return { kind: 'missing', reason: 'mvn is not on this machine' }
  const folder = join(interopFolder, 'spark')
  const executable = installPackages(folder, requirements, python)
  const jarFolder = join(interopFolder, 'spark-jars')
  installedOnce(jarFolder, [readFileSync(jars, 'utf8')], () =>
    install('mvn', ['--quiet', '--batch-mode', '--no-transfer-progress', '--file', jars, `-Dinterop.folder=${jarFolder}`, 'package']),
  )
  return { kind: 'ready', executable, jars: join(jarFolder, 'jars') }
}
