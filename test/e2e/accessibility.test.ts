import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { guardedContext, launch, settled, type Offences } from './browser.ts'
import { startTarget, type Target } from './target.ts'
import { violations } from './violations.ts'

let target: Target
let browser: Browser
const contexts = new Map<'light' | 'dark', { context: BrowserContext; offences: Offences; page: Page }>()

async function signIn(page: Page): Promise<void> {
  if (target.fixture !== null) return
  await page.goto('/sign-in')
  await page.getByLabel('E-mail').fill('mara@example.com')
  await page.getByLabel('Password').fill('correct horse battery')
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByRole('heading', { name: 'Overview' }).waitFor()
}

beforeAll(async () => {
  target = await startTarget({ signedIn: true })
  browser = await launch()
  for (const theme of ['light', 'dark'] as const) {
    const guarded = await guardedContext(browser, target.url, { theme })
    const page = await guarded.context.newPage()
    await signIn(page)
    contexts.set(theme, { ...guarded, page })
  }
})
afterAll(async () => {
  await browser?.close()
  await target?.close()
})

const click = (name: string | RegExp) => async (page: Page): Promise<void> => {
  await page.getByRole('button', { name }).first().click()
  await page.getByRole('dialog').last().waitFor()
}
const openRow = async (page: Page): Promise<void> => {
  await page.getByRole('grid').locator('[role="row"][aria-rowindex="2"] [role="gridcell"]').nth(2).click()
  await page.getByRole('dialog').waitFor()
}

const openSecret = async (page: Page): Promise<void> => {
  await page.locator('[role="gridcell"] a').first().click()
  await page.getByRole('heading', { name: 'Where this value is' }).waitFor()
}

const tryOwn = async (page: Page): Promise<void> => {
  const begin = page.getByRole('button', { name: 'Begin with an example' })
  if ((await begin.count()) > 0) await begin.click()
  await page.getByLabel('Text to try').fill('password = "changeme12345"\n')
  await page.getByRole('button', { name: 'Try' }).click()
  await page.getByText(/found/).first().waitFor()
}

const tryBroken = async (page: Page): Promise<void> => {
  await page.getByLabel('Own rules').last().fill('[[rules]]\nid = "broken"\nregex = "("\n')
  await page.getByLabel('Text to try').fill('x')
  await page.getByRole('button', { name: 'Try' }).click()
  await page.getByRole('button', { name: 'Line 3' }).waitFor()
}

const select = async (page: Page): Promise<void> => {
  await page.getByRole('grid').focus()
  await page.keyboard.press('x')
  await page.getByRole('region', { name: 'Selection' }).waitFor()
}

