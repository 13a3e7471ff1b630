import type { Encoder } from './encoder.ts'
import { CalledEncoder } from './encoder-calls.ts'
import { EncoderExecutor } from './encoder-executor.ts'
import { InProcessCalls } from './in-process-calls.ts'

/** An encoder on the caller's own thread. */
export function inProcessEncoder(): Encoder {
  return new CalledEncoder(new InProcessCalls('the encoder', new EncoderExecutor()))
}
