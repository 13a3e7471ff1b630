import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { install, outputOf } from './command.ts'
import { installedOnce } from './installed-once.ts'
import { interopFolder, type JavaTools, type Toolchain } from './toolchain.ts'

/** The newest of the current line, and the last of the one before: clients of both are in the field. */
export const javaClientVersions = ['4.4.0', '3.9.2'] as const
export type JavaClientVersion = (typeof javaClientVersions)[number]

const project = fileURLToPath(new URL('../java/', import.meta.url))

/** Kafka's own Java client behind a small program, built once per version by Maven. */
export function installJava(): Toolchain<JavaTools> {
  const compiler = outputOf('javac', '-version')?.trim()
  if (compiler === undefined) return { kind: 'missing', reason: 'javac is not on this machine' }
  if (Number(/javac (\d+)/.exec(compiler)?.[1]) < 17) return { kind: 'missing', reason: `${compiler} is here, and 17 or newer is needed` }
  if (outputOf('mvn', '--version') === undefined) return { kind: 'missing', reason: 'mvn is not on this machine' }
  for (const version of javaClientVersions) build(version, compiler)
  return { kind: 'ready', executable: 'java' }
}

function build(version: JavaClientVersion, compiler: string): void {
  const folder = folderOf(version)
  installedOnce(folder, [compiler, ...sources()], () => {
    const properties = [`-Dkafka.version=${version}`, `-Dinterop.folder=${folder}`]
    install('mvn', ['--quiet', '--batch-mode', '--no-transfer-progress', '--file', join(project, 'pom.xml'), ...properties, 'package'])
  })
}

export function classPathOf(version: JavaClientVersion): string {
  return `${join(folderOf(version), 'classes')}:${join(folderOf(version), 'lib', '*')}`
}

function folderOf(version: JavaClientVersion): string {
  return join(interopFolder, `java-${version}`)
}

function sources(): string[] {
  const paths = readdirSync(project, { recursive: true, encoding: 'utf8' }).filter((path) => /\.(?:java|xml)$/.test(path))
  return paths.sort().map((path) => readFileSync(join(project, path), 'utf8'))
}
