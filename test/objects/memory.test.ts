import { MemoryObjectStore } from '../../src/objects/memory.ts'
import { objectStoreConformance } from '../conformance/object-store.ts'

objectStoreConformance('the memory engine', async () => ({ store: new MemoryObjectStore(), async close() {} }))
