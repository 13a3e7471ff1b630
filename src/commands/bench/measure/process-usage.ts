import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { HeadgateError } from '../../../shared/errors.ts'

/** What a process has used: the CPU time of all its threads since it began, and its resident memory now. */
export interface ProcessUsage {
  readonly cpuSeconds: number
  /** The part of it that the system spent on the process's behalf; undefined where that is not told. */
  readonly kernelSeconds: number | undefined
  readonly residentBytes: number
}

/** From /proc on Linux, to 10 ms; elsewhere from `ps`, as exactly as that prints it (macOS: 10 ms). */
export function processUsage(pid: number): ProcessUsage {
  try {
    return process.platform === 'linux' ? usageFromProc(pid) : usageFromPs(pid)
  } catch (cause) {
    throw new HeadgateError('unsupported', `cannot read how much CPU and memory process ${pid} uses`, { cause, facts: { pid } })
  }
}

export function cpuSecondsOf(pid: number): number {
  return processUsage(pid).cpuSeconds
}

/** CPU seconds that all threads of this process use for `work`. */
export async function ownCpuSeconds(work: () => Promise<void>): Promise<number> {
  const before = process.cpuUsage()
  await work()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1e6
}

/** proc(5): clock ticks of user space are 1/100 s on every architecture that Node runs on. */
const TICKS_PER_SECOND = 100

function usageFromProc(pid: number): ProcessUsage {
  // The second field is the program's name in parentheses and may hold anything; what follows is numbers.
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const userSeconds = finite(Number(fields[11])) / TICKS_PER_SECOND
  const kernelSeconds = finite(Number(fields[12])) / TICKS_PER_SECOND
  const [, residentKiB] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
  return {
    cpuSeconds: userSeconds + kernelSeconds,
    kernelSeconds,
    residentBytes: finite(Number(residentKiB)) * 1024,
  }
}

function usageFromPs(pid: number): ProcessUsage {
  const [time = '', residentKiB] = execFileSync('ps', ['-o', 'time=,rss=', '-p', String(pid)], { encoding: 'utf8' })
    .trim()
    .split(/\s+/)
  return { cpuSeconds: finite(secondsOfPs(time)), kernelSeconds: undefined, residentBytes: finite(Number(residentKiB)) * 1024 }
}

/** `[[days-]hours:]minutes:seconds[.hundredths]`. */
export function secondsOfPs(time: string): number {
  const [clock = '', days = '0'] = time.split('-').toReversed()
  return clock.split(':').reduce((seconds, part) => seconds * 60 + Number(part), 0) + Number(days) * 86_400
}

function finite(value: number): number {
  if (Number.isFinite(value)) return value
  throw new Error('not a number')
}
