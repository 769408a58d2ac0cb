import type { ConfigurationSighting, ScanProblem } from '@muster/core'
import { parseSshdConfig, type RecogniseOptions, type RecogniseResult, type SshdConfig } from '@muster/pki'
import type { Account, AccountBook } from '../local/accounts.ts'
import { THIS_MACHINE } from '../local/machine.ts'
import { expandPattern, rawPath, realPathOrSame, type RawPath } from '../local/raw-path.ts'
import type { SshFiles } from './roles.ts'
import type { HostSystem } from '../local/system.ts'

/** Where the SSH server's settings lie, the first that exists. */
const SSHD_CONFIG_PATHS = [
  '/etc/ssh/sshd_config',
  '/usr/local/etc/ssh/sshd_config',
  '/usr/etc/ssh/sshd_config',
  '/opt/homebrew/etc/ssh/sshd_config',
]
/** sshd_config(5): what holds when the file says nothing. */
const DEFAULT_AUTHORIZED_KEYS = ['.ssh/authorized_keys', '.ssh/authorized_keys2']
const DEFAULT_HOST_KEYS = ['rsa', 'ecdsa', 'ed25519'].map((type) => `/etc/ssh/ssh_host_${type}_key`)
const MAX_HOST_KEYS = 16

/** What the SSH server's settings and files say of the machine. */
export type SshSurvey = {
  readonly files: SshFiles
  /** SPKI SHA-256 of the server's host keys, in the order of the settings. */
  readonly hostKeys: readonly string[]
  readonly configuration: ConfigurationSighting | null
  readonly problems: readonly ScanProblem[]
  /** Every file the settings name that may hold credentials, real paths, in byte order. */
  readonly named: readonly RawPath[]
}

type Recognise = (bytes: Uint8Array, options: RecogniseOptions) => RecogniseResult | null

/** Reads the SSH server's settings and finds the files they name; a machine without them is judged by sshd's defaults. */
export function surveySsh(system: HostSystem, book: AccountBook, recognise: Recognise): SshSurvey {
  const path = SSHD_CONFIG_PATHS.find((each) => system.readText(each) !== null) ?? null
  const config =
    path === null ? null : parseSshdConfig(system.readText(path) ?? '', (pattern) => readIncluded(system, pattern), path)
  const settings = config?.settings ?? {}
  const hostKeyPaths = (settings['hostkey'] ?? DEFAULT_HOST_KEYS).slice(0, MAX_HOST_KEYS)
  const authorizedKeys = authorizedKeysFiles(book, config)
  const hostKeys = new Set(hostKeyPaths.map((each) => realPathOrSame(rawPath(each))))
  const authorities = new Set(namesOf(config, 'trustedusercakeys').map((each) => realPathOrSame(rawPath(each))))
  const certificates = namesOf(config, 'hostcertificate').map((each) => realPathOrSame(rawPath(each)))
  const publicHalves = hostKeyPaths.map((each) => realPathOrSame(rawPath(`${each}.pub`)))
  return {
    files: { authorizedKeys, hostKeys, trustedAuthorities: authorities },
    hostKeys: hostKeyPaths.flatMap((each) => spkiOfHostKey(system, each, recognise) ?? []),
    configuration: config === null || path === null ? null : configurationSighting(path, config),
    problems: (config?.problems ?? []).slice(0, 100).map((problem) => ({
      code: 'config.invalid',
      where: `${problem.path}:${problem.line}`.slice(0, 4096),
      message: problem.message.slice(0, 1024),
    })),
    named: [...new Set([...authorizedKeys.keys(), ...hostKeys, ...authorities, ...certificates, ...publicHalves])].sort(),
  }
}

function readIncluded(system: HostSystem, pattern: string): { path: string; text: string }[] {
  return expandPattern(pattern).flatMap((path) => {
    const text = system.readText(path)
    return text === null ? [] : [{ path, text }]
  })
}

/** Absolute paths a keyword names, in the global settings and in every Match block. */
function namesOf(config: SshdConfig | null, keyword: string): string[] {
  if (config === null) return []
  const values = [...(config.settings[keyword] ?? []), ...config.matches.flatMap((match) => match.settings[keyword] ?? [])]
  return values.filter((value) => value.startsWith('/') && !value.includes('%'))
}

