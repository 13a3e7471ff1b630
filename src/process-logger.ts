import { destination, pino } from 'pino'
import type { Logger } from './shared/log.ts'

/** Log lines as JSON on standard error; standard output belongs to the commands. */
export function processLogger(level: string): Logger {
  return pino(
    { level, base: null, timestamp: pino.stdTimeFunctions.isoTime, formatters: { level: (label) => ({ level: label }) } },
    destination(2),
  )
}
