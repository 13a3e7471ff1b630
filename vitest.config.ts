import { defineConfig } from 'vitest/config'

/** The gate adds up what each run reports. */
export function reportersTo(outputFile: string) {
  return process.env['CI'] === undefined ? ['default'] : ['default', ['json', { outputFile }] as [string, { outputFile: string }]]
}

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/interop/**'],
    isolate: false,
    reporters: reportersTo('.test-results/unit.json'),
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
})
