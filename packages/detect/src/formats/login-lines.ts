import type { Format, FormatInput } from './input.ts'
import { linesOf } from './pairs.ts'
import { hashKindOf } from './password-hashes.ts'

type LoginFile = {
  /** The file's name, lower case. */
  readonly name: RegExp
  /** One line: the groups `user`, `host` and `secret`; quotes around them are cut off. */
  readonly line: RegExp
  readonly kind: string
}

/** A field that ends at a blank or stands between quotes. */
const field = (name: string) => String.raw`(?<${name}>"[^"]{1,400}"|[^\s"]{1,400})`

const files: readonly LoginFile[] = [
  // Postfix, postconf(5) smtp_sasl_password_maps.
  { name: /^sasl[_-]?passw(?:or)?d(?:$|[.-])/, line: /^(?<host>[^\s#]\S{0,253})\s{1,32}(?<user>[^\s:]{1,255}):(?<secret>\S{1,400})\s{0,32}$/, kind: 'password' },
  // pppd(8), AUTHENTICATION.
  { name: /^(?:chap|pap)-secrets/, line: new RegExp(String.raw`^${field('user')}\s{1,32}${field('host')}\s{1,32}${field('secret')}(?:\s|$)`), kind: 'password' },
  // ipsec.secrets(5) of strongSwan and Libreswan.
  { name: /^ipsec\.(?:[\w.-]{1,64}\.)?secrets$/, line: /^(?<host>[^#:][^"]{0,200}?)?\s{0,16}:\s{0,16}(?:PSK|XAUTH|EAP|NTLM)\s{1,16}(?<secret>"[^"]{1,400}"|[^\s"]{1,400})/, kind: 'password' },
  // PgBouncer's auth_file.
  { name: /^userlist\.txt$/, line: /^"(?<user>[^"]{1,128})"\s{1,32}(?<secret>"[^"]{1,1024}")/, kind: 'database-password' },
  // Exim's passwd.client, davfs2(5), smbnetfs.
  { name: /^passwd\.client$/, line: /^(?<host>[^:\s]{1,253}):(?<user>[^:\s]{1,255}):(?<secret>\S{1,400})$/, kind: 'password' },
  { name: /^secrets$/, line: new RegExp(String.raw`^(?<host>https?://\S{1,400}|/\S{1,400})\s{1,32}${field('user')}\s{1,32}${field('secret')}\s{0,32}$`), kind: 'password' },
  { name: /^smbnetfs\.auth$/, line: new RegExp(String.raw`^auth\s{1,16}${field('host')}\s{1,16}${field('user')}\s{1,16}${field('secret')}`), kind: 'password' },
  // mosquitto_passwd(1), and other files of users with hashes.
  { name: /^(?:mosquitto[\w.-]{0,40}|passwd|passwords?|pwfile|users?)(?:\.(?:txt|conf|db))?$/, line: /^(?<user>[\w.@-]{1,128}):(?<secret>\$[\w./=+$,-]{20,400})$/, kind: 'password-hash' },
]

const unquoted = (text: string): string => (text.length >= 2 && text.startsWith('"') && text.endsWith('"') ? text.slice(1, -1) : text)

function fileOf(input: FormatInput): LoginFile | undefined {
  return input.bytes.length > 1_000_000 ? undefined : files.find(({ name }) => name.test(input.name))
}

/** Files of one login a line, known by their names: of mail relays, dial-in, VPNs, poolers and brokers. */
export const loginLinesFormat: Format = {
  id: 'login-lines',
  matches: (input) => fileOf(input) !== undefined,
  extract: (input, into) => {
    const { line: pattern, kind } = fileOf(input)!
    for (const { line, start } of linesOf(input.text)) {
      if (line.startsWith('#') || line.length > 4096) continue
      const { user, host, secret: written } = pattern.exec(line)?.groups ?? {}
      if (written === undefined) continue
      const secret = unquoted(written)
      const at = start + line.lastIndexOf(written) + (written.length - secret.length) / 2
      const hashKind = hashKindOf(secret) ?? (/^md5[0-9a-f]{32}$/.test(secret) ? 'postgresql-md5' : secret.startsWith('SCRAM-SHA-') ? 'scram-sha-256' : null)
      const isHash = hashKind !== null && secret.length > 13
      into.add('login-lines', { secretType: isHash ? 'password-hash' : kind, value: secret, start: at, end: at + secret.length, literal: isHash, facts: { user: unquoted(user ?? ''), host: unquoted(host ?? '').trim(), ...(isHash ? { hashKind } : {}) } })
    }
  },
}

/** Subversion's cached logins: counted keys and values (`svn_hash_write`), of which `password` may be in clear text. */
export const subversionFormat: Format = {
  id: 'subversion',
  matches: (input) => input.bytes.length <= 65_536 && input.has('passtype') && /^K \d{1,4}\r?\n/.test(input.text),
  extract: (input, into) => {
    const pairs = new Map<string, { readonly text: string; readonly start: number }>()
    const counted = /K (\d{1,4})\r?\n([^\r\n]{1,256})\r?\nV (\d{1,5})\r?\n/y
    for (let found = counted.exec(input.text); found !== null && pairs.size < 64; found = counted.exec(input.text)) {
      const start = counted.lastIndex
      const text = input.text.slice(start, start + Number(found[3]))
      pairs.set(found[2]!, { text, start })
      counted.lastIndex = start + text.length + (input.text[start + text.length] === '\r' ? 2 : 1)
    }
    const [password, phrase] = [pairs.get('password'), pairs.get('passphrase')]
    const isPlain = /^(?:simple|ssl-client-cert-pw|)$/.test(pairs.get('passtype')?.text ?? '')
    for (const secret of [password, phrase]) {
      if (secret !== undefined) into.add('subversion', { secretType: 'password', value: secret.text, start: secret.start, end: secret.start + secret.text.length, facts: { user: pairs.get('username')?.text, host: pairs.get('svn:realmstring')?.text }, ...(isPlain ? {} : { reference: { kind: 'encrypted', name: pairs.get('passtype')!.text.slice(0, 64) } }) })
    }
  },
}
