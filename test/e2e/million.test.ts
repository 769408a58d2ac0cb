import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { guardedContext, launch, type Offences } from './browser.ts'
import { startTarget, type Target } from './target.ts'

let target: Target
let browser: Browser
let page: Page
let offences: Offences

beforeAll(async () => {
  target = await startTarget({ rows: 1_000_000, signedIn: true })
  browser = await launch()
  const guarded = await guardedContext(browser, target.url)
  offences = guarded.offences
  page = await guarded.context.newPage()
})
afterAll(async () => {
  await browser?.close()
  await target?.close()
})

const grid = () => page.getByRole('grid')
const lastIndex = () => page.evaluate(() => Math.max(0, ...[...document.querySelectorAll('[role="row"][aria-rowindex]')].map((row) => Number(row.getAttribute('aria-rowindex')))))

describe.skipIf(process.env['MUSTER_E2E_URL'] !== undefined)('an inventory of a million credentials', () => {
  it('shows its first rows and how many there are', async () => {
    await page.goto('/inventory?presence=all&trustStore=true')
    await page.locator('[role="gridcell"] a').first().waitFor({ timeout: 60_000 })
    await page.getByText('about 1,000,000').first().waitFor()
  })

  it('scrolls through many pages and keeps only what is in view', async () => {
    await grid().focus()
    for (let round = 0; round < 12; round++) {
      const before = await lastIndex()
      await page.keyboard.press('End')
      await page.waitForFunction((index) => Math.max(...[...document.querySelectorAll('[role="row"][aria-rowindex]')].map((row) => Number(row.getAttribute('aria-rowindex')))) > index, before)
      await page.waitForFunction(() => document.querySelectorAll('[role="gridcell"] a').length > 10)
    }
    expect(await lastIndex()).toBeGreaterThan(2000)
    expect(await page.locator('[role="row"]').count()).toBeLessThan(120)
    const loaded = await page.locator('[role="gridcell"] a').first().textContent()
    expect(loaded!.length).toBeGreaterThan(0)
  })

  it('comes back to the top, where the rows are the same as before', async () => {
    await page.keyboard.press('Home')
    await page.locator('[role="row"][aria-rowindex="2"] a').waitFor()
    expect(await page.locator('[role="row"][aria-rowindex="2"] a').textContent()).not.toBe('')
    expect(offences).toEqual([])
  })
})
