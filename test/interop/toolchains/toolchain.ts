import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** What `run.ts` found or installed, and what it says by name where it could not. The tests read it from `.interop/`. */
export type Toolchain<Ready> = ({ readonly kind: 'ready' } & Ready) | Missing

/** Not on this machine: what needs it is skipped, and `reason` is printed. */
export interface Missing {
  readonly kind: 'missing'
  readonly reason: string
}

export interface PythonTools {
  /** The interpreter of the virtual environment. */
  readonly executable: string
}

export interface JavaTools {
  readonly executable: string
}

export interface GoTools {
  /** The program that was built. */
  readonly executable: string
}

export interface SparkTools extends PythonTools {
  /** Folder of the jars that Spark loads. */
  readonly jars: string
}

export interface Toolchains {
  readonly python: Toolchain<PythonTools>
  readonly java: Toolchain<JavaTools>
  readonly go: Toolchain<GoTools>
  /** Absent unless HEADGATE_INTEROP_SPARK=1 asks for it. */
  readonly spark?: Toolchain<SparkTools>
}

export function isSparkAskedFor(): boolean {
  return process.env['HEADGATE_INTEROP_SPARK'] === '1'
}

/** Everything that is installed lives here; git ignores it. */
export const interopFolder = fileURLToPath(new URL('../../../.interop/', import.meta.url))

export const toolchainsFile = `${interopFolder}toolchains.json`

export function readToolchains(): Toolchains {
  return JSON.parse(readFileSync(toolchainsFile, 'utf8')) as Toolchains
}

/** The tools themselves, inside tests that are skipped where they are missing. */
export function ready<Ready>(toolchain: Toolchain<Ready> | undefined): Ready {
  if (toolchain?.kind !== 'ready') throw new Error('a test that needs these tools was not skipped')
  return toolchain
}
