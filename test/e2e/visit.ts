import type { Browser, Page } from 'playwright-core'
import { guardedContext, launch, type Offences } from './browser.ts'
import { startTarget, type Target } from './target.ts'

/** A browser at an installation under test; `close` ends both. */
export type Visit = { readonly target: Target; readonly offences: Offences; readonly page: Page; readonly close: () => Promise<void> }

/** Opens a page at a target of {@link startTarget}. */
export async function visit(options: Parameters<typeof startTarget>[0] = {}): Promise<Visit> {
  const target = await startTarget(options)
  let browser: Browser | undefined
  const close = async (): Promise<void> => {
    await browser?.close()
    await target.close()
  }
  try {
    browser = await launch()
    const { context, offences } = await guardedContext(browser, target.url)
    return { target, offences, page: await context.newPage(), close }
  } catch (error) {
    await close()
    throw error
  }
}
