import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createTestCertificate } from '@muster/testkit'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { guardedContext, launch, type Offences, settled } from './browser.ts'
import { type ProductServer, startProduct } from './product-server.ts'
import { violations } from './violations.ts'

let product: ProductServer
let browser: Browser
let context: BrowserContext
let offences: Offences
let page: Page
let planted: string

beforeAll(async () => {
  planted = mkdtempSync(join(tmpdir(), 'muster-planted-'))
  const expired = createTestCertificate({ subject: 'shop.example.org', notBefore: new Date('2024-01-01T00:00:00Z'), notAfter: new Date('2025-01-01T00:00:00Z'), sans: ['dns:shop.example.org'] })
  writeFileSync(join(planted, 'shop.pem'), expired.pem)
  writeFileSync(join(planted, 'shop.key'), expired.privateKeyPem, { mode: 0o644 })
  product = await startProduct()
  browser = await launch()
  ;({ context, offences } = await guardedContext(browser, product.url))
  page = await context.newPage()
})
afterAll(async () => {
  await browser?.close()
  await product?.stop()
  rmSync(planted, { recursive: true, force: true })
})
afterEach(() => {
  expect(offences.splice(0)).toEqual([])
})

/** Asks within the page until it says yes. Playwright's own waiting takes the promise of an answer for the answer. */
const reached = (ask: () => Promise<boolean>) => expect.poll(() => page.evaluate(ask), { interval: 500, timeout: 90_000 }).toBe(true)

describe("a newcomer's first minute with the real product", () => {
  it('makes the first account by the link, which works once', async () => {
    await page.goto(product.link)
    await page.getByLabel('Your name').fill('Mara Lindqvist')
    await page.getByLabel('E-mail').fill('mara@example.com')
    await page.getByLabel('Password').fill('correct horse battery')
    await page.getByRole('button', { name: 'Create account' }).click()
    await page.getByRole('heading', { name: 'Overview' }).waitFor()
    const again = await page.evaluate(async (token) => (await fetch('/api/v1/sign-in-links/redeem', { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ token, email: 'eve@example.com', name: 'Eve', password: 'correct horse battery' }) })).status, new URL(product.link).hash.slice('#token='.length))
    expect(again).toBeGreaterThanOrEqual(400)
  })

  it('finds the machine taken to the roll, and its configuration searched for secrets, without being asked', async () => {
    await reached(async () => {
      const scans = (await (await fetch('/api/v1/scans')).json()) as { items: { state: string; kind: string }[] }
      return ['host', 'secrets'].every((kind) => scans.items.some((scan) => scan.kind === kind && scan.state === 'complete'))
    })
    await page.goto('/machines')
    await settled(page)
    await page.locator('[role="gridcell"] a').first().waitFor()
    expect(await page.locator('[role="gridcell"] a').count()).toBeGreaterThan(0)
  })

  it('scans a path, and sees the expired certificate and the readable key', async () => {
    await page.evaluate(async (root) => {
      const session = (await (await fetch('/api/v1/session')).json()) as { csrfToken: string }
      const headers = { 'content-type': 'application/json', 'x-csrf-token': session.csrfToken }
      const scan = await fetch('/api/v1/scans', { method: 'POST', headers, body: JSON.stringify({ kind: 'host', options: { roots: [root] } }) })
      if (scan.status !== 202) throw new Error(await scan.text())
    }, planted)
    await reached(async () => {
      const findings = (await (await fetch('/api/v1/findings?limit=500')).json()) as { items: { ruleId: string; objectName: string }[] }
      const about = (rule: string, name: string) => findings.items.some((finding) => finding.ruleId === rule && finding.objectName === name)
      return about('x509.expired', 'shop.example.org') && about('key.readable-by-others', 'shop.key')
    })
    await page.goto('/findings?rule=x509.expired&q=shop.example.org')
    await page.getByText('shop.example.org').first().waitFor()
  })

  it.each(['/', '/inventory', '/machines', '/endpoints', '/findings', '/rules', '/scans', '/jobs', '/audit', '/settings'])('%s is accessible and quiet', async (path) => {
    await page.goto(path)
    await settled(page)
    expect(await violations(page)).toEqual([])
  })

  it('stops when asked', async () => {
    await page.close()
    expect(await product.stop()).toBe(0)
  })
})
