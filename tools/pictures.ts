/** Takes the README's pictures: starts the product, fills it with an example organisation by its own scanners, and looks. */
import sparticuz from '@sparticuz/chromium'
import { execFileSync } from 'node:child_process'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import type { ScanRow } from '@muster/core/api'
import { chromium, type Page } from 'playwright-core'
import { plantSecrets } from '../test/e2e/planted.ts'
import { startProduct, type ProductServer } from '../test/e2e/product-server.ts'
import { exampleScans } from './estate.ts'

const usage = `Takes the README's pictures from a server of its own with an example organisation in it.

  npm run pictures -- [--out docs/pictures] [--theme light|dark]
`
const size = { width: 1440, height: 900 }

async function ready(page: Page): Promise<void> {
  await page.locator('main h1').waitFor()
  await page.waitForFunction(() => document.querySelector('[role="status"][aria-label^="Loading"], [aria-busy="true"]') === null)
  await page.evaluate(() => document.fonts.ready)
}

/** Opens the first thing of the list and waits for its page. */
async function openFirst(page: Page): Promise<void> {
  await page.locator('[role="gridcell"] a').first().click()
  await page.getByRole('heading', { name: /^Where/ }).first().waitFor()
}

const pictures: readonly { name: string; path: string; act?: (page: Page) => Promise<void> }[] = [
  { name: 'overview', path: '/' },
  { name: 'inventory', path: '/inventory' },
  { name: 'credential', path: '/inventory?kind=certificate&sort=severity', act: openFirst },
  { name: 'secret', path: '/inventory?kind=secret&sort=severity', act: openFirst },
  { name: 'findings', path: '/findings', act: async (page) => { await page.locator('[role="row"][aria-rowindex="2"] [role="gridcell"]').nth(2).click(); await page.getByRole('dialog').getByText('What it means').waitFor() } },
  { name: 'scan', path: '/scans', act: async (page) => { await page.locator('[role="row"][aria-rowindex="2"]').click(); await page.getByText('What it looked at').waitFor() } },
]

async function signInByLink(page: Page, link: string): Promise<void> {
  await page.goto(link)
  await page.getByLabel('Your name').fill('Mara Lindqvist')
  await page.getByLabel('E-mail').fill('mara@example.com')
  // The account lives as long as the installation the pictures are taken from.
  await page.getByLabel('Password').fill(`${crypto.randomUUID()}`)
  await page.getByRole('button', { name: 'Create account' }).click()
  await page.getByRole('heading', { name: 'Overview' }).waitFor()
}

/** Sends what the example's scans saw, and waits until everything is judged. */
async function fill({ url, dataDir }: ProductServer): Promise<void> {
  const token = execFileSync(process.execPath, ['packages/server/src/token.ts', '--data', dataDir, '--role', 'operator', '--name', 'pictures'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim()
  const call = async <Body>(method: string, path: string, body?: unknown): Promise<Body> => {
    const response = await fetch(`${url}/api/v1/${path}`, { method, headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' }, ...(body === undefined ? {} : { body: JSON.stringify(body) }) })
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`)
    return (await response.json()) as Body
  }
  const planted = plantSecrets()
  const { id: secrets } = await call<ScanRow>('POST', 'scans', { kind: 'secrets', options: { targets: [planted.repository] } })
  while (['queued', 'running'].includes((await call<ScanRow>('GET', `scans/${secrets}`)).state)) await new Promise((resolve) => setTimeout(resolve, 200))
  planted.remove()
  for await (const { title, batches } of exampleScans()) {
    const { id } = await call<ScanRow>('POST', 'imports', { kind: 'host', title })
    for (const [sequence, batch] of batches.entries()) await call('POST', `imports/${id}/batches`, { sequence, batch })
    await call('POST', `imports/${id}/finish`, { state: 'complete' })
    process.stderr.write(`${title}\n`)
  }
  for (let quiet = 0; quiet < 3;) {
    await new Promise((resolve) => setTimeout(resolve, 1000))
    const { items } = await call<{ items: { state: string }[] }>('GET', 'jobs?limit=50')
    quiet = items.some(({ state }) => state === 'queued' || state === 'active') ? 0 : quiet + 1
  }
}

async function main(): Promise<number> {
  const { values } = parseArgs({ options: { out: { type: 'string' }, theme: { type: 'string', default: 'light' }, help: { type: 'boolean', default: false } } })
  if (values.help || (values.theme !== 'light' && values.theme !== 'dark')) {
    process.stderr.write(usage)
    return values.help ? 0 : 2
  }
  const out = values.out ?? fileURLToPath(new URL('../docs/pictures/', import.meta.url))
  await mkdir(out, { recursive: true })
  const product = await startProduct(['--first-scan', 'false'])
  const browser = await chromium.launch({ executablePath: await sparticuz.executablePath(), args: sparticuz.args, headless: true })
  try {
    await fill(product)
    const context = await browser.newContext({ baseURL: product.url, viewport: size, colorScheme: values.theme, locale: 'en-GB', reducedMotion: 'reduce' })
    const page = await context.newPage()
    await signInByLink(page, product.link)
    for (const { name, path, act } of pictures) {
      await page.goto(path)
      await ready(page)
      await act?.(page)
      await ready(page)
      await page.screenshot({ path: join(out, `${name}.png`) })
      process.stderr.write(`${name}.png\n`)
    }
  } finally {
    await browser.close()
    await product.stop()
  }
  return 0
}

process.exitCode = await main()
