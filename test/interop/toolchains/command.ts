import { spawnSync } from 'node:child_process'

/** Output of a program, or undefined when there is no such program here. */
export function outputOf(program: string, ...words: string[]): string | undefined {
  const { status, stdout, stderr, error } = spawnSync(program, words, { encoding: 'utf8' })
  if (error) return undefined
  return status === 0 ? stdout + stderr : undefined
}

/** Runs an installer. One that is there and fails is an error, never a reason to skip. */
export function install(program: string, words: readonly string[]): void {
  const { status, signal, error } = spawnSync(program, words, { stdio: ['ignore', 'inherit', 'inherit'] })
  if (status !== 0) throw new Error(`${program} ${words.join(' ')}: ${error?.message ?? `ended with ${status ?? signal}`}`)
}
