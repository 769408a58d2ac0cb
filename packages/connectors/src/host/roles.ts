import type { Account } from '../local/accounts.ts'
import { isWithin, rawPath, type RawPath } from '../local/raw-path.ts'

/** What a file is to the machine's SSH, and whose it is. */
export type FileRoles = {
  /** Accounts the file speaks for, by what is known or else by the directory it lies in. */
  readonly accounts: readonly string[]
  /** Those of {@link FileRoles.accounts} that this machine really has. */
  readonly identities: readonly string[]
  /** The SSH server reads it for {@link FileRoles.identities}: its keys open a session. */
  readonly letsIn: boolean
  /** Read for every account of the machine (`/etc/ssh/ssh_known_hosts`). */
  readonly machineWide: boolean
  /** Holds authorities whose user certificates the SSH server accepts (`TrustedUserCAKeys`). */
  readonly trustedAuthority: boolean
  /** A key the SSH server proves the machine with (`HostKey`). */
  readonly hostKey: boolean
  /** Lies in its account's own `.ssh`. */
  readonly ownKey: boolean
}

/** The files the SSH server's settings name, by real path. */
export type SshFiles = {
  /** Accounts each authorized_keys file lets someone in as. */
  readonly authorizedKeys: ReadonlyMap<RawPath, readonly string[]>
  readonly hostKeys: ReadonlySet<RawPath>
  readonly trustedAuthorities: ReadonlySet<RawPath>
}

const MACHINE_WIDE_KNOWN_HOSTS = /^\/(?:private\/)?etc\/ssh\/ssh_known_hosts2?$/

/** Finds what a file is to whom: by the SSH server's settings first, then by the home it lies in, then by the name of that home. */
export function roleFinder(accounts: readonly Account[], ssh: SshFiles): (path: RawPath) => FileRoles {
  // The longest home first: an account may live below another's. `/` is no one's home for this purpose.
  const homes = accounts
    .filter((account) => account.home.startsWith('/') && account.home.length > 1 && account.home !== '/nonexistent')
    .map((account) => ({ name: account.name, home: rawPath(account.home.replace(/\/+$/, '')) }))
    .sort((a, b) => b.home.length - a.home.length)
  return (path) => {
    const letIn = ssh.authorizedKeys.get(path)
    const home = homes.find((each) => isWithin(path, each.home))
    const owner = home?.name ?? /\/([^/]+)\/\.ssh\/[^/]+$/.exec(path)?.[1]
    return {
      accounts: letIn ?? (owner === undefined ? [] : [owner]),
      identities: letIn ?? (home === undefined ? [] : [home.name]),
      letsIn: letIn !== undefined,
      machineWide: MACHINE_WIDE_KNOWN_HOSTS.test(path),
      trustedAuthority: ssh.trustedAuthorities.has(path),
      hostKey: ssh.hostKeys.has(path),
      ownKey: home !== undefined && isWithin(path, `${home.home}/.ssh`),
    }
  }
}
