/** Entry of an encoder's thread. */
import { constants, setPriority } from 'node:os'
import { parentPort } from 'node:worker_threads'
import { assert } from '../shared/assert.ts'
import { EncoderExecutor } from './encoder-executor.ts'
import { serveCalls } from './serve-calls.ts'

assert(parentPort, 'encoder-worker runs on a worker thread only')
// A verdict and its ack never wait for a core that a file keeps busy. Linux has a priority for each thread; elsewhere it
// would be the whole process's.
if (process.platform === 'linux') setPriority(constants.priority.PRIORITY_BELOW_NORMAL)
serveCalls(parentPort, new EncoderExecutor())
