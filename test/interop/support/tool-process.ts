import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { parseJson, stringifyJson, type JsonValue } from '../../../src/shared/json.ts'
import { classPathOf, type JavaClientVersion } from '../toolchains/java.ts'
import type { GoTools, JavaTools, PythonTools, SparkTools } from '../toolchains/toolchain.ts'

const pythonServer = fileURLToPath(new URL('../python/serve_calls.py', import.meta.url))

/** How much of what a tool says on standard error is kept for the message of its failure. */
const ERROR_TEXT_MAX = 4000

/**
 * A program of another toolchain that answers calls, one JSON line each way, in order. Integers beyond the safe range
 * are bigint on this side. A call that fails over there throws here, with the same words.
 */
export class ToolProcess {
  readonly #child: ChildProcess
  readonly #waiting: { readonly resolve: (line: string) => void; readonly reject: (error: Error) => void }[] = []
  #errorText = ''
  #isGone = false

  private constructor(program: string, words: readonly string[], environment: { readonly [name: string]: string } = {}) {
    const child = spawn(program, words, { stdio: ['pipe', 'pipe', 'pipe'], env: { ...process.env, ...environment } })
    this.#child = child
    child.stderr.on('data', (chunk: Buffer) => (this.#errorText = (this.#errorText + chunk.toString()).slice(-ERROR_TEXT_MAX)))
    child.once('close', (code) => this.#onGone(`the tool ended with ${code}`))
    child.once('error', (error) => this.#onGone(error.message))
    createInterface({ input: child.stdout }).on('line', (line) => this.#waiting.shift()?.resolve(line))
  }

  static python({ executable }: PythonTools): ToolProcess {
    return new ToolProcess(executable, [pythonServer])
  }

  static spark({ executable, jars }: SparkTools): ToolProcess {
    return new ToolProcess(executable, [pythonServer], { HEADGATE_SPARK_JARS: jars })
  }

  static java({ executable }: JavaTools, version: JavaClientVersion): ToolProcess {
    return new ToolProcess(executable, ['-XX:TieredStopAtLevel=1', '-cp', classPathOf(version), 'headgate.interop.ServeCalls'])
  }

  static go({ executable }: GoTools): ToolProcess {
    return new ToolProcess(executable, [])
  }

  /** `Result` is what the caller knows of the tool. */
  async call<Result>(name: string, input: { readonly [argument: string]: unknown }): Promise<Result> {
    if (this.#isGone) throw new Error(`the tool is gone: ${this.#errorText}`)
    const line = await new Promise<string>((resolve, reject) => {
      this.#waiting.push({ resolve, reject })
      this.#child.stdin?.write(`${stringifyJson({ call: name, arguments: input as JsonValue })}\n`)
    })
    const { result, error } = parseJson(line) as { result?: unknown; error?: string }
    if (error !== undefined) throw new Error(error)
    return result as Result
  }

  /** The end of its input is the end of the tool. */
  async stop(): Promise<void> {
    if (this.#isGone) return
    const closed = once(this.#child, 'close')
    this.#child.stdin?.end()
    await closed
  }

  #onGone(reason: string): void {
    this.#isGone = true
    for (const waiting of this.#waiting.splice(0)) waiting.reject(new Error(`${reason}: ${this.#errorText}`))
  }
}