type Case = readonly [name: string, path: string, act?: (page: Page) => Promise<void>]
const cases: readonly Case[] = [
  ['overview', '/'], ['inventory', '/inventory'], ['inventory with a credential beside it', '/inventory', openRow],
  ['inventory without a match', '/inventory?q=zzzz-no-such-thing'], ['a credential', '/inventory?kind=certificate', async (page) => { await page.locator('[role="gridcell"] a').first().click(); await page.getByRole('heading', { name: 'Where it is' }).waitFor() }],
  ['secrets', '/inventory?kind=secret'], ['secrets with one beside them', '/inventory?kind=secret', openRow], ['a secret', '/inventory?kind=secret', openSecret], ['selected secrets', '/inventory?kind=secret', select], ['the form of a secret’s state', '/inventory?kind=secret', async (page) => { await openSecret(page); await page.getByRole('button', { name: /^Accepted/ }).click(); await page.getByRole('dialog').waitFor() }],
  ['machines', '/machines'], ['a machine', '/machines', async (page) => { await page.locator('[role="gridcell"] a').first().click(); await page.getByRole('tab').first().waitFor() }],
  ['sources', '/sources'], ['a source', '/sources', async (page) => { await page.locator('[role="gridcell"] a').first().click(); await page.getByRole('tab', { name: 'Keys and certificates' }).waitFor() }], ['sources without a match', '/sources?q=zzzz-no-such-thing'],
  ['endpoints', '/endpoints'], ['configurations', '/configurations'], ['a configuration', '/configurations', openRow], ['findings', '/findings'], ['a finding', '/findings', openRow], ['findings by rule', '/findings?group=rule'], ['accepted findings', '/findings?state=accepted'], ['changes', '/changes'], ['changes of a scan that changed nothing', '/changes?scanId=00000000-0000-4000-8000-000000000000'], ['rules', '/rules'],
  ['a finding about a secret', '/findings?q=secret', openRow], ['detection rules', '/rules?tab=detection'], ['a detection rule', '/rules?tab=detection', openRow], ['own detection rules', '/rules?tab=own', tryOwn], ['own detection rules that do not compile', '/rules?tab=own', tryBroken],
  ['scans', '/scans'], ['schedules', '/scans?tab=schedules'], ['the form of a new scan', '/scans?new=true'], ['the form of a scan for secrets', '/scans?new=true', async (page) => { await page.getByText('Repositories with their history').click(); await page.getByRole('textbox', { name: 'Where to look' }).waitFor() }], ['a scan', '/scans', async (page) => { await page.locator('[role="row"][aria-rowindex="2"]').click(); await page.getByText('What it looked at').waitFor() }],
  ['jobs', '/jobs'], ['audit log', '/audit'], ['own account', '/settings/account'], ['API tokens', '/settings/tokens'], ['policy', '/settings/policy'], ['label rules', '/settings/label-rules'],
  ['the form of a label rule', '/settings/label-rules', click('Add rule')], ['connections', '/settings/connections'], ['the form of a connection', '/settings/connections', click('Add connection')], ['alerts', '/settings/alerts'], ['the form of an alert channel', '/settings/alerts', click('Add channel')], ['accounts', '/settings/accounts'], ['server', '/settings/server'],
  ['the command palette', '/', async (page) => { await page.keyboard.press('Control+k'); await page.getByRole('combobox').waitFor() }], ['sign-in', '/sign-in'], ['an unknown address', '/no/such/page'],
]

for (const theme of ['light', 'dark'] as const) {
  describe(`in the ${theme} theme`, () => {
    for (const [name, path, act] of cases) {
      it(`${name} has no violation that axe finds, no external request and no policy violation`, async () => {
        const { page, offences } = contexts.get(theme)!
        await page.goto(path)
        await settled(page)
        await act?.(page)
        expect(await violations(page)).toEqual([])
        expect(offences.splice(0)).toEqual([])
      })
    }
  })
}

describe.each([1024, 1280])('in a window %i pixels wide', (width) => {
  it.each(['/inventory', '/machines', '/endpoints', '/findings', '/changes', '/scans', '/jobs', '/audit'])('%s shows its columns without scrolling sideways', async (path) => {
    const { page } = contexts.get('light')!
    const size = page.viewportSize()!
    await page.setViewportSize({ width, height: 768 })
    await page.goto(path)
    await settled(page)
    await page.locator('[role="grid"] [role="gridcell"]').first().waitFor()
    expect(await page.getByRole('grid').evaluate((grid) => grid.scrollWidth - grid.clientWidth)).toBeLessThanOrEqual(0)
    await page.setViewportSize(size)
  })
})

describe('where the server fails', () => {
  it('the page says what happened, names the request and tries again', async () => {
    if (target.fixture === null) return
    const { page } = contexts.get('light')!
    target.fixture.faults.push({ path: '/api/v1/machines', status: 500, code: 'internal', message: 'Something went wrong here' })
    await page.goto('/machines')
    await page.getByText('Something went wrong here').waitFor()
    expect(await page.getByText(/Request 0193a4c2/).count()).toBe(1)
    expect(await violations(page)).toEqual([])
    target.fixture.faults.length = 0
    await page.getByRole('button', { name: 'Try again' }).click()
    await page.locator('[role="gridcell"]').first().waitFor()
  })
})
