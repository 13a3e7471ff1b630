import { mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { BenchRun, Scenario } from './bench-run.ts'
import type { Figure } from './figure.ts'
import { describeMachine, type Machine } from './measure/machine.ts'
import type { ScenarioName } from './scenario-names.ts'
import { fetchBack } from './scenarios/fetch.ts'
import { ingestGrowth } from './scenarios/ingest-growth.ts'
import { ingest } from './scenarios/ingest.ts'
import { lanes } from './scenarios/lanes.ts'
import { latency } from './scenarios/latency.ts'
import { raw } from './scenarios/raw.ts'
import { registry } from './scenarios/registry.ts'
import { registrySize } from './scenarios/registry-size.ts'
import { soak } from './scenarios/soak.ts'
import { start } from './scenarios/start.ts'

export interface BenchReport {
  readonly scenario: ScenarioName
  readonly figures: readonly Figure[]
}

export interface BenchOutput {
  begin(machine: Machine): Promise<void>
  report(report: BenchReport): Promise<void>
}

/** Runs scenarios one after the other, in a new directory below `run.directory` that is gone afterwards; reports each as it ends. */
export async function runBench(names: readonly ScenarioName[], run: BenchRun, output: BenchOutput): Promise<void> {
  const directory = await mkdtemp(join(run.directory, 'headgate-bench-'))
  try {
    await output.begin(await describeMachine(directory))
    for (const scenario of names) {
      const say = (text: string): void => run.say(`${scenario}: ${text}`)
      await output.report({ scenario, figures: await scenarios[scenario]({ ...run, directory, say }) })
    }
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
}

const scenarios: { readonly [Name in ScenarioName]: Scenario } = {
  start,
  'ingest-avro': ingest('AVRO'),
  'ingest-json': ingest('JSON'),
  'ingest-protobuf': ingest('PROTOBUF'),
  'ingest-growth': ingestGrowth,
  raw,
  fetch: fetchBack,
  latency,
  registry,
  'registry-size': registrySize,
  lanes,
  soak,
}
