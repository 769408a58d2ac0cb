import type { Collector } from './found.ts'
import type { Format, FormatInput } from './input.ts'
import { iniPairs, type Pair } from './pairs.ts'
import { plausibleSecret, secretKindOfName } from './names.ts'

const rangeOf = (pair: Pair) => ({ start: pair.start, end: pair.end })

function sectionsOf(pairs: readonly Pair[]): Map<string, Map<string, Pair>> {
  const sections = new Map<string, Map<string, Pair>>()
  for (const pair of pairs) {
    const section = sections.get(pair.section) ?? new Map<string, Pair>()
    section.set(pair.key.toLowerCase(), pair)
    sections.set(pair.section, section)
  }
  return sections
}

/** MySQL's and MariaDB's option files: the password of each client group. */
export const myCnfFormat: Format = {
  id: 'my-cnf',
  matches: (input) => /^\.?(?:my|mylogin|debian|client|mysql|mariadb)\.(?:cnf|ini)$/.test(input.name) || (input.extension === 'cnf' && input.has('password')),
  extract: (input, into) => {
    for (const [group, pairs] of sectionsOf(iniPairs(input.text))) {
      for (const name of ['password', 'password1', 'pass']) {
        const pair = pairs.get(name)
        if (pair === undefined) continue
        into.add('my-cnf', {
          secretType: 'database-password', value: pair.text, ...rangeOf(pair),
          facts: { scheme: 'mysql', group, user: pairs.get('user')?.text, host: pairs.get('host')?.text, port: pairs.get('port')?.text, database: pairs.get('database')?.text },
        })
      }
    }
  },
}

/** `.pypirc`: the upload password or token of each package index. */
export const pypircFormat: Format = {
  id: 'pypirc',
  matches: (input) => /^\.?pypirc(?:\.|$)/.test(input.name),
  extract: (input, into) => {
    for (const [section, pairs] of sectionsOf(iniPairs(input.text))) {
      const password = pairs.get('password')
      if (password === undefined) continue
      const user = pairs.get('username')?.text
      into.add('pypirc', {
        secretType: user === '__token__' ? 'pypi-token' : 'registry-password', value: password.text, ...rangeOf(password),
        facts: { user, host: pairs.get('repository')?.text ?? (section === 'testpypi' ? 'https://test.pypi.org/legacy/' : section === 'pypi' ? 'https://upload.pypi.org/legacy/' : section) },
      })
    }
  },
}

/** Secret-bearing keys of an rclone remote; those marked are obscured by rclone's fixed key, which hides nothing. */
const rcloneKeys: Readonly<Record<string, string>> = {
  pass: 'obscured', password: 'obscured', password2: 'obscured', secret_access_key: 'plain', client_secret: 'plain', token: 'plain',
  service_account_credentials: 'plain', sas_url: 'plain', key: 'plain', api_key: 'plain', bearer_token: 'plain', access_token: 'plain', refresh_token: 'plain',
}

/** rclone.conf and s3cmd's .s3cfg: the keys of each remote. An encrypted rclone.conf is noted as a reference. */
export const rcloneFormat: Format = {
  id: 'rclone',
  matches: (input) => /^\.?rclone\.conf$/.test(input.name) || /^\.?s3cfg(?:\.|$)/.test(input.name),
  extract: (input, into) => {
    const encrypted = /^RCLONE_ENCRYPT_V\d+:/m.exec(input.text.slice(0, 65_536))
    if (encrypted !== null) {
      into.add('rclone', { secretType: 'encrypted-file', value: encrypted[0], start: encrypted.index, end: encrypted.index + encrypted[0].length, reference: { kind: 'encrypted', name: 'rclone' } })
      return
    }
    for (const [remote, pairs] of sectionsOf(iniPairs(input.text))) addRemote(input, into, remote, pairs)
  },
}

function addRemote(input: FormatInput, into: Collector, remote: string, pairs: ReadonlyMap<string, Pair>): void {
  const facts = {
    remote, backend: pairs.get('type')?.text, user: pairs.get('user')?.text, host: pairs.get('host')?.text ?? pairs.get('url')?.text ?? pairs.get('host_base')?.text,
    keyId: pairs.get('access_key_id')?.text ?? pairs.get('access_key')?.text, account: pairs.get('account')?.text, clientId: pairs.get('client_id')?.text,
  }
  const isS3cmd = input.name.includes('s3cfg')
  for (const [key, pair] of pairs) {
    const known = isS3cmd ? (/^(?:secret_key|access_token|gpg_passphrase)$/.test(key) ? 'plain' : undefined) : rcloneKeys[key]
    if (known === undefined || pair.text === '') continue
    const token = key === 'token' && pair.text.startsWith('{') ? tokenExpiry(pair.text) : {}
    into.add('rclone', {
      secretType: key === 'secret_access_key' || key === 'secret_key' ? 's3-secret-key' : secretKindOfName(key) ?? 'secret',
      value: pair.text, ...rangeOf(pair), facts: { ...facts, ...token, ...(known === 'obscured' ? { encoding: 'rclone-obscured' } : {}) },
    })
  }
}

function tokenExpiry(json: string): Record<string, string> {
  const expiry = /"expiry":"(\d{4}-\d\d-\d\dT[\d:.+Z-]{8,24})"/.exec(json.slice(0, 16_384))?.[1]
  const date = expiry === undefined ? null : new Date(expiry)
  return date === null || Number.isNaN(date.getTime()) ? {} : { tokenExpires: date.toISOString() }
}

/** Other INI-like files: a key whose name promises a secret and whose value could be one. */
export const iniFormat: Format = {
  id: 'ini',
  matches: (input) => ['ini', 'cfg', 'conf', 'cnf', 'config', 'toml'].includes(input.extension) && input.name !== 'nsswitch.conf' && input.bytes.length <= 2_000_000,
  extract: (input, into) => {
    if (/^\s{0,64}</.test(input.text.slice(0, 65))) return
    const pairs = iniPairs(input.text)
    const sections = sectionsOf(pairs)
    for (const pair of pairs) {
      const kind = secretKindOfName(pair.key)
      if (kind === null || kind === 'connection-string' || !plausibleSecret(pair.text, kind)) continue
      const near = sections.get(pair.section)
      into.add('ini', {
        secretType: kind, value: pair.text, ...rangeOf(pair),
        facts: { name: pair.key, section: pair.section, user: (near?.get('user') ?? near?.get('username'))?.text, host: (near?.get('host') ?? near?.get('hostname') ?? near?.get('server'))?.text },
      })
    }
  },
}
