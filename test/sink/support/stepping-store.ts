import type { ObjectStore } from '../../../src/objects/object-store.ts'
import type { Life } from './scheduler.ts'

/** A store as one process sees it: a call is on its way for a while, and so is its answer; neither outlives the process. */
export function steppingStore(store: ObjectStore, life: Life): ObjectStore {
  return {
    get: (...call) => onItsWay(() => store.get(...call)),
    getRange: (...call) => onItsWay(() => store.getRange(...call)),
    put: (...call) => onItsWay(() => store.put(...call)),
    putIfAbsent: (...call) => onItsWay(() => store.putIfAbsent(...call)),
    head: (...call) => onItsWay(() => store.head(...call)),
    list: (...call) => onItsWay(() => store.list(...call)),
    delete: (...call) => onItsWay(() => store.delete(...call)),
  }

  async function onItsWay<Answer>(call: () => Promise<Answer>): Promise<Answer> {
    await life.step()
    try {
      return await call()
    } finally {
      await life.step()
    }
  }
}
