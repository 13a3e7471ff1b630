import { inProcessEncoder } from '../../src/lanes/in-process-encoder.ts'
import { encoderConformance } from '../conformance/encoder.ts'

encoderConformance('the in-process encoder', () => inProcessEncoder())
