import { z } from 'zod'

const time = z.string().max(64).nullable().catch(null)
const login = z.object({ login: z.string().max(256) })

/** What is read of GitHub's answers (REST API, version 2022-11-28); whatever else they hold is left where it is. */
export const shapes = {
  user: z.object({ login: z.string().max(256) }),
  repository: z.object({ id: z.number().optional(), full_name: z.string().max(256), archived: z.boolean().default(false), private: z.boolean().default(true) }),
  /** The counts are told to those alone who see everything there is. */
  organization: z.object({ login: z.string().max(256), public_repos: z.number(), total_private_repos: z.number().optional() }),
  secret: z.object({ name: z.string().min(1).max(256), created_at: time, updated_at: time, visibility: z.string().max(32).optional() }),
  variable: z.object({ name: z.string().min(1).max(256), value: z.string().max(100_000), updated_at: time }),
  environment: z.object({ name: z.string().min(1).max(256), protection_rules: z.array(z.object({ type: z.string().max(64) })).max(1000).default([]) }),
  deployKey: z.object({ id: z.number(), key: z.string().max(16_384), title: z.string().max(1024), read_only: z.boolean(), verified: z.boolean().default(true), created_at: time, last_used: time.optional(), added_by: z.string().max(256).nullable().optional() }),
  webhook: z.object({
    id: z.number(), active: z.boolean(), events: z.array(z.string().max(64)).max(1000).default([]), created_at: time, updated_at: time,
    config: z.object({ url: z.string().max(4096).optional(), secret: z.string().max(1024).optional(), insecure_ssl: z.union([z.string().max(8), z.number()]).optional(), content_type: z.string().max(32).optional() }),
  }),
  oidcTemplate: z.object({ use_default: z.boolean().optional(), include_claim_keys: z.array(z.string().max(64)).max(64).default([]) }),
  runner: z.object({ id: z.number(), name: z.string().max(256), os: z.string().max(64), status: z.string().max(32), ephemeral: z.boolean().optional(), labels: z.array(z.object({ name: z.string().max(256) })).max(200).default([]) }),
  token: z.object({
    id: z.number(), token_id: z.number().optional(), token_name: z.string().max(256).optional(), owner: login, repository_selection: z.string().max(32).optional(), access_granted_at: time,
    token_expired: z.boolean(), token_expires_at: time, token_last_used_at: time, permissions: z.record(z.string(), z.record(z.string(), z.string().max(64)).catch({})).catch({}),
  }),
  authorization: z.object({
    login: z.string().max(256), credential_id: z.number(), credential_type: z.string().max(64), credential_authorized_at: time, credential_accessed_at: time.optional(), authorized_credential_expires_at: time.optional(),
    scopes: z.array(z.string().max(64)).max(100).optional(), authorized_credential_title: z.string().max(1024).nullable().optional(), authorized_credential_note: z.string().max(1024).nullable().optional(), fingerprint: z.string().max(256).nullable().optional(),
  }),
  installation: z.object({ id: z.number(), app_slug: z.string().max(256), app_id: z.number(), repository_selection: z.string().max(32).optional(), permissions: z.record(z.string(), z.string().max(64)).catch({}), created_at: time, suspended_at: time.optional() }),
} as const
