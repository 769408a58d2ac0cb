import { z } from 'zod'

const time = z.string().max(64).nullable().catch(null)

/** What is read of GitLab's answers (REST API v4); whatever else they hold is left where it is. */
export const shapes = {
  user: z.object({ id: z.number(), username: z.string().max(256), is_admin: z.boolean().optional() }),
  group: z.object({ id: z.number(), full_path: z.string().max(1024) }),
  member: z.object({ id: z.number(), access_level: z.number() }),
  project: z.object({ id: z.number(), path_with_namespace: z.string().max(1024), archived: z.boolean().default(false), ci_id_token_sub_claim_components: z.array(z.string().max(64)).max(64).optional(), visibility: z.string().max(32).optional() }),
  variable: z.object({
    key: z.string().min(1).max(256), value: z.string().max(100_000).nullable().catch(null), variable_type: z.string().max(16).default('env_var'),
    protected: z.boolean().default(false), masked: z.boolean().default(false), hidden: z.boolean().default(false), environment_scope: z.string().max(256).default('*'),
  }),
  accessToken: z.object({
    id: z.number(), name: z.string().max(1024), revoked: z.boolean(), active: z.boolean().default(true), created_at: time, scopes: z.array(z.string().max(64)).max(64).default([]),
    user_id: z.number().optional(), last_used_at: time.optional(), expires_at: time.optional(), access_level: z.number().optional(),
  }),
  deployToken: z.object({ id: z.number(), name: z.string().max(1024), username: z.string().max(256), expires_at: time, revoked: z.boolean().default(false), expired: z.boolean().default(false), scopes: z.array(z.string().max(64)).max(64).default([]) }),
  deployKey: z.object({ id: z.number(), title: z.string().max(1024), key: z.string().max(16_384), created_at: time, expires_at: time.optional(), can_push: z.boolean().default(false), last_used_at: time.optional() }),
  webhook: z.object({
    id: z.number(), url: z.string().max(4096), created_at: time, enable_ssl_verification: z.boolean().default(true),
    token_present: z.boolean().optional(), signing_token_present: z.boolean().optional(),
  }),
  trigger: z.object({ id: z.number(), description: z.string().max(1024).nullable().default(null), created_at: time, last_used: time.optional(), expires_at: time.optional(), token: z.string().max(512), owner: z.object({ username: z.string().max(256) }).nullable().optional() }),
  runner: z.object({ id: z.number(), description: z.string().max(1024).nullable().default(null), runner_type: z.string().max(32).optional(), is_shared: z.boolean().optional(), paused: z.boolean().optional(), status: z.string().max(32).optional() }),
  jobTokenScope: z.object({ inbound_enabled: z.boolean(), outbound_enabled: z.boolean().optional() }),
} as const

const levels: Readonly<Record<number, string>> = { 5: 'minimal', 10: 'guest', 15: 'planner', 20: 'reporter', 30: 'developer', 40: 'maintainer', 50: 'owner' }

/** The role an access level stands for. */
export function roleOf(level: number | undefined): string | null {
  return level === undefined ? null : levels[level] ?? String(level)
}
