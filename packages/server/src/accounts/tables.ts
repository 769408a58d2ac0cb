import type { Role } from '@muster/core/api'

/** The slice's tables as its stores see them. */
export type AccountsTables = {
  accounts: {
    tenant_id: string
    id: string
    email: string
    name: string
    role: Role
    password_hash: string | null
    totp_secret: string | null
    totp_pending: string | null
    totp_last_step: number | string | null
    disabled: boolean
    created_at: Date
    last_sign_in_at: Date | null
  }
  sessions: { tenant_id: string; token_hash: string; account_id: string; created_at: Date; last_used_at: Date; expires_at: Date }
  sign_in_links: {
    tenant_id: string
    token_hash: string
    purpose: 'first-administrator' | 'invitation'
    account_id: string | null
    created_at: Date
    expires_at: Date
    redeemed_at: Date | null
  }
  api_tokens: {
    tenant_id: string
    id: string
    token_hash: string
    name: string
    role: Role
    account_id: string | null
    made_with: string | null
    created_by: string
    created_at: Date
    expires_at: Date | null
    last_used_at: Date | null
    revoked_at: Date | null
  }
  rate_buckets: { tenant_id: string; key: string; tokens: number; granted: boolean; refilled_at: Date }
}
