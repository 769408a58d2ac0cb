import { requireActor, type RouteHandlers } from '../platform/http/handler.ts'
import { changeAccount, createAccount, pageOfAccounts } from './administration.ts'
import { createApiToken, pageOfApiTokens, revoke } from './api-tokens.ts'
import type { AccountsDeps } from './deps.ts'
import { describeLink, redeemLink } from './links.ts'
import { changePassword, confirmTotp, disableTotp, enrolTotp, signOut } from './self-service.ts'
import { describeSession } from './sessions.ts'
import { signIn } from './sign-in.ts'

/** The routes of sessions, accounts and API tokens. */
export function accountsHandlers(deps: AccountsDeps): RouteHandlers {
  return {
    getSession: (_input, context) => describeSession(deps, context),
    signIn: ({ body }, context) => signIn(deps, body, context),
    signOut: (_input, context) => signOut(deps, requireActor(context.actor), context),
    getSignInLink: ({ body }, context) => describeLink(deps, body.token, context),
    redeemSignInLink: ({ body }, context) => redeemLink(deps, body, context),
    changePassword: ({ body }, context) => changePassword(deps, requireActor(context.actor), body, context),
    enrolTotp: (_input, { actor }) => enrolTotp(deps, requireActor(actor)),
    confirmTotp: ({ body }, { actor }) => confirmTotp(deps, requireActor(actor), body.code),
    disableTotp: ({ body }, { actor }) => disableTotp(deps, requireActor(actor), body.code),
    listAccounts: ({ query }, { actor }) => pageOfAccounts(deps, requireActor(actor), query),
    createAccount: ({ body }, { actor }) => createAccount(deps, requireActor(actor), body),
    changeAccount: ({ params, body }, context) => changeAccount(deps, requireActor(context.actor), params.id, body, context),
    listApiTokens: ({ query }, { actor }) => pageOfApiTokens(deps, requireActor(actor), query),
    createApiToken: ({ body }, { actor }) => createApiToken(deps, requireActor(actor), body),
    revokeApiToken: ({ params }, { actor }) => revoke(deps, requireActor(actor), params.id),
  }
}
