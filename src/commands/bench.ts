import { tmpdir } from 'node:os'
import { systemClock } from '../shared/clock.ts'
import { HeadgateError } from '../shared/errors.ts'
import type { BenchSizes } from './bench/bench-run.ts'
import { scenarioNames, scenarioSpecs, type ScenarioName } from './bench/scenario-names.ts'
import { countFlag, isFlagSet, jsonOption, textFlag, textsFlag, type Command, type Invocation } from './command.ts'
import { exitCodes } from './exit-codes.ts'
import { Progress } from './output/progress.ts'
import { styleOf } from './output/style.ts'
import { write, writeJson } from './output/write.ts'

const NAME_WIDTH = Math.max(...scenarioNames.map(({ length }) => length))

/** Measures speed and memory of servers that it starts, loads and stops, and prints figures beside their budgets. */
export const bench: Command = {
  name: 'bench',
  summary: 'Measure speed and memory on this machine.',
  usage: '[--scenario NAME ...] [--records N] [--batch-records N] [--minutes N] [--quick] [--directory DIR] [--json]',
  details: [
    'Each scenario starts a server of its own in another process, loads it from this one, and removes its data.',
    'All without a star run by default, which takes about five minutes and 5 GB of disk.',
    '',
    ...scenarioNames.map(
      (name) => `  ${name.padEnd(NAME_WIDTH)}  ${scenarioSpecs[name].isDefault ? ' ' : '*'} ${scenarioSpecs[name].summary}`,
    ),
  ],
  options: {
    scenario: { type: 'string', value: 'NAME', multiple: true, doc: 'Run this scenario only.' },
    records: { type: 'string', value: 'N', doc: 'Records of a round.', fallback: '1000000, with --quick 100000' },
    'batch-records': { type: 'string', value: 'N', doc: 'Records of a batch in the ingest scenarios.', fallback: '1000' },
    minutes: { type: 'string', value: 'N', doc: 'How long soak lasts.', fallback: '10' },
    quick: { type: 'boolean', doc: 'One short round of everything: shows that it works, not how fast.' },
    directory: {
      type: 'string',
      value: 'DIR',
      doc: 'Where servers keep their data: the disk to measure.',
      fallback: "the system's temporary one",
    },
    ...jsonOption,
  },
  positionals: [],
  examples: [
    'headgate bench',
    'headgate bench --quick',
    'headgate bench --scenario ingest-avro --scenario raw --json',
    'headgate bench --scenario ingest-avro --batch-records 100',
    'headgate bench --scenario registry --scenario registry-size',
    'headgate bench --scenario soak --minutes 10',
  ],
  exits: ['unavailable'],
  async run(invocation) {
    const names = askedScenarios(invocation)
    const sizes = askedSizes(invocation)
    const { stdout, stderr, environment, signal } = invocation
    const [{ runBench }, { machineText, reportText }] = await Promise.all([
      import('./bench/run-bench.ts'),
      import('./bench/report-text.ts'),
    ])
    const isJson = isFlagSet(invocation, 'json')
    const style = styleOf(stdout, environment)
    const progress = new Progress(stderr, systemClock)
    const print = async (object: unknown, text: () => string): Promise<void> => {
      progress.clear()
      await (isJson ? writeJson(stdout, object) : write(stdout, text()))
    }
    const run = {
      sizes,
      directory: textFlag(invocation, 'directory') ?? tmpdir(),
      signal,
      say: (text: string) => progress.show(() => text),
    }
    await runBench(names, run, {
      begin: (machine) => print({ machine }, () => machineText(machine, style)),
      report: (report) => print(report, () => reportText(report, style)),
    }).finally(() => progress.clear())
    return exitCodes.ok
  },
}

function askedScenarios(invocation: Invocation): readonly ScenarioName[] {
  const asked = textsFlag(invocation, 'scenario')
  if (asked.length === 0) return scenarioNames.filter((name) => scenarioSpecs[name].isDefault)
  return asked.map((text) => {
    const name = scenarioNames.find((candidate) => candidate === text)
    if (name !== undefined) return name
    throw new HeadgateError('invalid-argument', `--scenario: expected one of ${scenarioNames.join(', ')}, got "${text}"`)
  })
}

function askedSizes(invocation: Invocation): BenchSizes {
  const isQuick = isFlagSet(invocation, 'quick')
  return {
    records: countFlag(invocation, 'records', { min: 1 }) ?? (isQuick ? 100_000 : 1_000_000),
    batchRecords: countFlag(invocation, 'batch-records', { min: 1 }) ?? 1_000,
    soakMinutes: countFlag(invocation, 'minutes', { min: 1 }) ?? 10,
    ...(isQuick
      ? { requests: 2_000, schemas: 1_000, rounds: 1, seconds: 0.5, starts: 1, restMs: 200, commitIntervalsMs: [200] }
      : { requests: 50_000, schemas: 100_000, rounds: 3, seconds: 10, starts: 10, restMs: 5_000, commitIntervalsMs: [1_000, 10_000] }),
  }
}
