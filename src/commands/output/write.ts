import { once } from 'node:events'
import { stringifyJson, type JsonValue } from '../../shared/json.ts'
import type { Output } from '../command.ts'

/** Writes, and waits while the reader is slow: a long answer never gathers in memory. */
export async function write(output: Output, chunk: string | Uint8Array): Promise<void> {
  if (chunk.length === 0) return
  if (!output.write(chunk)) await once(output, 'drain')
}

/** One document on one line. 64-bit integers are plain numbers. */
export async function writeJson(output: Output, value: unknown): Promise<void> {
  await write(output, `${stringifyJson(value as JsonValue)}\n`)
}

/** A line for each item. */
export async function writeJsonLines(output: Output, items: readonly unknown[]): Promise<void> {
  for (const item of items) await writeJson(output, item)
}
