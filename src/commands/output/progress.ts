import type { Clock } from '../../shared/clock.ts'
import type { Output } from '../command.ts'

/**
 * One line that says how far a long work is, written over and over on a terminal and not at all elsewhere, where it
 * would fill logs.
 */
export class Progress {
  readonly #output: Output
  readonly #clock: Clock
  #shownAtMs = -Infinity
  #isShown = false

  constructor(output: Output, clock: Clock) {
    this.#output = output
    this.#clock = clock
  }

  /** At most ten times a second; the text is only made when it is shown. */
  show(text: () => string): void {
    if (this.#output.isTTY !== true) return
    const nowMs = this.#clock.now()
    if (nowMs - this.#shownAtMs < BETWEEN_MS) return
    this.#shownAtMs = nowMs
    this.#isShown = true
    this.#output.write(`\r\u001b[K${text()}`)
  }

  /** Clears the line, so that what comes next starts on a clean one. */
  clear(): void {
    if (this.#isShown) this.#output.write('\r\u001b[K')
    this.#isShown = false
  }
}

const BETWEEN_MS = 100
