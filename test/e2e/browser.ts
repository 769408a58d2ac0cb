import sparticuz from '@sparticuz/chromium'
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core'

/** Starts the browser that comes with the repository's npm packages. */
export async function launch(): Promise<Browser> {
  return chromium.launch({ executablePath: await sparticuz.executablePath(), args: sparticuz.args, headless: true })
}

/** What a page must never do; every entry is one offence. */
export type Offences = string[]

/**
 * A context whose pages may reach `origin` and nothing else. Requests elsewhere, violations of the content security policy,
 * uncaught exceptions and console errors are collected.
 */
export async function guardedContext(browser: Browser, origin: string, options: { theme?: 'light' | 'dark'; width?: number; height?: number } = {}): Promise<{ context: BrowserContext; offences: Offences }> {
  const offences: Offences = []
  const context = await browser.newContext({
    baseURL: origin,
    viewport: { width: options.width ?? 1440, height: options.height ?? 900 },
    colorScheme: options.theme ?? 'light',
    locale: 'en-GB',
    timezoneId: 'UTC',
    reducedMotion: 'reduce',
    ignoreHTTPSErrors: true,
    // A certificate the server made for itself is what a fresh installation has.
    permissions: ['clipboard-read', 'clipboard-write'],
  })
  await context.route('**/*', async (route) => {
    const url = route.request().url()
    if (url.startsWith(origin) || url.startsWith('blob:') || url.startsWith('data:')) return route.continue()
    offences.push(`request to ${url}`)
    return route.abort()
  })
  await context.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', (event) => console.error(`CSP: ${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}:${event.lineNumber}`))
  })
  context.on('page', (page) => watch(page, offences))
  return { context, offences }
}

function watch(page: Page, offences: Offences): void {
  page.on('pageerror', (error) => offences.push(`exception on ${page.url()}: ${error.message}`))
  page.on('console', (message) => {
    // Refused requests are the page's to show; the browser notes them on its own.
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource')) offences.push(`console on ${page.url()}: ${message.text()}`)
  })
}

/** Waits until the page shows its content: no skeleton, no request under way for a moment. */
export async function settled(page: Page): Promise<void> {
  await page.waitForLoadState('load')
  await page.locator('main h1, main form').first().waitFor()
  await page.waitForFunction(() => document.querySelector('[role="status"][aria-label^="Loading"]') === null)
  await page.evaluate(() => document.fonts.ready)
}
