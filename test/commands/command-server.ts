import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { HeadgateOptions } from '../../src/index.ts'
import { startInProcess, type InProcessServer } from '../support/in-process-server.ts'
import { runCommand, type CommandRun, type CommandWorld } from './run-command.ts'

/** A server, and commands that find it by their environment. */
export interface CommandServer extends InProcessServer {
  readonly env: { readonly [name: string]: string }
  run(words: readonly string[], world?: Omit<CommandWorld, 'env'>): Promise<CommandRun>
  /** Runs a command that must succeed. */
  succeed(words: readonly string[], world?: Omit<CommandWorld, 'env'>): Promise<string>
  /** Writes a file beside the server's and answers its path. */
  file(name: string, text: string): string
}

export async function startForCommands(options: HeadgateOptions = {}): Promise<CommandServer> {
  const server = await startInProcess({ 'default-lake-formats': 'iceberg,delta', ...options })
  const env = { HEADGATE_KAFKA: server.kafka, HEADGATE_HTTP: server.http, HEADGATE_DATA_DIR: server.dataDir }
  const run: CommandServer['run'] = (words, world = {}) => runCommand(words, { ...world, env })
  return {
    ...server,
    env,
    run,
    async succeed(words, world) {
      const { code, stdout, stderr } = await run(words, world)
      if (code !== 0) throw new Error(`headgate ${words.join(' ')} ended with ${code}: ${stderr}`)
      return stdout
    },
    file(name, text) {
      const path = join(server.dataDir, name)
      writeFileSync(path, text)
      return path
    },
  }
}
