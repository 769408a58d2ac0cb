import { defineConfig } from 'vitest/config'

/** The browser's tests: one browser, one page at a time, against MUSTER_E2E_URL or a server of the fixture's. */
export default defineConfig({
  test: {
    include: ['test/e2e/*.test.ts'],
    testTimeout: 120_000,
    hookTimeout: 180_000,
    // A browser under load gets a second try where nobody watches; what fails twice fails.
    retry: process.env['CI'] === 'true' ? 1 : 0,
    fileParallelism: false,
    maxWorkers: 1,
    pool: 'forks',
  },
})
