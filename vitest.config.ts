import { defineConfig } from 'vitest/config'

const everywhere = { testTimeout: 60_000, hookTimeout: 120_000, pool: 'forks' as const }
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
