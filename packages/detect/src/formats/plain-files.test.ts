import { describe, expect, it } from 'vitest'
import { awsAccountOf } from './aws.ts'
import { awsKeyId, randomSecret, references, scan, secrets } from './scan.testing.ts'

const b64 = (text: string) => Buffer.from(text).toString('base64')

describe('registry logins', () => {
  it('docker config.json: base64 of user and password, identity tokens, hosts', () => {
    const [one, two] = [randomSecret(), randomSecret()]
    const text = JSON.stringify({ auths: { 'ghcr.io': { auth: b64(`robot:${one}`) }, 'acr.test': { auth: b64('00000000-0000:'), identitytoken: two }, 'empty.test': {} }, credsStore: 'pass' }, null, 2)
    const seen = secrets('/root/.docker/config.json', text)
    expect(seen.map((s) => [s.secretType, s.text, s.facts['host'], s.facts['user']])).toEqual([
      ['registry-password', one, 'ghcr.io', 'robot'], ['registry-token', two, 'acr.test', '00000000-0000'],
    ])
    expect(seen[0]!.raw).toBe(b64(`robot:${one}`))
    expect(seen[0]!.line).toBe(4)
  })
  it('.dockercfg has the hosts at the top', () => {
    const value = randomSecret()
    expect(secrets('.dockercfg', JSON.stringify({ 'https://index.docker.io/v1/': { auth: b64(`me:${value}`) } }))[0]).toMatchObject({ text: value, format: 'docker-config' })
  })
  it('.npmrc: tokens by host, base64 passwords with their user, variables as references', () => {
    const [token, password] = [randomSecret(36), randomSecret()]
    const text = `registry=https://npm.test/\n//npm.test/:_authToken=${token}\n//a.test/:_password=${b64(password)}\n//a.test/:username=ann\n//b.test/:_authToken=\${NPM_TOKEN}\nalways-auth=true\n`
    const seen = scan('.npmrc', text)
    expect(seen.map((s) => [s.secretType, s.text, s.facts['host'], s.facts['user'], s.reference])).toEqual([
      ['npm-token', token, 'npm.test', undefined, false], ['registry-password', password, 'a.test', 'ann', false], ['npm-token', '${NPM_TOKEN}', 'b.test', undefined, true],
    ])
  })
  it('.pypirc tells a token from a password', () => {
    const [one, two] = [randomSecret(), randomSecret()]
    const seen = secrets('.pypirc', `[distutils]\nindex-servers = pypi\n[pypi]\nusername = __token__\npassword = ${one}\n[in-house]\nrepository: https://pypi.test/\nusername: ci\npassword: ${two}\n`)
    expect(seen.map((s) => [s.secretType, s.text, s.facts['host']])).toEqual([['pypi-token', one, 'https://upload.pypi.org/legacy/'], ['registry-password', two, 'https://pypi.test/']])
  })
})

describe('login files', () => {
  it('.netrc: machines, defaults, quotes, comments; macros are stepped over', () => {
    const [one, two] = [randomSecret(), `with blank ${randomSecret()}`]
    const text = `# mine\nmachine a.test login ann password ${one}\nmacdef init\ncd /pub password notone\n\nmachine b.test\n  login bob\n  password "${two}"\ndefault login anonymous password user@site\n`
    expect(secrets('.netrc', text).map((s) => [s.text, s.facts['host'], s.facts['user']])).toEqual([[one, 'a.test', 'ann'], [two, 'b.test', 'bob'], ['user@site', 'default', 'anonymous']])
  })
  it('.pgpass: escapes, wildcards, comments', () => {
    const value = randomSecret()
    const seen = secrets('.pgpass', `#c\ndb.test:5432:*:app\\:one:${value}\\:\\\\x\nbroken:line\n`)
    expect(seen).toHaveLength(1)
    expect(seen[0]).toMatchObject({ text: `${value}:\\x`, line: 2, facts: { host: 'db.test', port: '5432', database: '*', user: 'app:one' } })
  })
  it('.my.cnf: each group with its user', () => {
    const value = randomSecret()
    expect(secrets('.my.cnf', `[client]\nuser=ro\npassword="${value}"\nhost=db\n`)[0]).toMatchObject({ text: value, raw: value, facts: { user: 'ro', host: 'db', group: 'client' } })
  })
  it('.git-credentials: percent escapes resolved', () => {
    const value = randomSecret()
    expect(secrets('/home/u/.git-credentials', `https://ann:${value}%40x@git.test\n`)[0]).toMatchObject({ format: 'git-credentials', text: `${value}@x`, facts: { host: 'git.test', user: 'ann' } })
  })
  it('a password that ends in a letter whose UTF-8 looks like a blank is kept whole', () => {
    const value = `${randomSecret()}à`
    expect(secrets('.my.cnf', `[client]\npassword=${value}\n`)[0]!.text).toBe(value)
    expect(secrets('.netrc', `machine a login b password ${value}\n`)[0]!.text).toBe(value)
  })
})

