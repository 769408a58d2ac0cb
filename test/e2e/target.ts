import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { LINK_TOKEN } from '../../packages/web/dev/handlers.ts'
import { startFixture, type Fixture } from '../../packages/web/dev/server.ts'

const web = fileURLToPath(new URL('../../packages/web/', import.meta.url))

function newestIn(directory: string): number {
  return Math.max(...readdirSync(directory, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()).map((entry) => statSync(join(entry.parentPath, entry.name)).mtimeMs))
}

/** Builds the web application unless what is built is newer than its source. */
export function buildWeb(): void {
  const built = join(web, 'dist/index.html')
  if (existsSync(built) && statSync(built).mtimeMs > newestIn(join(web, 'src'))) return
  const vite = fileURLToPath(new URL('../../node_modules/vite/bin/vite.js', import.meta.url))
  const result = spawnSync(process.execPath, [vite, 'build', web, '--logLevel', 'warn'], { stdio: 'inherit' })
  if (result.status !== 0) throw new Error('the web application does not build')
}

/**
 * The installation under test: MUSTER_E2E_URL with MUSTER_E2E_LINK (an unused sign-in link) names a real one; without it a
 * fixture answers. `fixture` is null for a real one: what needs made-up amounts or faults is skipped there.
 */
export type Target = { readonly url: string; readonly link: string; readonly fixture: Fixture | null; readonly close: () => Promise<void> }

export async function startTarget(options: { rows?: number; signedIn?: boolean; role?: 'viewer' | 'operator' | 'administrator'; scanSeconds?: number } = {}): Promise<Target> {
  const { MUSTER_E2E_URL: url, MUSTER_E2E_LINK: link } = process.env
  if (url !== undefined && link !== undefined) return { url: url.replace(/\/$/, ''), link, fixture: null, close: () => Promise.resolve() }
  buildWeb()
  const fixture = await startFixture({ rows: options.rows ?? 420, role: options.role ?? 'administrator', signedIn: options.signedIn ?? false, running: true, scanSeconds: options.scanSeconds ?? 20 })
  return { url: fixture.url, link: `${fixture.url}/sign-in#token=${LINK_TOKEN}`, fixture, close: fixture.close }
}
