import { bench } from './bench.ts'
import type { Command } from './command.ts'
import { consumeCommands } from './consume.ts'
import { demo } from './demo.ts'
import { produceCommands } from './produce.ts'
import { queryCommands } from './query.ts'
import { schemaCommands } from './schema.ts'
import { serve } from './serve.ts'
import { tableCommands } from './table.ts'
import { topicCommands } from './topic.ts'

/** Every subcommand, in the order in which help lists them. */
export const commands: readonly Command[] = [
  serve,
  ...topicCommands,
  ...schemaCommands,
  ...produceCommands,
  ...consumeCommands,
  ...tableCommands,
  ...queryCommands,
  demo,
  bench,
]
