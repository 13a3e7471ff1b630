import { inProcessLane } from '../../src/lanes/in-process-lane.ts'
import { laneConformance } from '../conformance/lane.ts'

laneConformance('the in-process lane', () => inProcessLane())
