import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { Offences } from './browser.ts'
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
    expect(new Set(await page.locator('[role="row"][aria-selected] [role="gridcell"]:nth-child(5)').allTextContents())).toEqual(new Set(['New']))
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

  it('sets states from findings about secrets, and from those alone', async () => {
    await page.goto('/findings?rule=secret.in-repository')
    await rows().first().waitFor()
    await page.getByRole('grid').focus()
    for (const key of ['Home', 'x', 'j', 'x']) await page.keyboard.press(key)
    await page.getByRole('region', { name: 'Selection' }).getByRole('button', { name: 'Set state…' }).click()
    await page.getByRole('heading', { name: 'Set the state of 2 secrets' }).waitFor()
    await page.getByRole('radio', { name: /^Rotated/ }).check()
    await page.getByRole('button', { name: 'Set state', exact: true }).click()
    await page.getByText('2 secrets set to rotated').waitFor()
    await page.goto('/findings?rule=x509.expired')
    await rows().first().waitFor()
    await page.getByRole('grid').focus()
    for (const key of ['Home', 'x']) await page.keyboard.press(key)
    await page.getByText('1 selected').waitFor()
    expect(await page.getByRole('button', { name: 'Set state…' }).count()).toBe(0)
  })

  it('takes a suggested owner with one click', async () => {
    await page.goto('/inventory?kind=secret&unowned=true')
    const names = rows().first().locator('a').first()
    await names.click()
    await page.getByRole('button', { name: /^Set owner: / }).first().click()
    await page.getByText('owns it now').waitFor()
    await page.getByText('Who may own it').waitFor({ state: 'detached' })
  })
})

describe.skipIf(process.env['MUSTER_E2E_URL'] !== undefined)('somebody who looks at sources', () => {
  it('goes from the overview to a source, its secrets, and back to it from a place', async () => {
    await page.goto('/')
    await page.getByRole('link', { name: /^Sources \d/ }).click()
    await page.waitForURL(/\/sources$/)
    await page.getByRole('link', { name: 'github.com/example/mobile' }).click()
    await page.waitForURL(/\/sources\/b1930000/)
    await page.getByRole('columnheader', { name: 'Account or name' }).waitFor()
    await page.locator('[role="gridcell"] a').first().click()
    await page.getByRole('link', { name: 'github.com/example/mobile' }).first().click()
    await page.getByRole('heading', { level: 1, name: 'github.com/example/mobile' }).waitFor()
    const id = new URL(page.url()).pathname.split('/').at(-1)!
    await page.goto(`/machines/${id}`)
    await page.waitForURL(`**/sources/${id}`)
  })

  it('starts a scan for secrets of paths on the server', async () => {
    await page.goto('/scans?new=true')
    await page.getByText('Repositories with their history').click()
    await page.getByRole('button', { name: 'Start scan' }).click()
    await page.getByText('Name at least one path').waitFor()
    await page.getByRole('textbox', { name: 'Where to look' }).fill('shop.git')
    await page.getByText('not an absolute path').waitFor()
    await page.getByRole('textbox', { name: 'Where to look' }).fill('/srv/git/shop.git')
    await page.getByRole('button', { name: 'Start scan' }).click()
    await page.waitForURL(/\/scans\/[0-9a-f-]{36}$/)
    await page.getByText('/srv/git/shop.git').first().waitFor()
  })
})

describe.skipIf(process.env['MUSTER_E2E_URL'] !== undefined)('somebody who writes detection rules', () => {
  it('finds a built-in rule, its examples, and what it found', async () => {
    await page.goto('/rules')
    await page.getByRole('tab', { name: 'Detection', exact: true }).click()
    await page.keyboard.press('/')
    await page.keyboard.type('slack webhook')
    await page.waitForURL(/q=slack/)
    await page.getByRole('row').filter({ hasText: 'slack-webhook' }).first().click()
    const panel = page.getByRole('dialog')
    await panel.getByRole('heading', { name: 'Leaves alone' }).waitFor()
    await panel.getByRole('link', { name: /places found by/ }).click()
    await page.waitForURL((url) => url.pathname === '/inventory' && url.searchParams.get('detectionRule') === 'slack-webhook')
    await rows().first().waitFor()
  })

  it('tries a rule before it is saved, sees what was held back and why, and saves it', async () => {
    await page.goto('/rules?tab=own')
    await page.getByRole('button', { name: 'Begin with an example' }).click()
    await page.getByLabel('Text to try').fill('a = shop_12345678\nb = changeme')
    await page.keyboard.press('Control+Enter')
    await page.getByText('1 secret found, 1 held back').waitFor()
    await page.getByText('Held back by placeholder').waitFor()
    expect(await page.locator('mark').allTextContents()).toEqual(['shop_12345678', 'changeme'])
    await page.getByRole('list', { name: 'What saving changes' }).getByText('shop-token').waitFor()
    await page.getByRole('button', { name: 'Save rules' }).click()
    await page.getByText('Saved: 1 own rule').waitFor()
    await page.getByRole('tab', { name: 'Detection', exact: true }).click()
    await page.getByRole('searchbox').fill('shop-token')
    await page.getByRole('row').filter({ hasText: 'Own rule' }).waitFor()
  })

  it('is led to the line of a rule that does not compile', async () => {
    await page.goto('/rules?tab=own')
    await page.getByLabel('Own rules').last().fill('\n\n[[rules]]\nid = "broken"\nregex = "("\n')
    await page.getByLabel('Text to try').fill('x')
    await page.getByRole('button', { name: 'Try' }).click()
    await page.getByText('The rules do not compile').waitFor()
    await page.getByRole('button', { name: 'Line 5' }).click()
    expect(await page.evaluate(() => document.activeElement?.tagName)).toBe('TEXTAREA')
  })
})
