import { timingSafeEqual } from 'node:crypto'
import { MusterError } from '@muster/core'

/** How the application is reached; requests that name another host are not for it. */
export type Site = {
  readonly protocol: 'http' | 'https'
  /** Host names (no port, lower case) under which it answers browsers; null for any, where TLS names the server instead. */
  readonly hostNames: ReadonlySet<string> | null
  /** The configured origin when people come through a proxy, e.g. `https://muster.example.org`. */
  readonly publicOrigin: string | null
}

const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS'])

/** The host names a server on a loopback address answers to: nothing a page elsewhere can point at it (DNS rebinding). */
export const loopbackHostNames: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]'])

/** Whether the request changes something, by its method (RFC 9110 §9.2.1). */
export function isUnsafe(request: Request): boolean {
  return !SAFE_METHODS.has(request.method)
}

/** @throws MusterError request.invalid for a Host that is not this server's. */
export function checkHost(request: Request, site: Site): void {
  if (site.hostNames === null) return
  const host = request.headers.get('host')
  const name = host === null ? null : hostName(host)
  if (name === null || !site.hostNames.has(name)) {
    throw new MusterError('request.invalid', 'the request names a host that is not this server; open it under the address it listens on')
  }
}

/**
 * A browser says where a request that changes something comes from: `Origin` must be this site, and `Sec-Fetch-Site`,
 * where sent, must not be another one.
 *
 * @throws MusterError csrf.rejected
 */
export function checkOrigin(request: Request, site: Site): void {
  if (!isUnsafe(request)) return
  const origin = request.headers.get('origin')
  const host = request.headers.get('host')
  const fetchSite = request.headers.get('sec-fetch-site')
  const foreign = origin !== null && origin !== `${site.protocol}://${host}` && origin !== site.publicOrigin
  const crossSite = fetchSite !== null && fetchSite !== 'same-origin' && fetchSite !== 'none'
  if (foreign || crossSite) throw new MusterError('csrf.rejected', 'the request comes from another site')
}

/**
 * A request under a cookie that changes something must carry the session's token in `X-CSRF-Token`.
 *
 * @throws MusterError csrf.rejected
 */
export function checkCsrfToken(request: Request, expected: string): void {
  if (!isUnsafe(request)) return
  const sent = Buffer.from(request.headers.get('x-csrf-token') ?? '')
  const wanted = Buffer.from(expected)
  if (sent.length !== wanted.length || !timingSafeEqual(sent, wanted)) {
    throw new MusterError('csrf.rejected', 'the X-CSRF-Token header is missing or not of this session')
  }
}

function hostName(host: string): string | null {
  const match = /^(\[[0-9a-fA-F:.]+\]|[^:[\]]+)(?::\d{1,5})?$/.exec(host)
  return match?.[1]?.toLowerCase() ?? null
}
