/** Entry of an encoder's thread. */
import { parentPort } from 'node:worker_threads'
import { assert } from '../shared/assert.ts'
import { EncoderExecutor } from './encoder-executor.ts'
import { serveCalls } from './serve-calls.ts'

assert(parentPort, 'encoder-worker runs on a worker thread only')
serveCalls(parentPort, new EncoderExecutor())
