import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Fixtures, makeFixtures } from './fixtures.ts'
import { runScript } from './script.ts'

const scripts = fileURLToPath(new URL('./scripts', import.meta.url))
let fixtures: Fixtures

beforeAll(async () => { fixtures = await makeFixtures() }, 120_000)
afterAll(() => fixtures?.close())

it.each(readdirSync(scripts).sort())('%s', async (name) => {
  const { bench, secrets, tlsPort, closedPort } = fixtures
  expect(secrets.length).toBeGreaterThan(10)
  await runScript(join(scripts, name), {
    directory: bench.path, loginFile: join(bench.path, 'config/muster/login.json'), forbidden: secrets,
    variables: { DIR: bench.path, TLS: `127.0.0.1:${tlsPort}`, PORT: String(tlsPort), CLOSED: `127.0.0.1:${closedPort}` },
  })
}, 240_000)
