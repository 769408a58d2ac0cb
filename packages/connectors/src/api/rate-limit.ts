import type { HttpAnswer } from './transport.ts'

const MAX_WAIT_MS = 24 * 3_600_000

/**
 * Milliseconds an answer asks to wait before the next request; null when it is no refusal for haste. Read are `Retry-After` (RFC 9110
 * §10.2.3), `X-RateLimit-Reset` of GitHub and `RateLimit-Reset` of GitLab, both in seconds since 1970; a 403 counts only with one of
 * them, because GitHub answers with it for both.
 */
export function rateLimitWaitMs({ status, headers }: Pick<HttpAnswer, 'status' | 'headers'>, now: Date): number | null {
  if (status !== 429 && status !== 403 && status !== 503) return null
  const after = retryAfterMs(one(headers['retry-after']), now)
  if (after !== null) return after
  if (status === 503) return null
  const remaining = one(headers['x-ratelimit-remaining']) ?? one(headers['ratelimit-remaining'])
  const reset = Number(one(headers['x-ratelimit-reset']) ?? one(headers['ratelimit-reset']) ?? Number.NaN)
  if (remaining === '0' && Number.isFinite(reset) && reset > 0) return bounded(reset * 1000 - now.getTime())
  return status === 429 ? 60_000 : null
}

function retryAfterMs(text: string | undefined, now: Date): number | null {
  if (text === undefined) return null
  if (/^\d{1,9}$/.test(text)) return bounded(Number(text) * 1000)
  const at = Date.parse(text)
  return Number.isNaN(at) ? null : bounded(at - now.getTime())
}

function bounded(milliseconds: number): number {
  return Math.min(Math.max(milliseconds, 0), MAX_WAIT_MS)
}

function one(value: string | readonly string[] | undefined): string | undefined {
  return typeof value === 'string' ? value : value?.[0]
}
