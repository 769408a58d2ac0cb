import type { DraftFacts } from './found.ts'

const MAX_SEGMENT = 32_768

/** The instant of a NumericDate (RFC 7519 §2) in RFC 3339; null when it is none. */
export function numericDate(value: unknown): string | null {
  if (typeof value !== 'number' || !Number.isFinite(value) || value < 0 || value > 253_402_300_799) return null
  return new Date(Math.trunc(value) * 1000).toISOString()
}

function objectOf(segment: string): Record<string, unknown> | null {
  if (segment.length > MAX_SEGMENT) return null
  try {
    const parsed: unknown = JSON.parse(Buffer.from(segment, 'base64url').toString('utf8'))
    return typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed) ? parsed as Record<string, unknown> : null
  } catch {
    return null
  }
}

const text = (value: unknown): string | null => (typeof value === 'string' ? Buffer.from(value, 'utf8').toString('latin1') : null)
const list = (value: unknown): string | null => (Array.isArray(value) ? text(value.filter((item) => typeof item === 'string').slice(0, 16).join(' ')) : text(value))

/**
 * What a JSON web token says of itself: algorithm, key id, issuer, subject, audience, instants (RFC 7519 §4.1). Null for a
 * text that is no JWT. The signature is not checked here.
 */
export function jwtFacts(token: string): DraftFacts | null {
  if (!token.startsWith('eyJ')) return null
  const parts = token.trim().split('.', 6)
  if (parts.length !== 3 && parts.length !== 5) return null
  if (!parts.every((part) => /^[A-Za-z0-9_-]*$/.test(part))) return null
  const header = objectOf(parts[0]!)
  if (header === null || typeof header['alg'] !== 'string') return null
  const base = { algorithm: text(header['alg']), keyId: text(header['kid']), tokenType: text(header['typ']) }
  if (parts.length === 5) return { ...base, encryption: text(header['enc']) }
  const claims = objectOf(parts[1]!)
  if (claims === null) return null
  return {
    ...base, issuer: text(claims['iss']), subject: text(claims['sub']), audience: list(claims['aud']),
    notAfter: numericDate(claims['exp']), notBefore: numericDate(claims['nbf']), issuedAt: numericDate(claims['iat']),
    jwtId: text(claims['jti']), scope: list(claims['scope'] ?? claims['scp']), clientId: text(claims['azp'] ?? claims['client_id']),
    ...kubernetesFacts(claims['kubernetes.io']),
  }
}

/** Bound service account tokens name their namespace and account in a claim of their own. */
function kubernetesFacts(claim: unknown): DraftFacts {
  if (typeof claim !== 'object' || claim === null) return {}
  const { namespace, serviceaccount } = claim as { namespace?: unknown; serviceaccount?: { name?: unknown } }
  return { namespace: text(namespace), serviceAccount: text(serviceaccount?.name) }
}
