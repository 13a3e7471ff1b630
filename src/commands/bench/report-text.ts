import { bytesText, countText } from '../output/number-text.ts'
import type { Style } from '../output/style.ts'
import { factsText, tableText } from '../output/table-text.ts'
import { isWithin, type Figure } from './figure.ts'
import type { Machine } from './measure/machine.ts'
import type { BenchReport } from './run-bench.ts'
import { scenarioSpecs } from './scenario-names.ts'

export function machineText(
  { cpu, cores, memoryBytes, system, node, headgate, measuredAt, isDataInMemory }: Machine,
  style: Style,
): string {
  return factsText(
    [
      ['machine', `${cpu}, ${countText(cores)} cores, ${bytesText(memoryBytes)}, ${system}`],
      ['versions', `headgate ${headgate}, node ${node}`],
      ['measured', measuredAt],
      ...(isDataInMemory
        ? [['beware', 'the data directory is in memory: nothing here is durable; choose another with --directory'] as const]
        : []),
    ],
    style,
  )
}

export function reportText({ scenario, figures }: BenchReport, style: Style): string {
  const table = tableText<Figure>(
    [
      { title: 'FIGURE', text: ({ name }) => name },
      { title: 'VALUE', text: ({ value }) => amountText(value), isNumber: true },
      { title: 'UNIT', text: ({ unit }) => unit },
      { title: 'BUDGET', text: budgetText },
    ],
    figures,
    { style },
  )
  return `\n${style.bold(scenario)}: ${scenarioSpecs[scenario].summary}\n\n${table}`
}

/** Three digits that mean something, and no more: runs differ by some percent. */
function amountText(value: number): string {
  if (Math.abs(value) >= 1_000) return countText(Math.round(value))
  const decimals = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2
  return value.toFixed(decimals)
}

function budgetText(figure: Figure): string {
  const { budget } = figure
  if (budget === undefined) return ''
  const text = 'atMost' in budget ? `at most ${amountText(budget.atMost)}` : `at least ${amountText(budget.atLeast)}`
  return isWithin(figure) === true ? text : `${text}: missed`
}
