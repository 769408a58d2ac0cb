import { defineConfig } from 'vitest/config'

// Tests with real processes and time-outs get a second try where nobody watches; what fails twice fails.
const everywhere = { testTimeout: 60_000, hookTimeout: 120_000, pool: 'forks' as const, retry: process.env['CI'] === 'true' ? 1 : 0 }
const pure = ['packages/{core,detect,pki,rules}/src/**/*.test.ts']

export default defineConfig({
  test: {
    maxWorkers: 2,
    projects: [
      // Nothing of these touches the world outside its own values, so their files can share a process.
      { test: { ...everywhere, name: 'pure', include: pure, isolate: false } },
      { test: { ...everywhere, name: 'world', globalSetup: ['packages/testkit/src/global-database.ts'], include: ['packages/*/src/**/*.test.{ts,tsx}', 'test/**/*.test.ts'], exclude: ['**/node_modules/**', 'test/e2e/**', ...pure] } },
    ],
  },
})
