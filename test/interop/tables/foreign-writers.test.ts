import { describe } from 'vitest'
import { ToolProcess } from '../support/tool-process.ts'
import { readToolchains, ready } from '../toolchains/toolchain.ts'
import { added, foreignRows, foreignWorkSuite, removed, type ForeignWork } from './foreign-work.ts'

const { python } = readToolchains()

const works: { readonly [what: string]: ForeignWork } = {
  'PyIceberg appends rows': { steps: [{ call: 'iceberg_table.append', input: foreignRows }], iceberg: added },
  'PyIceberg deletes rows': { steps: [{ call: 'iceberg_table.delete', input: { filter: 'id >= 0 and id < 5' } }], iceberg: removed },
  'PyIceberg expires every snapshot that it may': {
    steps: [{ call: 'iceberg_table.append', input: foreignRows }, { call: 'iceberg_table.expire' }],
    iceberg: added,
  },
  'PyIceberg deletes rows and expires what was before': {
    steps: [{ call: 'iceberg_table.delete', input: { filter: 'id >= 0 and id < 5' } }, { call: 'iceberg_table.expire' }],
    iceberg: removed,
  },
  'delta-rs appends rows': { steps: [{ call: 'delta_table.append', input: foreignRows }], delta: added },
  'delta-rs deletes rows': { steps: [{ call: 'delta_table.delete', input: { filter: 'id >= 0 and id < 5' } }], delta: removed },
  'delta-rs compacts': { steps: [{ call: 'delta_table.compact' }] },
  'delta-rs compacts and vacuums': { steps: [{ call: 'delta_table.compact' }, { call: 'delta_table.vacuum' }] },
  'delta-rs compacts and vacuums at once, with its own check of the retention switched off': {
    steps: [
      { call: 'iceberg_table.append', input: foreignRows },
      { call: 'delta_table.compact' },
      { call: 'delta_table.vacuum', input: { retention_hours: 0, full: false } },
      { call: 'delta_table.vacuum', input: { retention_hours: 0, full: true } },
    ],
    iceberg: added,
  },
  'delta-rs writes a checkpoint and cleans its log': { steps: [{ call: 'delta_table.checkpoint' }] },
  'both append': {
    steps: [
      { call: 'iceberg_table.append', input: foreignRows },
      { call: 'delta_table.append', input: foreignRows },
    ],
    iceberg: added,
    delta: added,
  },
}

describe.skipIf(python.kind === 'missing')('Headgate goes on where PyIceberg and delta-rs wrote', () => {
  foreignWorkSuite(works, python, () => ToolProcess.python(ready(python)))
})
