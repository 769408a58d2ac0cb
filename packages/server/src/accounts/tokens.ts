import { createHash, createHmac, randomBytes } from 'node:crypto'
import { DEFAULT_TENANT, type TenantId } from '@muster/core'

const API_TOKEN_PREFIX = 'mst_'
const MAX_TOKEN_CHARS = 200

/** 256 random bits as text that names its tenant, unless it is the default one, so that looking it up crosses no tenants. */
export function newToken(tenantId: TenantId): string {
  const random = randomBytes(32).toString('base64url')
  return tenantId === DEFAULT_TENANT ? random : `${tenantId}.${random}`
}

/** An API token: {@link newToken} behind `mst_`, by which scanners for leaked secrets recognise it. */
export function newApiToken(tenantId: TenantId): string {
  return `${API_TOKEN_PREFIX}${newToken(tenantId)}`
}

/** The tenant a token says it is of; whether it exists there is for the store to say. Null for text that is no token. */
export function tenantOfToken(token: string): TenantId | null {
  if (token.length > MAX_TOKEN_CHARS) return null
  const match = /^(?:mst_)?(?:([a-z0-9-]{1,64})\.)?[\w-]{16,}$/.exec(token)
  if (match === null) return null
  return match[1] === undefined ? DEFAULT_TENANT : (match[1] as TenantId)
}

/** What the store keeps of a token: SHA-256, lower-case hex. Enough for 256 random bits; nothing to be guessed. */
export function hashToken(token: string): string {
  return createHash('sha256').update(token).digest('hex')
}

/** The token a page must echo in X-CSRF-Token: derived from the session's own token, which scripts cannot read. */
export function csrfTokenOf(sessionToken: string): string {
  return createHmac('sha256', sessionToken).update('muster csrf token').digest('base64url')
}
