import axe from 'axe-core'
import type { Page } from 'playwright-core'

/** Violations of WCAG 2.2 A and AA and of the best practices, one line each. */
export async function violations(page: Page): Promise<string[]> {
  // The policy of the page forbids inline scripts; evaluation by the browser's own protocol is not the page's.
  await page.evaluate(axe.source)
  const result = await page.evaluate(() => (globalThis as unknown as { axe: { run: (options: unknown) => Promise<{ violations: { id: string; nodes: { html: string; failureSummary?: string }[] }[] }> } }).axe.run({ resultTypes: ['violations'] }))
  return result.violations.flatMap((violation) => violation.nodes.slice(0, 3).map((node) => `${violation.id}: ${node.html.slice(0, 200)} ${node.failureSummary?.split('\n').slice(1, 2).join(' ') ?? ''}`))
}
