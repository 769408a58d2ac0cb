import type { Format } from './input.ts'

const id = 'wp-config'
const define = /\bdefine\s{0,16}\(\s{0,16}(['"])([A-Z][A-Z0-9_]{1,63})\1\s{0,16},\s{0,16}(['"])((?:(?!\3)[^\\\n]|\\.){0,1024})\3\s{0,16}\)/g
const keyNames = /^(?:(?:SECURE_)?AUTH_KEY|LOGGED_IN_KEY|NONCE_KEY|(?:SECURE_)?AUTH_SALT|LOGGED_IN_SALT|NONCE_SALT|WP_CACHE_KEY_SALT)$/

/** WordPress' `wp-config.php` and PHP files like it: the database login, FTP login and the keys that sign sessions. */
export const wpConfigFormat: Format = {
  id,
  matches: (input) => (input.extension === 'php' || input.name.startsWith('wp-config')) && input.bytes.length <= 2_000_000 && (input.has('DB_PASSWORD') || input.has('AUTH_KEY')),
  extract: (input, into) => {
    const settings = new Map<string, string>()
    const matches = [...input.text.matchAll(define)].slice(0, 2000)
    for (const match of matches) settings.set(match[2]!, unescape(match[4]!))
    for (const match of matches) {
      const name = match[2]!
      const secretType = name === 'DB_PASSWORD' ? 'database-password' : name === 'FTP_PASS' ? 'password' : keyNames.test(name) ? 'signing-key' : null
      if (secretType === null) continue
      const end = match.index + match[0].trimEnd().length - /\s*\)$/.exec(match[0])![0].length - 1
      const facts = name === 'DB_PASSWORD' ? { scheme: 'mysql', host: settings.get('DB_HOST'), user: settings.get('DB_USER'), database: settings.get('DB_NAME') }
        : name === 'FTP_PASS' ? { host: settings.get('FTP_HOST'), user: settings.get('FTP_USER') } : {}
      into.add(id, { secretType, value: unescape(match[4]!), start: end - match[4]!.length, end, facts: { name, ...facts } })
    }
  },
}

const unescape = (text: string): string => text.replaceAll(/\\(['"\\])/g, '$1')
