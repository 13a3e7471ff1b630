import { inProcessLane } from '../../../src/lanes/in-process-lane.ts'
import type { JudgeRequest, Lane, Ticket, Verdict } from '../../../src/lanes/lane.ts'
import { HeadgateError } from '../../../src/shared/errors.ts'

/** Before a batch is judged: waits, or throws as a lane that died does. */
export type Steering = (request: JudgeRequest) => void | Promise<void>

/** A lane whose next judgements a test waits for, holds up or fails; else a lane. Notes whose rows it keeps. */
export function steeredLane(steerings: Steering[], kept: Set<Ticket> = new Set()): Lane {
  const lane = inProcessLane()
  return {
    defineSchema: (schema) => lane.defineSchema(schema),
    defineTable: (table) => lane.defineTable(table),
    openTable: (table) => lane.openTable(table),
    closeTable: (tableKey) => lane.closeTable(tableKey),
    async judge(request): Promise<Verdict> {
      await steerings.shift()?.(request)
      const verdict = await lane.judge(request)
      if (verdict.kind === 'valid' && request.judgement.tableKey !== undefined) kept.add(verdict.ticket)
      return verdict
    },
    adopt: (request) => lane.adopt(request),
    discard(ticket) {
      kept.delete(ticket)
      lane.discard(ticket)
    },
    decode: (request) => lane.decode(request),
    cut: (tableKey) => lane.cut(tableKey),
    close: () => lane.close(),
  }
}

export const passes: Steering = () => undefined

export const diesUnderIt: Steering = () => {
  throw new HeadgateError('store-unavailable', 'lane 0 stopped (a fault on purpose); it starts again with the next call')
}

/** A failure that nobody foresaw. */
export const breaks: Steering = () => {
  throw new Error('a bug on purpose')
}
