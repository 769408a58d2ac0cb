import { MusterError } from '@muster/core'
import type { HttpAnswer } from './transport.ts'

/** The error an answer of 4xx or 5xx stands for. Nothing of its body is quoted: it may echo what was sent. */
export function refusal({ status, headers }: Pick<HttpAnswer, 'status' | 'headers'>, named: string): MusterError {
  const detail = { status }
  if (status === 401) return new MusterError('auth.failed', `${named}: the token or certificate is not accepted; it may have expired or been revoked`, detail)
  if (status === 403) return new MusterError('access.denied', `${named}: the token may not read this${needed(headers)}`, detail)
  if (status === 404) return new MusterError('object.not-found', `${named}: not found, or the token may not know of it${needed(headers)}`, detail)
  if (status >= 500) return new MusterError('server.unreachable', `${named}: the server answered with status ${status}`, detail)
  return new MusterError('request.invalid', `${named}: the server answered with status ${status}`, detail)
}

/** GitHub says in headers what a token would have needed. */
function needed(headers: HttpAnswer['headers']): string {
  const said = headers['x-accepted-github-permissions'] ?? headers['x-accepted-oauth-scopes']
  return typeof said === 'string' && /^[\w:=,; -]{1,200}$/.test(said) ? `; it needs ${said}` : ''
}
