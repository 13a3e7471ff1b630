import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** Adds up the JSON reports of all test runs and prints the closing line of the gate. */
const folder = process.argv[2] ?? '.test-results'
const reports = readdirSync(folder).filter((name) => name.endsWith('.json'))
const sum = { passed: 0, failed: 0, skipped: 0 }
for (const name of reports) {
  const report = JSON.parse(readFileSync(join(folder, name), 'utf8')) as {
    numPassedTests: number
    numFailedTests: number
    numPendingTests: number
    numTodoTests: number
    testResults: { status: string; assertionResults: unknown[] }[]
  }
  // A file that fails before its first test has no test to count.
  const brokenFiles = report.testResults.filter(({ status, assertionResults }) => status === 'failed' && assertionResults.length === 0)
  sum.passed += report.numPassedTests
  sum.failed += report.numFailedTests + brokenFiles.length
  sum.skipped += report.numPendingTests + report.numTodoTests
}
if (sum.passed === 0) sum.failed += 1
process.stdout.write(`${sum.passed} passed, ${sum.failed} failed${sum.skipped > 0 ? `, ${sum.skipped} skipped` : ''}\n`)
process.exitCode = sum.failed > 0 ? 1 : 0
