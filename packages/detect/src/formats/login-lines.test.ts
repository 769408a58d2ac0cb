import { describe, expect, it } from 'vitest'
import { randomSecret, references, secrets } from './scan.testing.ts'

const seen = (path: string, text: string) => secrets(path, text).map(({ text: value, secretType, facts }) => [value, secretType, facts['user'], facts['host']])

describe('files of one login a line', () => {
  const value = randomSecret()
  it.each([
    ['Postfix', 'etc/postfix/sasl_passwd', `# relay\n[smtp.test]:587 ann@a.test:${value}\n`, [value, 'password', 'ann@a.test', '[smtp.test]:587']],
    ['pppd, with quotes', 'etc/ppp/chap-secrets', `# client server secret\n"ann" vpn "${value}" *\n`, [value, 'password', 'ann', 'vpn']],
    ['IPsec', 'etc/ipsec.secrets', `: RSA server.pem\n10.0.0.1 %any : PSK "${value}"\n`, [value, 'password', undefined, '10.0.0.1 %any']],
    ['PgBouncer', 'userlist.txt', `"app" "${value}"\n`, [value, 'database-password', 'app', undefined]],
    ['PgBouncer, as a hash', 'userlist.txt', `"app" "md5${'0a'.repeat(16)}"\n`, [`md5${'0a'.repeat(16)}`, 'password-hash', 'app', undefined]],
    ['Mosquitto', 'mosquitto/passwd', `ann:$6$c2FsdA==$${value}${value}==\n`, [`$6$c2FsdA==$${value}${value}==`, 'password-hash', 'ann', undefined]],
  ])('of %s', (_, path, text, expected) => {
    expect(seen(path, text)).toEqual([expected])
  })

  it('are told by their names alone: the same line elsewhere is none', () => {
    expect(secrets('notes.txt', `"app" "${value}"\n`)).toEqual([])
  })
})

describe('a login that Subversion keeps', () => {
  const login = (passtype: string, value: string) => `K 8\npasstype\nV ${passtype.length}\n${passtype}\nK 8\npassword\nV ${value.length}\n${value}\nK 15\nsvn:realmstring\nV 16\n<https://a.test>\nK 8\nusername\nV 3\nann\nEND\n`
  it('in clear text is a password with its user and its realm', () => {
    const value = randomSecret()
    expect(seen('.subversion/auth/svn.simple/0a1b', login('simple', value))).toEqual([[value, 'password', 'ann', '<https://a.test>']])
  })
  it('in a keyring is a reference', () => {
    expect(references('svn.simple/0a1b', login('gnome-keyring', randomSecret())).map(({ facts }) => facts['reference'])).toEqual(['gnome-keyring'])
  })
})

describe('a table', () => {
  const value = randomSecret()
  it('of logins tells each password with user and address, without what a URL carries', () => {
    expect(seen('export.csv', `name,url,username,password\r\nA,https://a.test/x?s=1,ann,${value}\r\n"B, b",https://b.test,bob,"x""${value}"\r\n`)).toEqual([[value, 'password', 'ann', 'https://a.test/x'], [`x"${value}`, 'password', 'bob', 'https://b.test']])
  })
  it('may be cut by tabs or semicolons', () => {
    expect(seen('a.tsv', `user\ttoken\nann\t${value}\n`)).toEqual([[value, 'token', 'ann', undefined]])
    expect(seen('a.csv', `login;api_key\nann;${value}\n`)).toEqual([[value, 'api-key', 'ann', undefined]])
  })
  it('of words, of hashes or without names of columns tells none', () => {
    for (const text of ['token,count\nmoonlight,3\nsun-flower-field,4\n', `user,password_hash\nann,${value}\n`, `${value},password,password\n1,2,${value}\n`, `a,b\n1,${value}\n`]) expect(secrets('a.csv', text)).toEqual([])
  })
})

describe('rows of SQL', () => {
  const value = randomSecret()
  it('tell what a named column is given, with the user beside it', () => {
    expect(seen('dump.sql', `INSERT INTO \`users\` (id, username, password) VALUES (1, 'ann', '${value}''x'), (NOW(), 'bob', N'${value}');\n`)).toEqual([[`${value}'x`, 'password', 'ann', undefined], [value, 'password', 'bob', undefined]])
  })
  it('are left alone where columns have no names, or hold digests and hashes', () => {
    for (const text of [`INSERT INTO users VALUES (1, 'ann', '${value}');`, `INSERT INTO users (name, password) VALUES ('ann', '${'0a'.repeat(16)}');`, `INSERT INTO t (a, b) VALUES ('c', '${value}');`]) expect(secrets('dump.sql', text)).toEqual([])
  })
})
