import type { IdentitySighting } from '@muster/core'

/** A line of passwd(5). */
export type Account = {
  readonly name: string
  readonly uid: number
  readonly gid: number
  readonly home: string
  readonly shell: string
}

/** A line of group(5). */
export type Group = { readonly name: string; readonly gid: number; readonly members: readonly string[] }

/** What shadow(5) tells of an account's password: never the hash itself. */
export type PasswordFacts = {
  readonly state: 'set' | 'locked' | 'none'
  /** The hash's method, e.g. `yescrypt`; null when there is none. */
  readonly hash: string | null
  /** Days since 1970-01-01 of the last change; null when not recorded. */
  readonly changedDay: number | null
}

const MAX_LINES = 200_000

/** The accounts of a passwd(5) text; lines that are none are skipped. The first of two lines of one name counts, as in nss. */
export function parsePasswd(text: string): Account[] {
  const accounts = new Map<string, Account>()
  for (const line of lines(text)) {
    const [name, , uid, gid, , home, shell] = line.split(':')
    if (name === undefined || name === '' || name.length > 256 || shell === undefined || accounts.has(name)) continue
    if (!isId(uid) || !isId(gid)) continue
    accounts.set(name, { name, uid: Number(uid), gid: Number(gid), home: home ?? '', shell })
  }
  return [...accounts.values()]
}

/** The groups of a group(5) text; lines that are none are skipped. */
export function parseGroup(text: string): Group[] {
  return lines(text).flatMap((line) => {
    const [name, , gid, members] = line.split(':')
    if (name === undefined || name === '' || name.length > 256 || !isId(gid)) return []
    return [{ name, gid: Number(gid), members: (members ?? '').split(',').filter((member) => member !== '') }]
  })
}

const HASHES: Readonly<Record<string, string>> = {
  1: 'md5crypt',
  '2a': 'bcrypt',
  '2b': 'bcrypt',
  '2y': 'bcrypt',
  5: 'sha256crypt',
  6: 'sha512crypt',
  7: 'scrypt',
  y: 'yescrypt',
  gy: 'gost-yescrypt',
}

/** What a shadow(5) text tells of each account's password (crypt(5) for the methods). */
export function parseShadow(text: string): ReadonlyMap<string, PasswordFacts> {
  const facts = new Map<string, PasswordFacts>()
  for (const line of lines(text)) {
    const [name, password, changed] = line.split(':')
    if (name === undefined || password === undefined) continue
    const changedDay = changed !== undefined && /^\d{1,7}$/.test(changed) ? Number(changed) : null
    const bare = password.replace(/^!+/, '')
    const method = /^\$([0-9a-z]+)\$/.exec(bare)?.[1]
    const hash = method === undefined ? (/^[./0-9A-Za-z]{13}$/.test(bare) ? 'descrypt' : null) : (HASHES[method] ?? 'unknown')
    const state =
      password === '' ? 'none' : hash === null || password.startsWith('!') || password.startsWith('*') ? 'locked' : 'set'
    facts.set(name, { state, hash, changedDay })
  }
  return facts
}

const NO_LOGIN = /(?:^|\/)(?:nologin|false|true|sync|halt|shutdown|git-shell|rssh)$/
/** login.defs(5) defaults: people's accounts start here (macOS: 501) … */
const FIRST_HUMAN_UID = { linux: 1000, darwin: 501 } as const
/** … and end here; above lie `nobody` and the ranges for containers and dynamic users. */
const LAST_HUMAN_UID = 60_000

/**
 * Whether a person or a machine stands behind the account: people have a login shell, a number in the range for people and a
 * home among homes. `unknown` for root, which both use, and for an account that is half of each.
 */
export function identityKindOf(account: Account, platform: NodeJS.Platform): IdentitySighting['identityKind'] {
  if (account.uid === 0) return 'unknown'
  const first = platform === 'darwin' ? FIRST_HUMAN_UID.darwin : FIRST_HUMAN_UID.linux
  const canLogIn = account.shell !== '' && !NO_LOGIN.test(account.shell)
  if (!canLogIn || account.uid < first || account.uid > LAST_HUMAN_UID || account.name.startsWith('_')) return 'machine'
  return /^\/(?:home|Users|export\/home|usr\/home)\//.test(account.home) ? 'human' : 'unknown'
}

/** The accounts of the machine with what else is known of them. */
export type AccountBook = {
  readonly accounts: readonly Account[]
  readonly groups: readonly Group[]
  readonly passwords: ReadonlyMap<string, PasswordFacts>
  userName(uid: number): string | null
  groupName(gid: number): string | null
}

/** Indexes accounts and groups by number; the first of two names for one number counts. */
export function accountBook(
  accounts: readonly Account[],
  groups: readonly Group[],
  passwords: ReadonlyMap<string, PasswordFacts>,
): AccountBook {
  const users = new Map(accounts.toReversed().map((account) => [account.uid, account.name]))
  const groupNames = new Map(groups.toReversed().map((group) => [group.gid, group.name]))
  return {
    accounts,
    groups,
    passwords,
    userName: (uid) => users.get(uid) ?? null,
    groupName: (gid) => groupNames.get(gid) ?? null,
  }
}

/** The account as an observation. */
export function accountSighting(
  account: Account,
  book: AccountBook,
  machine: string,
  platform: NodeJS.Platform,
): IdentitySighting {
  const password = book.passwords.get(account.name)
  const groups = book.groups
    .filter((group) => group.gid === account.gid || group.members.includes(account.name))
    .map((group) => group.name)
  return {
    observation: 'sighting',
    of: 'identity',
    machine,
    system: 'unix',
    name: account.name,
    identityKind: identityKindOf(account, platform),
    attributes: {
      uid: account.uid,
      gid: account.gid,
      home: account.home.slice(0, 4096),
      shell: account.shell.slice(0, 4096),
      groups: groups.join(',').slice(0, 4096),
      ...(password === undefined
        ? {}
        : {
            passwordState: password.state,
            passwordHash: password.hash,
            passwordChangedAt: password.changedDay === null ? null : dayText(password.changedDay),
          }),
    },
  }
}

const DAY_MILLISECONDS = 86_400_000

function dayText(day: number): string | null {
  const date = new Date(day * DAY_MILLISECONDS)
  return Number.isNaN(date.getTime()) ? null : date.toISOString().slice(0, 10)
}

function isId(text: string | undefined): text is string {
  return text !== undefined && /^\d{1,10}$/.test(text) && Number(text) <= 0xffff_ffff
}

function lines(text: string): string[] {
  return text
    .split('\n', MAX_LINES)
    .map((line) => line.replace(/\r$/, ''))
    .filter((line) => line !== '' && !/^[#+-]/.test(line))
}
