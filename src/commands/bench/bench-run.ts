import { join } from 'node:path'
import type { Figure } from './figure.ts'

/** What the command line asked of a run, and the little that scenarios share. */
export interface BenchRun {
  readonly sizes: BenchSizes
  /** Where servers keep their data: the disk that durable figures are about. */
  readonly directory: string
  readonly signal: AbortSignal
  /** What is being done, for a person who waits. */
  readonly say: (text: string) => void
}

export interface BenchSizes {
  /** Records of one round. */
  readonly records: number
  readonly batchRecords: number
  /** HTTP requests of one round. */
  readonly requests: number
  /** What a full registry holds. */
  readonly schemas: number
  /** Each counted round; one more comes first, uncounted, because code runs slower until it is compiled. */
  readonly rounds: number
  /** How long a load that is not counted in records lasts. */
  readonly seconds: number
  readonly soakMinutes: number
  readonly starts: number
  /** After so long a server that has just started is at rest. */
  readonly restMs: number
  /** Intervals of the commits whose visibility is timed. */
  readonly commitIntervalsMs: readonly number[]
}

export type Scenario = (run: BenchRun) => Promise<Figure[]>

/** A directory of its own for one server. */
export function dataDirOf({ directory }: BenchRun, name: string): string {
  return join(directory, name)
}