describe('password hashes', () => {
  const salt = randomSecret(16)
  const hash = `$6$${salt}$${'a1B2'.repeat(21)}`
  it('shadow: account, kind and dates; locked and empty accounts hold none', () => {
    const seen = secrets('/etc/shadow', `root:${hash}:19000:0:99999:7:::\ndaemon:*:19000:0:99999:7:::\nold:!$y$j9T$${salt}$${salt}${salt}:18000:0:90:7::20000:\nnone::1::::::\n`)
    expect(seen.map((s) => [s.secretType, s.text, s.facts['user'], s.facts['hashKind'], s.facts['locked']])).toEqual([
      ['password-hash', hash, 'root', 'sha512-crypt', undefined], ['password-hash', `$y$j9T$${salt}$${salt}${salt}`, 'old', 'yescrypt', 'true'],
    ])
    expect(seen[0]!.facts['changedAt']).toBe(new Date(19000 * 86_400_000).toISOString())
    expect(seen[1]!.facts['notAfter']).toBe(new Date(20000 * 86_400_000).toISOString())
  })
  it('htpasswd and htdigest', () => {
    expect(secrets('.htpasswd', `ann:$apr1$${salt.slice(0, 8)}$${salt}abcdef\nbob:{SHA}${b64(salt)}\n`).map((s) => s.facts['hashKind'])).toEqual(['apache-md5', 'sha1-unsalted'])
    expect(secrets('x.htdigest', `ann:realm one:${'0af1'.repeat(8)}\n`)[0]!.facts).toMatchObject({ hashKind: 'digest-md5', realm: 'realm one', user: 'ann' })
  })
})

describe('cloud keys', () => {
  it('AWS credentials carry the account inside the key id', () => {
    const keyId = awsKeyId('123456789012')
    const value = randomSecret(40)
    const seen = secrets('/home/u/.aws/credentials', `[default]\naws_access_key_id = ${keyId}\naws_secret_access_key = ${value}\n[profile deploy]\nrole_arn = arn:aws:iam::123456789012:role/x\nsource_profile = default\n`)
    expect(seen).toHaveLength(1)
    expect(seen[0]).toMatchObject({ secretType: 'aws-secret-access-key', text: value, facts: { keyId, accountId: '123456789012', profile: 'default', keyKind: 'long-lived' } })
  })
  it('the account of a key id: only of the right shape', () => {
    expect(awsAccountOf(awsKeyId('581039954779'))).toBe('581039954779')
    expect(awsAccountOf(awsKeyId('000000000001'))).toBe('000000000001')
    expect(awsAccountOf(awsKeyId('581039954779').slice(1))).toBeNull()
  })
  it('rclone and s3cmd', () => {
    const [one, two] = [randomSecret(40), randomSecret(40)]
    expect(secrets('rclone.conf', `[s3]\ntype = s3\naccess_key_id = ABC\nsecret_access_key = ${one}\n[ftp]\ntype=ftp\nhost = f.test\npass = ${two}\n`).map((s) => [s.secretType, s.text, s.facts['remote'], s.facts['encoding']]))
      .toEqual([['s3-secret-key', one, 's3', undefined], ['password', two, 'ftp', 'rclone-obscured']])
    expect(secrets('.s3cfg', `[default]\naccess_key = ABC\nsecret_key = ${one}\nhost_base = s3.test\n`)[0]).toMatchObject({ text: one, facts: { keyId: 'ABC', host: 's3.test' } })
    expect(references('rclone.conf', '# Encrypted\nRCLONE_ENCRYPT_V0:\nabcd\n')[0]).toMatchObject({ facts: { referenceKind: 'encrypted' } })
  })
})

describe('applications', () => {
  it('FileZilla: base64, plain and master-password protected entries', () => {
    const [one, two] = [randomSecret(), randomSecret()]
    const xml = `<?xml version="1.0"?><FileZilla3><Servers><Server><Host>f.test</Host><Port>22</Port><User>u&amp;v</User><Pass encoding="base64">${b64(one)}</Pass></Server><Server><Host>g.test</Host><Pass>${two}</Pass></Server><Server><Host>h</Host><Pass encoding="crypt" pubkey="k">${b64(two)}</Pass></Server></Servers></FileZilla3>`
    const seen = scan('sitemanager.xml', xml)
    expect(seen.map((s) => [s.text, s.reference, s.facts['host']])).toEqual([[one, false, 'f.test'], [two, false, 'g.test'], [b64(two), true, 'h']])
    expect(seen[0]!.facts['user']).toBe('u&v')
  })
  it('wp-config.php: login and keys, escapes resolved', () => {
    const [one, two] = [randomSecret(), randomSecret(64)]
    const seen = secrets('wp-config.php', `<?php\ndefine('DB_NAME', 'wp');\ndefine( 'DB_USER', "wpu" );\ndefine('DB_PASSWORD', '${one}\\'x');\ndefine('DB_HOST', 'db:3306');\ndefine('AUTH_KEY', '${two}');\ndefine('NONCE_KEY', 'put your unique phrase here');\n`)
    expect(seen.map((s) => [s.secretType, s.text])).toEqual([['database-password', `${one}'x`], ['signing-key', two]])
    expect(seen[0]).toMatchObject({ raw: `${one}\\'x`, facts: { user: 'wpu', host: 'db:3306', database: 'wp' } })
  })
})

