import { surpriseBits } from './rarity.ts'

/** Letters that surprise more than this are no names. */
const NAMES_BITS = 4.8

const dummies = new Set([
  'password', 'passwords', 'passwd', 'password1', 'password12', 'password123', 'password1234', 'password!', 'passw0rd', 'passw0rd!', 'p@ssw0rd', 'p@ssword', 'pa$$word', 'pa$$w0rd', 'pass123', 'pass1234', 'pass@123', 'mypass', 'mypassword', 'my_password',
  'admin', 'admin1', 'admin12', 'admin123', 'admin1234', 'administrator', 'root', 'root123', 'toor', 'guest', 'user', 'user123', 'postgres', 'mysql', 'mariadb', 'mongo', 'redis', 'rabbitmq', 'elastic', 'minio', 'minioadmin', 'grafana', 'vagrant', 'docker', 'sa',
  'test', 'test1', 'test12', 'test123', 'test1234', 'testing', 'testing123', 'tester', 'testpass', 'testpassword', 'test_password', 'test-password', 'secret', 'secret1', 'secret12', 'secret123', 'secrets', 's3cr3t', 's3cret', 'secr3t', 'supersecret', 'super-secret', 'super_secret', 'topsecret',
  'hunter2', 'pass', 'pw', 'pwd', 'passphrase', 'gx1fbat3bv', 'open sesame', 'letmein', 'welcome', 'welcome1', 'qwerty', 'qwerty123', 'abc123', 'abcd1234', 'abcdef', 'asdf', 'asdfgh', 'iloveyou', 'opensesame', 'foobar', 'foobar123', 'foo', 'bar', 'baz', 'demo', 'demo123', 'blah', 'blahblah', 'flabada', 'mysecret', 'my-secret', 'my_secret', 'mytoken', 'my-token', 'my_token', 'token', 'token123', 'public', 'private', 'community',
])

