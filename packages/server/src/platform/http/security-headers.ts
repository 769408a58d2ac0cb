const CONTENT_SECURITY_POLICY = [
  "default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self' data:", "font-src 'self'", "connect-src 'self'",
  "manifest-src 'self'", "base-uri 'none'", "form-action 'self'", "frame-ancestors 'none'",
].join('; ')

/**
 * What every answer carries: no inline script or style, no framing, no sniffing, no referrer, nothing of the browser's
 * devices. `Strict-Transport-Security` only over TLS (RFC 6797 §7.2), without subdomains, which are not ours.
 */
export function addSecurityHeaders(headers: Headers, protocol: 'http' | 'https'): void {
  if (!headers.has('content-security-policy')) headers.set('content-security-policy', CONTENT_SECURITY_POLICY)
  headers.set('x-content-type-options', 'nosniff')
  headers.set('x-frame-options', 'DENY')
  headers.set('referrer-policy', 'no-referrer')
  headers.set('cross-origin-opener-policy', 'same-origin')
  headers.set('cross-origin-resource-policy', 'same-origin')
  headers.set('permissions-policy', 'camera=(), geolocation=(), microphone=(), payment=(), usb=()')
  if (protocol === 'https') headers.set('strict-transport-security', 'max-age=31536000')
}