/** Which file lets someone in as whom: `AuthorizedKeysFile` patterns of sshd_config(5) for every account. */
function authorizedKeysFiles(book: AccountBook, config: SshdConfig | null): ReadonlyMap<RawPath, readonly string[]> {
  const files = new Map<RawPath, string[]>()
  for (const account of book.accounts) {
    for (const pattern of authorizedKeysPatterns(account, book, config)) {
      const path = expandTokens(pattern, account)
      if (path === null) continue
      const real = realPathOrSame(rawPath(path))
      const names = files.get(real)
      if (names === undefined) files.set(real, [account.name])
      else if (!names.includes(account.name)) names.push(account.name)
    }
  }
  return files
}

/** A matching block's setting replaces the global one; where a block also depends on the connection, both may hold. */
function authorizedKeysPatterns(account: Account, book: AccountBook, config: SshdConfig | null): readonly string[] {
  const general = config?.settings['authorizedkeysfile'] ?? DEFAULT_AUTHORIZED_KEYS
  const conditional: string[] = []
  for (const match of config?.matches ?? []) {
    const own = match.settings['authorizedkeysfile']
    if (own === undefined) continue
    const verdicts = match.criteria.map((criterion) => meets(criterion, account, book))
    if (verdicts.includes(false)) continue
    if (verdicts.every((verdict) => verdict === true)) return [...own, ...conditional]
    conditional.push(...own)
  }
  return [...general, ...conditional]
}

/** Whether an account meets a Match criterion; null when that depends on the connection. */
function meets(criterion: string, account: Account, book: AccountBook): boolean | null {
  const match = /^(user|group)\s+(.+)$/i.exec(criterion)
  if (match === null) return null
  const patterns = match[2]!.split(',').map((pattern) => pattern.trim())
  if (match[1]!.toLowerCase() === 'user') return matchesList(account.name, patterns)
  return book.groups.some(
    (group) => (group.gid === account.gid || group.members.includes(account.name)) && matchesList(group.name, patterns),
  )
}

/** PATTERNS of ssh_config(5): `*`, `?`, and `!` before a pattern that must not match. */
function matchesList(name: string, patterns: readonly string[]): boolean {
  const matches = (pattern: string): boolean => {
    const source = pattern
      .replaceAll(/[.+^${}()|[\]\\]/g, String.raw`\$&`)
      .replaceAll(/\*+/g, '.*')
      .replaceAll('?', '.')
    return new RegExp(`^${source}$`, 's').test(name)
  }
  return (
    !patterns.some((pattern) => pattern.startsWith('!') && matches(pattern.slice(1))) &&
    patterns.some((pattern) => !pattern.startsWith('!') && matches(pattern))
  )
}

/** TOKENS of sshd_config(5) for AuthorizedKeysFile; null for `none` and for what cannot be resolved. */
function expandTokens(pattern: string, account: Account): string | null {
  if (pattern.toLowerCase() === 'none') return null
  let known = true
  const path = pattern.replaceAll(/%(.)/gs, (_, token: string) => {
    switch (token) {
      case '%':
        return '%'
      case 'h':
        return account.home
      case 'u':
        return account.name
      case 'U':
        return String(account.uid)
      default:
        known = false
        return ''
    }
  })
  if (!known || path.includes('\0')) return null
  if (path.startsWith('/')) return path
  return account.home.startsWith('/') ? `${account.home === '/' ? '' : account.home}/${path}` : null
}

function spkiOfHostKey(system: HostSystem, path: string, recognise: Recognise): string | null {
  for (const file of [`${path}.pub`, path]) {
    const text = system.readText(file)
    if (text === null) continue
    const found = recognise(Buffer.from(text), { passphrases: [], name: file.slice(file.lastIndexOf('/') + 1) })
    const spki = found?.findings.find((item) => item.credential.kind === 'ssh-key' || item.credential.kind === 'private-key')
      ?.credential.spkiSha256
    if (spki !== undefined && spki !== null) return spki
  }
  return null
}

function configurationSighting(path: string, config: SshdConfig): ConfigurationSighting {
  const settings = Object.entries(config.settings).map(
    ([keyword, values]) => [keyword.slice(0, 64), values.slice(0, 256).map((value) => value.slice(0, 2048))] as const,
  )
  return {
    observation: 'sighting',
    of: 'configuration',
    machine: THIS_MACHINE,
    path,
    entry: '',
    format: 'sshd-config',
    settings: Object.fromEntries(settings.slice(0, 1000)),
  }
}
