import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { guardedContext, launch, type Offences } from './browser.ts'
import { startTarget, type Target } from './target.ts'

let target: Target
let browser: Browser
let context: BrowserContext
let offences: Offences
let page: Page

beforeAll(async () => {
  target = await startTarget({ signedIn: true })
  browser = await launch()
  ;({ context, offences } = await guardedContext(browser, target.url))
  page = await context.newPage()
})
afterAll(async () => {
  await browser?.close()
  await target?.close()
})
afterEach(() => {
  expect(offences.splice(0)).toEqual([])
})

const rows = () => page.locator('[role="row"][aria-selected]')

// Amounts are the fixture's; what the product itself finds is looked at in planted-secrets.test.ts.
describe.skipIf(process.env['MUSTER_E2E_URL'] !== undefined)('somebody who decides what secrets are', () => {
  it('looks at one kind and one state at a time, by address', async () => {
    await page.goto('/inventory')
    await page.getByRole('group', { name: 'Kind' }).getByRole('button', { name: /^Secrets/ }).click()
    await page.getByRole('columnheader', { name: 'Account or name' }).waitFor()
    await page.getByRole('group', { name: 'State' }).getByRole('button', { name: /^New/ }).click()
    await page.waitForURL(/secretState=new/)
    await rows().first().waitFor()
    expect(new Set(await page.locator('[role="row"][aria-selected] [role="gridcell"]:nth-child(4)').allTextContents())).toEqual(new Set(['New']))
  })

  it('sets the state of several by keyboard alone', async () => {
    await page.goto('/inventory?kind=secret&secretState=new')
    await rows().first().waitFor()
    const before = Number(await page.locator('main header [aria-live]').textContent())
    await page.getByRole('grid').focus()
    for (const key of ['Home', 'x', 'j', 'x', 's']) await page.keyboard.press(key)
    await page.getByRole('heading', { name: 'Set the state of 2 secrets' }).waitFor()
    await page.getByRole('radio', { name: /^Confirmed/ }).focus()
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Tab')
    await page.keyboard.type('checksums')
    await page.keyboard.press('Tab')
    await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    await page.getByText('2 secrets set to false positive').waitFor()
    await page.locator('main header [aria-live]', { hasText: new RegExp(`^${before - 2}$`) }).waitFor()
    await page.goto('/inventory?kind=secret&secretState=false-positive')
    await rows().first().locator('a').first().click()
    await page.getByRole('heading', { name: 'Where this value is' }).waitFor()
  })

  it('accepts one until a day, and reads who said so', async () => {
    await page.goto('/inventory?kind=secret&secretState=new')
    await rows().first().locator('a').first().click()
    await page.getByRole('group', { name: 'Set state' }).getByRole('button', { name: 'Accepted…' }).click()
    await page.getByLabel('Reason').fill('moves to the vault')
    await page.getByRole('button', { name: '30 days' }).click()
    await page.getByRole('button', { name: 'Set state', exact: true }).click()
    await page.getByText('1 secret set to accepted').waitFor()
    await page.getByText('moves to the vault').first().waitFor()
  })

  it('takes a suggested owner with one click', async () => {
    await page.goto('/inventory?kind=secret&unowned=true')
    const names = rows().first().locator('a').first()
    await names.click()
    await page.getByRole('button', { name: /^Set .* as owner$/ }).first().click()
    await page.getByText('owns it now').waitFor()
    expect(await page.getByText('Who may own it').count()).toBe(0)
  })
})
