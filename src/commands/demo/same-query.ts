import { Writable } from 'node:stream'
import type { Invocation } from '../command.ts'
import { runQuery } from '../query/run-query.ts'

export interface SameQuery {
  /** The answer as a table for people. */
  readonly text: string
  readonly isEqual: boolean
}

/** Asks the Iceberg and the Delta tables the same question, as `headgate query` does. `FROM format.table` names the format. */
export async function askBoth(sql: (format: string) => string, dataDir: string, invocation: Invocation): Promise<SameQuery> {
  const [iceberg, delta] = [await ask(sql('iceberg'), dataDir, invocation), await ask(sql('delta'), dataDir, invocation)]
  return { text: iceberg, isEqual: iceberg === delta }
}

async function ask(sql: string, dataDir: string, { environment, signal, stderr }: Invocation): Promise<string> {
  let text = ''
  const stdout = new Writable({
    write(chunk: Buffer, _encoding, done) {
      text += chunk.toString()
      done()
    },
  })
  const options = { sql, dataDir, namespace: 'default', firstFormat: 'iceberg', isJson: false } as const
  await runQuery(options, { stdout, stderr, environment, signal })
  return text
}
