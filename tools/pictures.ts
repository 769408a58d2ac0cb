import sparticuz from '@sparticuz/chromium'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { chromium, type Page } from 'playwright-core'

const usage = `Takes the README's pictures from a running installation.

  node tools/pictures.ts --url http://127.0.0.1:8420 (--link SIGN-IN-LINK | --token API-TOKEN) [--out docs/pictures] [--theme light|dark]
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
  await page.getByRole('heading', { name: 'Where it is' }).waitFor()
}

const pictures: readonly { name: string; path: string; act?: (page: Page) => Promise<void> }[] = [
  { name: 'overview', path: '/' },
  { name: 'inventory', path: '/inventory' },
  { name: 'credential', path: '/inventory?kind=certificate&sort=severity', act: openFirst },
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

async function main(): Promise<number> {
  const { values } = parseArgs({ options: { url: { type: 'string' }, link: { type: 'string' }, token: { type: 'string' }, out: { type: 'string' }, theme: { type: 'string', default: 'light' }, help: { type: 'boolean', default: false } } })
  if (values.help || values.url === undefined || (values.link === undefined) === (values.token === undefined) || (values.theme !== 'light' && values.theme !== 'dark')) {
    process.stderr.write(usage)
    return values.help ? 0 : 2
  }
  const url = values.url.replace(/\/$/, '')
  const out = values.out ?? fileURLToPath(new URL('../docs/pictures/', import.meta.url))
  await mkdir(out, { recursive: true })
  const browser = await chromium.launch({ executablePath: await sparticuz.executablePath(), args: sparticuz.args, headless: true })
  try {
    const context = await browser.newContext({
      baseURL: url, viewport: size, colorScheme: values.theme, locale: 'en-GB', reducedMotion: 'reduce', ignoreHTTPSErrors: true,
      ...(values.token === undefined ? {} : { extraHTTPHeaders: { authorization: `Bearer ${values.token}` } }),
    })
    const page = await context.newPage()
    if (values.link !== undefined) await signInByLink(page, values.link)
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
  }
  return 0
}

process.exitCode = await main()
