import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { settled, type Offences } from './browser.ts'
import { visit } from './visit.ts'

let close: (() => Promise<void>) | undefined
let offences: Offences
let page: Page

beforeAll(async () => {
  ;({ offences, page, close } = await visit({ signedIn: true }))
})
afterAll(() => close?.())
afterEach(() => {
  expect(offences.splice(0)).toEqual([])
})

const firstCell = () => page.locator('[role="row"][aria-rowindex="2"] [role="gridcell"]')
const count = async (): Promise<number> => Number((await page.locator('main header [aria-live]').textContent())!.replaceAll(/\D/g, ''))

// Amounts are the fixture's.
describe.skipIf(process.env['MUSTER_E2E_URL'] !== undefined)('a platform engineer', () => {
  it('goes from the month on the overview to the certificates that end in it, the machines they are on and who owns them', async () => {
    await page.goto('/')
    await page.getByRole('link', { name: /^\w+ \d{4}: [1-9]/ }).first().click()
    await page.waitForURL(/expiresFrom=.*expiresBefore=/)
    await firstCell().first().waitFor()
    for (const name of ['Expires', 'Where', 'Owner']) expect(await page.getByRole('columnheader', { name, exact: true }).count()).toBe(1)
    expect(await page.getByRole('columnheader', { name: 'Kind' }).count()).toBe(0)
  })

  it('sees on a page where a credential is, what it opens and who answers for it, and follows a box by keyboard', async () => {
    await page.goto('/inventory?kind=ssh-key&presence=present')
    await page.locator('[role="gridcell"] a').first().click()
    const reach = page.getByRole('group', { name: 'Where it is, what it opens and who answers for it' })
    await reach.waitFor()
    await reach.getByRole('list', { name: 'What it opens and who answers for it' }).getByText('Lets in as').first().waitFor()
    await reach.getByText('Owner').waitFor()
    await reach.getByRole('link').first().focus()
    await page.keyboard.press('Enter')
    await page.waitForURL(/\/(?:machines|sources)\//)
  })

  it('repeats a scan that is over', async () => {
    await page.goto('/scans?state=complete')
    await firstCell().first().click()
    await page.waitForURL(/\/scans\/[0-9a-f-]{36}$/)
    const before = page.url()
    await page.getByRole('button', { name: 'Scan again' }).click()
    await page.waitForURL((url) => url.href !== before)
    await page.getByRole('button', { name: 'Cancel scan' }).waitFor()
  })

  it('adds a connection and scans an organisation from its row', async () => {
    await page.goto('/settings/connections')
    await page.getByRole('button', { name: 'Add connection' }).click()
    await page.getByLabel('Name').fill('our GitHub')
    await page.getByLabel('Token').fill(crypto.randomUUID())
    await page.getByRole('button', { name: 'Save connection' }).click()
    await page.getByRole('link', { name: 'Scan our GitHub' }).click()
    await page.getByLabel('Organisations').fill('example')
    await page.getByRole('button', { name: 'Start scan' }).click()
    await page.waitForURL(/\/scans\/[0-9a-f-]{36}$/)
    await page.getByText('Organisations').waitFor()
    await page.getByText('our GitHub').waitFor()
  })
})

describe.skipIf(process.env['MUSTER_E2E_URL'] !== undefined)('a security engineer', () => {
  it('takes findings on and finds them again under the own name', async () => {
    await page.goto('/findings')
    await firstCell().first().waitFor()
    const mine = page.getByRole('group', { name: 'State' }).getByRole('button', { name: /^Mine/ })
    await mine.click()
    await page.waitForURL(/mine=true/)
    await settled(page)
    const before = await count()
    await page.getByRole('group', { name: 'State' }).getByRole('button', { name: /^Open \d/ }).click()
    await page.waitForURL((url) => !url.search.includes('mine'))
    await page.getByRole('button', { name: 'Filter', exact: true }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Severity', exact: true }).click()
    await page.getByRole('checkbox', { name: 'Low' }).click()
    await page.keyboard.press('Escape')
    await firstCell().first().waitFor()
    await page.getByRole('grid').focus()
    await page.keyboard.press('x')
    await page.getByRole('button', { name: 'Assign…' }).click()
    await page.getByRole('button', { name: 'Me', exact: true }).click()
    await page.getByRole('button', { name: 'Assign', exact: true }).click()
    await page.getByText(/^1 finding assigned to/).waitFor()
    await page.getByRole('button', { name: 'Remove filter Severity' }).click()
    await mine.click()
    await page.waitForURL(/mine=true/)
    await page.waitForFunction((than) => Number(document.querySelector('main header [aria-live]')?.textContent?.replaceAll(/\D/g, '')) > than, before)
  })

  it('accepts twenty at once, with a reason and until a day', async () => {
    await page.goto('/findings')
    await firstCell().first().click()
    await page.locator('[role="row"][aria-rowindex="21"] [role="gridcell"]').first().click({ modifiers: ['Shift'] })
    await page.getByText('20 selected').waitFor()
    await page.getByRole('button', { name: 'Accept…' }).click()
    await page.getByLabel('Reason').fill('Moved with the migration in spring')
    const until = new Date(Date.now() + 120 * 86_400_000).toISOString().slice(0, 10)
    await page.getByLabel('Until').fill(until)
    await page.getByRole('button', { name: 'Accept', exact: true }).click()
    await page.getByText(/^20 findings accepted until/).waitFor()
    await page.getByRole('group', { name: 'State' }).getByRole('button', { name: 'Accepted' }).click()
    await page.waitForURL(/state=accepted/)
    await page.waitForFunction(() => document.querySelector('main header [aria-live]')?.textContent === '20')
  })

  it('reads how many findings each rule has, as the filter has them', async () => {
    await page.goto('/findings?group=rule&severity=low')
    const groups = page.getByRole('region', { name: 'Findings by rule' }).getByRole('button', { expanded: false })
    await groups.first().waitFor()
    for (const text of await groups.allTextContents()) expect(text).toMatch(/^Low.*\d+$/)
    await groups.first().click()
    await page.getByRole('region', { name: 'Findings by rule' }).locator('li li button').first().waitFor()
  })
})

describe('in a browser whose language has no name', () => {
  it('the overview is there all the same', async () => {
    // What Chromium says where the system's locale is POSIX; libraries that format numbers by it would end the page.
    await page.addInitScript(() => Object.defineProperty(Navigator.prototype, 'language', { get: () => 'en-US@posix', configurable: true }))
    await page.goto('/')
    await page.getByText('Certificates by month of expiry').waitFor()
    expect(await page.evaluate(() => Intl.getCanonicalLocales(navigator.language))).toEqual(['en-US'])
  })
})

describe('on a telephone', () => {
  it.each(['/', '/inventory', '/findings', '/findings?group=rule', '/changes', '/rules', '/scans', '/settings/policy', '/settings/connections'])('%s does not scroll sideways as a whole', async (path) => {
    await page.setViewportSize({ width: 390, height: 844 })
    await page.goto(path)
    await settled(page)
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390)
    await page.setViewportSize({ width: 1440, height: 900 })
  })
})
