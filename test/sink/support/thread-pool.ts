import { createHook } from 'node:async_hooks'

/**
 * What Node's thread pool still works on: zlib compresses the manifests of a commit there, out of a scheduler's sight. A
 * simulation waits for it before it draws the next event, or else the same seed would not tell the same story.
 */
export class ThreadPoolWatch {
  readonly #handles = new Set<ZlibHandle>()
  readonly #hook = createHook({
    init: (_asyncId, type, _triggerAsyncId, resource) => {
      if (type === 'ZLIB') this.#handles.add(resource as ZlibHandle)
    },
    trackPromises: false,
  })

  get isIdle(): boolean {
    for (const handle of this.#handles) if (!handle.buffer) this.#handles.delete(handle)
    return this.#handles.size === 0
  }

  start(): void {
    this.#hook.enable()
  }

  stop(): void {
    this.#hook.disable()
    this.#handles.clear()
  }
}

interface ZlibHandle {
  /** What is being compressed on the pool now; the synchronous functions leave it alone. */
  readonly buffer?: Uint8Array | null
}
