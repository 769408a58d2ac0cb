import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { guardedContext, launch, type Offences, settled } from './browser.ts'
import { type Planted, plantSecrets } from './planted.ts'
import { type ProductServer, startProduct } from './product-server.ts'
import { buildWeb } from './target.ts'
import { violations } from './violations.ts'

let product: ProductServer
let planted: Planted
let browser: Browser
let context: BrowserContext
let offences: Offences
let page: Page
/** Everything the server answered. */
const answers: string[] = []
const reading: Promise<unknown>[] = []

beforeAll(async () => {
  buildWeb()
  planted = plantSecrets()
  product = await startProduct()
  browser = await launch()
  ;({ context, offences } = await guardedContext(browser, product.url))
  page = await context.newPage()
  page.on('response', (response) => {
    if (response.url().includes('/api/')) reading.push(response.text().then((text) => answers.push(`${response.url()} ${text}`), () => undefined))
  })
  await page.goto(product.link)
  await page.getByLabel('Your name').fill('Mara Lindqvist')
  await page.getByLabel('E-mail').fill('mara@example.com')
  await page.getByLabel('Password').fill('correct horse battery')
  await page.getByRole('button', { name: 'Create account' }).click()
  await page.getByRole('heading', { name: 'Overview' }).waitFor()
})
afterAll(async () => {
  await browser?.close()
  await product?.stop()
  planted?.remove()
})
afterEach(async () => {
  expect(offences.splice(0)).toEqual([])
  await Promise.all(reading)
  const shown = await page.content()
  for (const value of planted.values) {
    expect(shown.includes(value), `a planted value on ${page.url()}`).toBe(false)
    expect(answers.filter((answer) => answer.includes(value)).map((answer) => answer.split(' ')[0])).toEqual([])
  }
})

const firstRow = () => page.locator('[role="row"][aria-rowindex="2"]')
const openSecret = async (query: string): Promise<void> => {
  await page.goto(`/inventory?kind=secret&${query}`)
  await firstRow().locator('a').first().click()
  await page.getByRole('heading', { name: 'Where this value is' }).waitFor()
}

describe('secrets planted in a repository, met in the browser', () => {
  it('are found by a scan started from the form', async () => {
    await page.goto('/scans?new=true')
    await page.getByText('Repositories with their history').click()
    await page.getByRole('textbox', { name: 'Where to look' }).fill(`${planted.repository}\n${planted.directory}`)
    await page.getByRole('button', { name: 'Start scan' }).click()
    await page.waitForURL(/\/scans\/[0-9a-f-]{36}$/)
    await page.locator('header').getByText('Complete').waitFor({ timeout: 60_000 })
    await page.getByText('read in full for secrets').waitFor()
    await page.getByRole('link', { name: 'Secrets', exact: true }).click()
    await page.getByRole('columnheader', { name: 'Where' }).waitFor()
  })

  it('one value in three places is one secret, its lines blotted out, with who brought it in', async () => {
    await openSecret('q=db.example.org')
    await page.getByRole('heading', { level: 1, name: /^Database password · shop@db\.example\.org$/ }).waitFor()
    for (const place of ['deploy/.pgpass:1', 'deploy/production.env:1']) await page.getByText(place).waitFor()
    const lines = await page.locator('main code').allTextContents()
    expect(lines.filter((line) => line.includes('value left out')).length).toBe(3)
    expect(lines.join()).toContain('db.example.org:5432:orders:shop:')
    await page.getByText('Ann Berg').first().waitFor()
    await page.getByText('owned by @shop/platform').first().waitFor()
  })

  it('takes the owner from CODEOWNERS with one click, and a state with a reason', async () => {
    await page.getByRole('button', { name: 'Set owner: @shop/platform' }).click()
    await page.getByText('@shop/platform owns it now').waitFor()
    await page.getByRole('group', { name: 'Set state' }).getByRole('button', { name: 'Confirmed…' }).click()
    await page.getByLabel('Reason').fill('opens the orders database')
    await page.getByRole('button', { name: 'Set state', exact: true }).click()
    await page.getByText('1 secret set to confirmed').waitFor()
    await page.getByText('confirmed, says').waitFor()
  })

  it('what was removed is told to be only in history, and what a pipeline takes names its consumer', async () => {
    await openSecret('secretType=github-personal-access-token')
    await page.getByText('Only in history', { exact: true }).waitFor()
    await openSecret('q=storefront+AWS_SECRET_ACCESS_KEY')
    await page.getByText('.github/workflows/ship.yml').first().waitFor()
  })

  it('are findings whose panel shows the line', async () => {
    await page.goto('/findings?rule=secret.in-history')
    await firstRow().locator('[role="gridcell"]').nth(2).click()
    const panel = page.getByRole('dialog')
    await panel.getByText('scripts/release.sh').first().waitFor()
    await panel.getByText('value left out').first().waitFor()
    await panel.getByRole('group', { name: 'Set state' }).waitFor()
  })

  it('have a source of their own, and the palette finds them by account and path', async () => {
    await page.goto('/sources')
    await page.getByRole('link', { name: 'git.example.com/shop/storefront' }).click()
    await page.getByRole('tab', { name: 'Keys and certificates' }).click()
    await page.getByRole('link', { name: 'shop.key' }).waitFor()
    for (const text of ['shop@db.example.org', 'production.env', 'database-password']) {
      await page.keyboard.press('Control+k')
      await page.getByRole('combobox', { name: /Search pages/ }).fill(text)
      await page.getByRole('option', { name: /Database password · shop@db\.example\.org/ }).waitFor()
      await page.keyboard.press('Escape')
    }
  })

  it('rules say what they found, and own rules are tried by the real engine', async () => {
    await page.goto('/rules?tab=detection&found=true')
    await page.getByRole('row').filter({ hasText: 'github-personal-access-token' }).waitFor()
    await page.goto('/rules?tab=own')
    await page.getByRole('button', { name: 'Begin with an example' }).click()
    await page.getByLabel('Text to try').fill(`key = shop_${'0f'.repeat(4)}1c${'9e'.repeat(10)}3a\n`)
    await page.getByRole('button', { name: 'Try' }).click()
    await page.getByText(/^1 secret found/).waitFor()
    await page.getByLabel('Own rules').last().fill('[[rules]]\nid = "shop-token"\nregex = "("\n')
    await page.getByRole('button', { name: 'Save rules' }).click()
    await page.getByRole('button', { name: 'Line 3' }).waitFor()
    await settled(page)
  })

  it.each(['light', 'dark'] as const)('are shown on pages without violations that axe finds, %s', async (theme) => {
    await page.emulateMedia({ colorScheme: theme })
    for (const path of ['/', '/inventory?kind=secret', '/sources', '/rules?tab=detection&rule=generic-assigned-secret', '/rules?tab=own', '/findings?q=repository', '/scans']) {
      await page.goto(path)
      await settled(page)
      expect([path, await violations(page)]).toEqual([path, []])
    }
    await openSecret('q=db.example.org')
    expect(await violations(page)).toEqual([])
    await page.getByRole('link', { name: 'git.example.com/shop/storefront' }).first().click()
    await page.getByRole('columnheader', { name: 'Where' }).waitFor()
    expect(await violations(page)).toEqual([])
  })
})
