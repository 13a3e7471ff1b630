import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'
import { reportersTo } from '../../vitest.config.ts'
import { isSparkAskedFor } from './toolchains/toolchain.ts'

/** Foreign programs share two cores with the server under test, so one file runs at a time. */
export default defineConfig({
  test: {
    root: fileURLToPath(new URL('../..', import.meta.url)),
    include: ['test/interop/**/*.test.ts'],
    exclude: isSparkAskedFor() ? [] : ['test/interop/spark/**'],
    fileParallelism: false,
    isolate: false,
    reporters: reportersTo('.test-results/interop.json'),
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
})
