/** Entry of a lane's thread. */
import { parentPort } from 'node:worker_threads'
import { assert } from '../shared/assert.ts'
import { LaneExecutor } from './lane-executor.ts'
import { serveCalls } from './serve-calls.ts'

assert(parentPort, 'lane-worker runs on a worker thread only')
serveCalls(parentPort, new LaneExecutor())