describe('URLs with logins', () => {
  it('a database URL names scheme, host, port, database and user', () => {
    const value = randomSecret()
    const [seen] = secrets('settings.py', `DATABASES = dj("postgresql+asyncpg://app:${value}%2F@db.test:5433/main?sslmode=require")`)
    expect(seen).toMatchObject({ format: 'url', secretType: 'database-password', text: `${value}/`, facts: { scheme: 'postgresql+asyncpg', host: 'db.test', port: '5433', database: 'main', user: 'app' } })
  })
  it('a token alone before the @, several hosts, no user', () => {
    const value = randomSecret(36)
    expect(secrets('a.sh', `git clone https://${value}@git.test/x.git`)[0]).toMatchObject({ secretType: 'token', text: value })
    expect(secrets('a.sh', `MONGO=mongodb://u:${value}@a.test:1,b.test:2/db`)[0]).toMatchObject({ text: value, facts: { host: 'a.test' } })
    expect(secrets('a.sh', `REDIS=redis://:${value}@r.test:6379/0`)[0]).toMatchObject({ text: value, facts: { host: 'r.test' } })
  })
  it('variables in place of the password are references; names, mail addresses and documentation are nothing', () => {
    expect(references('a.sh', 'postgres://u:${DB_PASSWORD}@h/db')[0]).toMatchObject({ facts: { reference: 'DB_PASSWORD', host: 'h' } })
    expect(scan('a.sh', 'ssh://git@github.test/x https://site.test/@user/x http://h:8080/a@b ftp://user:password@example.com git+ssh://git@h:22/x')).toEqual([])
  })
})

describe('connection strings', () => {
  it('ADO.NET, with and without quotes', () => {
    const value = randomSecret()
    const [seen] = secrets('x.cs', `var c = "Server=tcp:sql.test,1433;Initial Catalog=Main;User ID=app;Password=${value};Encrypt=True";`)
    expect(seen).toMatchObject({ secretType: 'database-password', text: value, raw: value, facts: { host: 'sql.test', port: '1433', user: 'app', database: 'Main' } })
    expect(secrets('run.sh', `CONN=Server=db;Uid=root;Pwd=${value}`)[0]).toMatchObject({ text: value, facts: { host: 'db', user: 'root' } })
  })
  it('ODBC with braces, JDBC with a query or semicolons', () => {
    const value = randomSecret()
    expect(secrets('x.ini', `[a]\nodbc = Driver={ODBC Driver 18};Server=s;UID=u;PWD={${value};}}`)[0]?.text).toContain(value)
    expect(secrets('A.java', `String u = "jdbc:mysql://db.test:3306/main?user=app&password=${value}";`)[0]).toMatchObject({ text: value, facts: { scheme: 'jdbc:mysql', host: 'db.test', port: '3306', database: 'main', user: 'app' } })
    expect(secrets('A.java', `"jdbc:sqlserver://db.test:1433;databaseName=main;user=app;password=${value}"`)[0]).toMatchObject({ text: value, facts: { scheme: 'jdbc:sqlserver', host: 'db.test', user: 'app' } })
  })
  it('Azure storage and service bus keys', () => {
    const key = b64(randomSecret(64))
    expect(secrets('x.py', `"DefaultEndpointsProtocol=https;AccountName=acct;AccountKey=${key};EndpointSuffix=core.windows.net"`)[0]).toMatchObject({ secretType: 'azure-storage-key', text: key, facts: { account: 'acct' } })
    expect(secrets('x.py', `"Endpoint=sb://bus.test/;SharedAccessKeyName=Root;SharedAccessKey=${key}"`)[0]).toMatchObject({ secretType: 'azure-shared-access-key', text: key, facts: { keyName: 'Root' } })
  })
  it('a lone password= in code is no connection string', () => {
    expect(scan('x.py', 'login(user=name, password=prompt())\nif password == other: pass\n')).toEqual([])
  })
})