/** What a value's form says it is whatever it was written for, where that is no secret: each is anchored and tried in this order. */
const foreignForms: readonly (readonly [RegExp, string])[] = [
  [/^\$(?:2[abxy]|5|6|1|y|7|argon2\w{0,2}|scrypt|pbkdf2[\w-]*|apr1|P|H)\$|^pbkdf2[:_]|^\{(?:S?SHA|S?MD5|CRYPT|bcrypt|SSHA\d{3}|scrypt|PBKDF2[\w-]*)\}|^scrypt:|^argon2/i, 'is the hash of a password'],
  [/^(?:arn:aws|urn:|did:|spiffe:\/\/|projects\/|subscriptions\/|ocid1\.)/, 'names a resource'],
  [/^sha(?:1|256|384|512)[-:]/i, 'is a digest'],
  [/^(?:[A-Z0-9]{2,12}-){1,6}(?:SHA\d{0,3}|MD5|POLY1305|CCM8?|GCM|CBC|NULL)$|(?:^|:)[!+-]?[A-Za-z][\w+-]*:[!+-][A-Za-z]/, 'names ciphers'],
  [/^(?:CWE|CVE|GHSA|CAPEC|RFC|PEP)-\w/, 'is the number of a catalogue'],
  [/^[.+!]?[A-Za-z_$][\w.]*(?:\($|(?:\([^()]*\)|\(.*\)\)|\[\w*\])[\w.()[\];]*$)|\(\)|=>|::/, 'is an expression of a program'],
  [/^![A-Za-z][a-z_]{2,20}$/, 'is a tag of YAML'],
  [/^\{\.[\w.[\]]+\}$|^<%|\{\{|\$\{[\w.:-]+\}/, 'is a template'],
  [/^(?:required|nullable|optional|string|integer|boolean|uuid|text|varchar|char)\b[|:,(]/i, 'is a rule of validation'],
  [/\\f[BIPR]|\\&/, 'is text of a manual page'],
]

/** The same of values that are not known to be a setting. */
const forms: readonly (readonly [RegExp, string])[] = [
  ...foreignForms,
  [/^[a-z][\w+.-]{1,20}:\/\/[^@\s]*$|^\/\/[\w.-]+\//i, 'is an address without a login'],
  [/^(?:~|\.{1,2})?\/(?:[\w.@-]+\/)*[\w.@ -]*$|^[A-Za-z]:[\\/]|^[\w.-]+(?:\/[\w.-]+)+\.[a-z]{1,5}$/, 'is a path'],
  [/^[\w.%+-]+@[\w-]+(?:\.[A-Za-z]{2,10})+$/, 'is an address of mail'],
  [/^-?[A-Za-z_]*@$/, 'is the login of anonymous visitors'],
  [/^0x[0-9a-f]{40}$/i, 'is the address of an account or a contract'],
  [/^v?\d+(?:\.\d+){1,20}(?::\d+)?(?:[-+][\w.]+)?$/, 'is a version or address'],
  [/^\d{4}-\d\d-\d\d(?:[T ][\d:.Z+-]*)?$/, 'is a date'],
  [/^#?[0-9a-f]{3,8}$|^0x[0-9a-f]{1,8}$|^\d+[iu](?:8|16|32|64|128|size)$/i, 'is a short number or colour'],
  [/[<>]|\.\*|^\/.+\/[gimsuy]*$|\\[dwsb]|\(\?[:=!]|\[[^\]]*-[^\]]*\]|\[\w-\w[^\]]*$|^\^|(?:^|\W)%[sdv](?:\W|$)|%0\d+[xXdu]|%\(|\{\w*\}|\{\d|\$\{|\$\(|#\{|\{\{/, 'is a pattern or a template'],
  [/&&|\|\|/, 'is an expression of a program'],
  [/^[a-z]+(?:[_-][a-z]+)*=[\w/.-]{0,24}$/, 'is a setting itself'],
  [/^[a-z0-9]+,[a-z][\w-]*$/, 'names a device'],
  [/^(?!.*\d.*\d.*\d)[a-z][a-z0-9]*(?:[-_.][a-z0-9]{1,14})*[-_.](?:keys?|tokens?|secrets?|credentials?|creds|certs?|id|name)$/, 'names a setting'],
  [/^[\w.-]*:[x*!]?:\d+:\d+:/, 'is a line of accounts'],
  [/^[A-Z][A-Z0-9x]{0,11}(?:_[A-Z0-9][A-Z0-9x]{0,11}){1,8}$/, 'is the name of a constant'],
  [/^(.{1,6})\1{2,}.{0,6}$/, 'repeats itself'],
]

/** Why the value of a setting is that of something else by its form; null where it may be a secret. */
export const foreignFormReason = (value: string): string | null => foreignForms.find(([pattern]) => pattern.test(value))?.[1] ?? null

/** The same of names of things, which hardly have digits among their letters again and again. */
const nameForms: readonly (readonly [RegExp, string])[] = [
  [/^\$\w+[/.]|^[\w-]+\.(?:[a-z]{2,5}|[acdhos]|html|json|yaml|tsx|jsx)$|^\.[\w-]+$|^#[a-z][\w-]*$/i, 'names a file or an element'],
  [/^(?:[@:$?&*]|--?)[A-Za-z_][\w.-]*$|^&\[\w*\]$/, 'refers to a value elsewhere'],
]

/** True where digits stand among the letters at least `times` times: no words do that. */
export const isMixed = (text: string, times: number): boolean => (text.match(/[A-Za-z]\d|\d[A-Za-z]/g)?.length ?? 0) >= times

/** True for the passwords of examples and of products as delivered. */
export const isDummy = (secret: string): boolean => dummies.has(secret.toLowerCase()) || /^[a-z_-]*pass?w(?:or)?d[a-z_-]*\d{0,4}!?$/i.test(secret)

/** The word for a password, as forms and their translations show it. */
const passwordWord = /pass?wor[dt]|passwd|kennwort|contrase|wachtwoord|senha|heslo|losenord|parola|salasana|jelsz|adgangskode|motdepasse|\bpwd\b/i

/** Why a setting that takes a password has none; null for all else, however weak. */
export function passwordSettingReason(secret: string): string | null {
  const lower = secret.toLowerCase()
  if (/^(?:none|null|nil|true|false|yes|no|on|off|never|always|prompt|ask|plain|text|hidden|input|number|any|string|required|optional|disabled|enabled|default|invalid|unknown|empty|md5|sha\d+|bcrypt|scram-sha-\d+|trust|peer|ident|external|keychain|wincred|stdin|files?|interactive|manual|auto|basic|digest|oauth2?)$/.test(lower)) return 'is a choice of a setting'
  if (/^\d{1,5}$/.test(secret)) return 'is a number'
  if (/^[a-z_ -]*$/.test(lower) && (dummies.has(lower) || passwordWord.test(lower.replaceAll(/[^a-z]/g, '')))) return 'is a password of examples'
  const parts = secret.split(/[-_.]|(?<=[a-z0-9])(?=[A-Z])/)
  return parts.length > 1 && !/\d/.test(secret) && isNames(secret) && /pass|pwd|secret|token|key|user|name|field|label|login|value|prompt/i.test(secret) ? 'is made of names' : null
}

/** Why the form of a value of unknown kind is that of something else; null where it may be a secret. `setting` is a password that a file of settings holds. */
export function formReason(secret: string, kind: 'password' | 'setting' | null): string | null {
  if (kind !== 'setting' && isDummy(secret)) return 'is a password of examples'
  const known = forms.find(([pattern]) => pattern.test(secret)) ?? (isMixed(secret, 3) ? undefined : nameForms.find(([pattern]) => pattern.test(secret)))
  // Short ones of the digits and the letters up to F are as good as others.
  if (known !== undefined && (kind !== 'setting' || !/^[0-9a-f]{6,8}$/i.test(secret))) return known[1]
  if (kind === 'setting') return passwordSettingReason(secret)
  if (/^\d+$/.test(secret)) return kind === 'password' && secret.length >= 6 ? null : 'is a number'
  if (isNames(secret) || isWord(secret)) return 'is made of names'
  // Keys are of ASCII; a text with other letters and neither digit nor sign is for people.
  const foreign = secret.replaceAll(/[^\x80-\xff]/g, '').length
  if (foreign * 2 > secret.length || foreign > 0 && (kind !== 'password' || /^[A-Za-z\x80-\xff'.?!-]*$/.test(secret))) return 'is a text for people'
  return kind === 'password' ? null : secret.length < 8 ? 'is too short for a key' : null
}

/** A word of any language: vowels among its letters, never many consonants in a row. */
function isWord(secret: string): boolean {
  return /^[A-Za-z]?[a-z]{3,24}$/.test(secret) && (secret.match(/[aeiouy]/gi)?.length ?? 0) * 4 >= secret.length && !/[^aeiouy]{5}/i.test(secret)
}

/** Words joined by signs or by capitals, with at most a short number behind: `my-app-token`, `currentPassword`, `TOKEN_TYPE`. */
function isNames(secret: string): boolean {
  const parts = secret.split(/[-_./:+, ]|(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])/).filter((part) => part !== '')
  const digits = parts.length > 1 ? 3 : 1
  const word = new RegExp(`^(?:[A-Za-z]?[a-z]{1,14}\\d{0,${digits}}|[A-Z]{2,12}|\\d{1,12})$`)
  // Digits within are rarer in names than in what was drawn.
  const [least, most] = parts.slice(0, -1).some((part) => /\d/.test(part)) ? [4, NAMES_BITS - 0.6] : [3, NAMES_BITS]
  return parts.every((part) => word.test(part)) && secret.length >= parts.length * least && surpriseBits(secret) < most
}
