import type { TenantId } from '@muster/core'
import type { Actor } from '../platform/actor.ts'
import type { Slice } from '../platform/slice.ts'
import { createAuthenticate } from './authenticate.ts'
import type { AccountsDeps } from './deps.ts'
import { expiryJob } from './jobs.ts'
import { firstAdministratorLink } from './links.ts'
import { accountsMigrations } from './migrations.ts'
import { namesOf } from './names.ts'
import { type OwnToken, ownToken } from './own-token.ts'
import { accountsHandlers } from './routes.ts'
import type { Authenticate } from '../platform/http/pipeline.ts'

export type { AccountsDeps } from './deps.ts'
export { createTokenOffline, type OfflineToken } from './offline.ts'

/** The accounts slice, and what the front door and the start of the server need of it. */
export type AccountsSlice = Slice & {
  readonly authenticate: Authenticate
  /** A fresh single-use link (15 minutes) while no administrator exists, else null. */
  readonly firstAdministratorLink: () => Promise<string | null>
  /** What an actor is called in labels: e-mail address and name of an account, the name of a token. */
  readonly namesOf: (actor: Actor) => Promise<readonly string[]>
  /** What is known of an API token by its digest; null for one that was never made in the tenant. */
  readonly ownToken: (tenantId: TenantId, digest: string) => Promise<OwnToken | null>
}

/** Accounts, sessions, sign-in links and API tokens. */
export function accountsSlice(deps: AccountsDeps): AccountsSlice {
  return {
    name: 'accounts',
    migrations: accountsMigrations,
    handlers: accountsHandlers(deps),
    jobs: [expiryJob(deps)],
    authenticate: createAuthenticate(deps),
    firstAdministratorLink: () => firstAdministratorLink(deps),
    namesOf: (actor) => namesOf(deps, actor),
    ownToken: (tenantId, digest) => ownToken(deps, tenantId, digest),
  }
}
