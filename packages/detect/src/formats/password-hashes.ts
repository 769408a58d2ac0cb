import type { Format } from './input.ts'
import { linesOf } from './pairs.ts'

/** Scheme of a crypt(3) or Apache hash by its prefix or shape; null for what is no hash. Nothing is ever guessed. */
export function hashKindOf(hash: string): string | null {
  const prefixes: readonly (readonly [string, string])[] = [
    ['$y$', 'yescrypt'], ['$gy$', 'gost-yescrypt'], ['$7$', 'scrypt'], ['$2b$', 'bcrypt'], ['$2a$', 'bcrypt'], ['$2y$', 'bcrypt'], ['$2x$', 'bcrypt'],
    ['$6$', 'sha512-crypt'], ['$5$', 'sha256-crypt'], ['$1$', 'md5-crypt'], ['$apr1$', 'apache-md5'], ['$md5', 'sun-md5'], ['$3$', 'nt-hash'],
    ['{SHA}', 'sha1-unsalted'], ['{SSHA}', 'sha1-salted'], ['{SHA256}', 'sha256'], ['{PLAIN}', 'plaintext'], ['$argon2', 'argon2'], ['$sha1$', 'sha1-crypt'],
  ]
  for (const [prefix, kind] of prefixes) if (hash.startsWith(prefix)) return kind
  return /^[./A-Za-z0-9]{13}$/.test(hash) ? 'des-crypt' : /^_[./A-Za-z0-9]{19}$/.test(hash) ? 'bsdi-crypt' : null
}

const dayText = (days: string | undefined): string | null => {
  if (days === undefined || !/^\d{1,6}$/.test(days)) return null
  return new Date(Number(days) * 86_400_000).toISOString()
}

/** `/etc/shadow`: account, kind of hash and the day of its last change (shadow(5)). Locked and empty fields hold no hash. */
export const shadowFormat: Format = {
  id: 'shadow',
  matches: (input) => /^(?:shadow|gshadow|master\.passwd|passwd)(?:$|[-.~])/.test(input.name),
  extract: (input, into) => {
    for (const { line, start } of linesOf(input.text)) {
      const fields = line.length > 4096 ? [] : line.split(':', 10)
      const [user, field] = fields
      if (user === undefined || field === undefined || fields.length < 4 || !/^[\w.@$-]{1,64}$/.test(user)) continue
      const hash = field.replace(/^!{1,2}/, '')
      const hashKind = hashKindOf(hash)
      if (hashKind === null) continue
      const at = start + user.length + 1 + (field.length - hash.length)
      const isShadow = input.name.startsWith('shadow')
      into.add('shadow', {
        secretType: 'password-hash', value: hash, start: at, end: at + hash.length, literal: true,
        facts: {
          user, hashKind, locked: field.length === hash.length ? null : 'true',
          changedAt: isShadow ? dayText(fields[2]) : null, maxAgeDays: isShadow ? fields[4] : null, notAfter: isShadow ? dayText(fields[7]) : null,
        },
      })
    }
  },
}

/** Apache's and nginx's htpasswd and htdigest files. */
export const htpasswdFormat: Format = {
  id: 'htpasswd',
  matches: (input) => /htpasswd|htdigest/.test(input.name) || (input.name === 'users' && input.has('$apr1$')),
  extract: (input, into) => {
    for (const { line, start } of linesOf(input.text)) {
      if (line.startsWith('#') || line.length > 4096) continue
      const digest = /^([^:]{1,255}):([^:]{1,255}):([0-9a-fA-F]{32})\s*$/.exec(line)
      const plain = digest === null ? /^([^:]{1,255}):(\S+)\s*$/.exec(line) : null
      const hash = digest?.[3] ?? plain?.[2]
      const user = digest?.[1] ?? plain?.[1]
      const hashKind = hash === undefined ? null : digest === null ? hashKindOf(hash) : 'digest-md5'
      if (hash === undefined || hashKind === null) continue
      const at = start + line.indexOf(hash, user!.length)
      into.add('htpasswd', { secretType: 'password-hash', value: hash, start: at, end: at + hash.length, literal: true, facts: { user, hashKind, realm: digest?.[2] } })
    }
  },
}
