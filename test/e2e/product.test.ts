import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { guardedContext, launch, settled, type Offences } from './browser.ts'
import { startTarget, type Target } from './target.ts'

let target: Target
let browser: Browser
let context: BrowserContext
let offences: Offences
let page: Page

beforeAll(async () => {
  target = await startTarget()
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
const firstRow = () => rows().first()

describe('a person with a browser', () => {
  it('is led to sign in, and makes an account with the link', async () => {
    await page.goto('/inventory?q=web')
    await page.waitForURL(/\/sign-in\?back=/)
    await page.goto(target.link)
    await page.getByLabel('Your name').fill('Mara Lindqvist')
    await page.getByLabel('E-mail').fill('mara@example.com')
    await page.getByLabel('Password').fill('short')
    expect(await page.getByRole('button', { name: 'Create account' }).isDisabled()).toBe(true)
    await page.getByLabel('Password').fill('correct horse battery')
    await page.getByRole('button', { name: 'Create account' }).click()
    await page.getByRole('heading', { name: 'Overview' }).waitFor()
    expect(new URL(page.url()).hash).toBe('')
  })

  it('sees what exists on the overview and follows a figure into the inventory', async () => {
    await page.getByText('Certificates by month of expiry').waitFor()
    await page.getByRole('link', { name: /^Certificates \d/ }).click()
    await page.waitForURL(/\/inventory\?kind=certificate$/)
    await firstRow().waitFor()
    expect(await page.getByRole('group', { name: 'Kind' }).getByRole('button', { name: /^Certificates/ }).getAttribute('aria-pressed')).toBe('true')
  })

  it('filters by typing, and the address carries the filter', async () => {
    await page.goto('/inventory')
    await firstRow().waitFor()
    const name = (await firstRow().locator('a').first().textContent())!.slice(0, 6)
    await page.keyboard.press('/')
    await page.keyboard.type(name)
    await page.waitForURL((url) => url.searchParams.get('q') === name)
    await page.reload()
    await firstRow().waitFor()
    expect(await page.getByRole('searchbox').inputValue()).toBe(name)
    await page.goto('/inventory?q=zzzz-no-such-thing')
    await page.getByText('Nothing matches this filter').waitFor()
  })

  it('adds a filter with the menu and takes it away again', async () => {
    await page.goto('/inventory')
    await page.getByRole('button', { name: 'Filter', exact: true }).click()
    await page.getByRole('button', { name: 'Criticality', exact: true }).click()
    await page.getByRole('checkbox', { name: 'High' }).click()
    await page.waitForURL(/criticality=high/)
    await page.keyboard.press('Escape')
    await page.getByRole('button', { name: 'Remove filter Criticality' }).click()
    await page.waitForURL((url) => url.search === '')
  })

  it('moves by keyboard, looks into a row and opens its page', async () => {
    await page.goto('/inventory')
    await firstRow().waitFor()
    await page.getByRole('grid').focus()
    await page.keyboard.press('j')
    await page.keyboard.press('j')
    await page.keyboard.press('k')
    const active = await page.getByRole('grid').getAttribute('aria-activedescendant')
    const name = await page.locator(`[id="${active}"] a`).first().textContent()
    await page.keyboard.press('Enter')
    await page.getByRole('dialog').getByText(name!).first().waitFor()
    expect(page.url()).toMatch(/peek=/)
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    await page.getByRole('grid').focus()
    await page.keyboard.press('o')
    await page.getByRole('heading', { level: 1, name: name! }).waitFor()
    await page.getByRole('heading', { name: 'Where it is' }).waitFor()
    await page.getByRole('button', { name: /^Copy/ }).first().click()
    await page.getByText(/^Copied/).waitFor()
  })

  it('labels several credentials at once', async () => {
    await page.goto('/inventory')
    await firstRow().waitFor()
    await page.getByRole('grid').focus()
    await page.keyboard.press('Home')
    await page.keyboard.press('x')
    await page.keyboard.press('j')
    await page.keyboard.press('x')
    await page.getByText('2 selected').waitFor()
    await page.getByRole('button', { name: 'Set labels…' }).click()
    await page.getByLabel('Owner').fill('Team Harbour')
    await page.getByRole('button', { name: 'Set labels', exact: true }).click()
    await page.getByText('Labels set on 2 credentials').waitFor()
    await page.goto('/inventory?owner=Team%20Harbour')
    await firstRow().waitFor()
    expect(await rows().count()).toBe(2)
  })

  it('sorts, and shows the columns it wants', async () => {
    await page.goto('/inventory')
    await firstRow().waitFor()
    await page.getByRole('columnheader', { name: 'Name' }).getByRole('button').click()
    await page.waitForURL(/sort=name/)
    expect(await page.getByRole('columnheader', { name: 'Name' }).getAttribute('aria-sort')).toBe('ascending')
    await page.getByRole('button', { name: 'Choose columns' }).click()
    await page.getByRole('menuitemcheckbox', { name: 'Fingerprint' }).click()
    await page.keyboard.press('Escape')
    await page.getByRole('columnheader', { name: 'Fingerprint' }).waitFor()
    await page.reload()
    await page.getByRole('columnheader', { name: 'Fingerprint' }).waitFor()
  })

  it('exports what the filter matches by a plain link', async () => {
    await page.goto('/inventory?kind=certificate')
    await firstRow().waitFor()
    await page.getByRole('button', { name: 'Export' }).click()
    const href = await page.getByRole('menuitem', { name: 'CSV' }).getAttribute('href')
    expect(href).toContain('/api/v1/export/credentials?')
    expect(new URL(href!, target.url).searchParams.get('kind')).toBe('certificate')
    await page.keyboard.press('Escape')
  })

  it('accepts a finding with a reason and an end date', async () => {
    await page.goto('/findings')
    await firstRow().waitFor()
    await page.getByRole('grid').focus()
    await page.keyboard.press('Home')
    await page.keyboard.press('Enter')
    const panel = page.getByRole('dialog')
    await panel.getByRole('button', { name: 'Accept…' }).click()
    const accept = page.getByRole('button', { name: 'Accept', exact: true })
    expect(await accept.isDisabled()).toBe(true)
    await page.getByLabel('Reason').fill('Replaced in the next release')
    await page.getByRole('button', { name: '30 days' }).click()
    await accept.click()
    await page.getByText(/1 finding accepted until/).waitFor()
    await panel.getByRole('button', { name: 'Open again' }).waitFor()
    expect(await panel.getByText('Replaced in the next release').count()).toBeGreaterThan(0)
  })

  it('sees what changed since yesterday, further back, and of one kind of event', async () => {
    await page.goto('/changes')
    await page.getByRole('grid', { name: 'Changes' }).waitFor()
    await page.getByRole('button', { name: 'All time' }).click()
    await page.waitForURL(/days=0/)
    await page.getByRole('button', { name: /^Finding accepted/ }).click()
    await page.waitForURL(/event=finding-accepted/)
    await page.locator('[role="row"][aria-rowindex="2"]').getByText('Replaced in the next release').waitFor()
    await page.locator('[role="row"][aria-rowindex="2"]').click()
    await page.getByRole('dialog').getByRole('button', { name: 'Open again' }).waitFor()
  })

  it('starts a scan, watches it and cancels it', async () => {
    await page.goto('/scans')
    await page.getByRole('button', { name: 'New scan' }).click()
    await page.getByText('TLS on the network').click()
    await page.getByRole('button', { name: 'Start scan' }).click()
    await page.getByText('Name at least one address').waitFor()
    await page.getByRole('textbox', { name: 'Addresses' }).fill('127.0.0.1')
    await page.getByLabel('Ports').fill('70000')
    await page.getByText(/not a port/).waitFor()
    await page.getByLabel('Ports').fill('1-2000')
    await page.getByRole('button', { name: 'Start scan' }).click()
    await page.waitForURL(/\/scans\/[0-9a-f-]{36}$/)
    await page.getByText('What it looked at').waitFor()
    const cancel = page.getByRole('button', { name: 'Cancel scan' })
    if ((await cancel.count()) > 0) {
      await cancel.click()
      await page.getByRole('dialog').getByRole('button', { name: 'Cancel scan' }).click()
    }
    await page.getByText(/^(Cancelled|Complete|Incomplete)$/).first().waitFor()
  })

  it('finds pages and credentials with the command palette', async () => {
    await page.goto('/')
    await settled(page)
    await page.keyboard.press('Control+k')
    await page.getByRole('combobox', { name: /Search pages/ }).fill('rules')
    await page.keyboard.press('Enter')
    await page.waitForURL(/\/rules$/)
    await page.keyboard.press('?')
    await page.getByRole('heading', { name: 'Keyboard shortcuts' }).waitFor()
    await page.keyboard.press('Escape')
    await page.keyboard.press('g')
    await page.keyboard.press('m')
    await page.waitForURL(/\/machines$/)
  })

  it('creates an API token that is shown once', async () => {
    await page.goto('/settings/tokens')
    await page.getByRole('button', { name: 'New token' }).click()
    await page.getByLabel('Name').fill('e2e')
    await page.getByRole('button', { name: 'Create token' }).click()
    const token = await page.getByTestId('shown-once').textContent()
    expect(token!.length).toBeGreaterThan(20)
    await page.getByRole('button', { name: 'I have kept it' }).click()
    expect(await page.getByText(token!).count()).toBe(0)
  })

  it('chooses a theme, and the next page has it before its first paint', async () => {
    await page.goto('/settings/account')
    await page.getByRole('button', { name: /Administrator$/ }).click()
    await page.getByRole('menuitemradio', { name: 'Dark' }).click()
    await page.reload()
    expect(await page.evaluate(() => document.documentElement.dataset['theme'])).toBe('dark')
    await page.getByRole('button', { name: /Administrator$/ }).click()
    await page.getByRole('menuitemradio', { name: 'System' }).click()
  })

  it('signs out and is asked to sign in again', async () => {
    await page.getByRole('button', { name: /Administrator$/ }).click()
    await page.getByRole('menuitem', { name: 'Sign out' }).click()
    await page.getByRole('heading', { name: 'Sign in' }).waitFor()
    await page.getByLabel('E-mail').fill('mara@example.com')
    await page.getByLabel('Password').fill('wrong password here')
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByRole('alert').waitFor()
    await page.getByLabel('Password').fill('correct horse battery')
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByRole('heading', { name: 'Overview' }).waitFor()
  })
})
