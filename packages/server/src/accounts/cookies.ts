const NAME = 'muster'
// The prefix makes browsers insist on Secure, Path=/ and no Domain (RFC 6265bis §4.1.3.2), so no neighbour can set it.
const SECURE_NAME = '__Host-muster'

/** The session's token in the request's cookies; null when there is none. */
export function readSessionCookie(request: Request, secure: boolean): string | null {
  const wanted = secure ? SECURE_NAME : NAME
  for (const pair of (request.headers.get('cookie') ?? '').split(';')) {
    const at = pair.indexOf('=')
    if (at > 0 && pair.slice(0, at).trim() === wanted) return pair.slice(at + 1).trim()
  }
  return null
}

/** Set-Cookie of a session that ends in `maxAgeSeconds`; 0 removes it. Not readable by scripts, never sent across sites. */
export function sessionCookie(token: string, maxAgeSeconds: number, secure: boolean): string {
  return `${secure ? SECURE_NAME : NAME}=${token}; Path=/; Max-Age=${maxAgeSeconds}; HttpOnly; SameSite=Strict${secure ? '; Secure' : ''}`
}
