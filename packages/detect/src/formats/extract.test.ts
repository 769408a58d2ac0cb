import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { inspect } from 'node:util'
import { extractSecrets, maxFormatBytes } from './extract.ts'
import { plausibleSecret, secretKindOfName } from './names.ts'
import { isPlaceholder, referenceIn } from './reference.ts'
import { randomSecret } from './scan.testing.ts'

const paths = ['a.yaml', '.env', 'x.json', 'docker-compose.yml', '.netrc', '.npmrc', 'Dockerfile', 'x.properties', 'main.tf', 'web.config', 'credentials.xml', '.gitlab-ci.yml', '.github/workflows/a.yml', 'x.keytab', '.pgpass', '.my.cnf', 'shadow', '.htpasswd', 'wp-config.php', 'x.cs', 'terraform.tfstate', '.aws/credentials', 'hosts', '.circleci/config.yml', 'azure-pipelines.yml', 'config', 'sitemanager.xml', 'rclone.conf', 'application.yml', '.git-credentials', '.pypirc']
const secret = randomSecret(30)
const seeds = [
  `apiVersion: v1\nkind: Secret\nmetadata: {name: a}\ndata:\n  password: ${Buffer.from(secret).toString('base64')}\n`, `machine a login b password ${secret}\n`, `DB_PASSWORD="${secret}"\nA=postgres://u:${secret}@h/d\n`,
  `{"auths": {"a": {"auth": "${Buffer.from(`u:${secret}`).toString('base64')}"}}, "password": "${secret}"}`, `<a><Server><Pass encoding="base64">eHg=</Pass></Server><b password="${secret}"/></a>`,
  `Server=a;User Id=b;Password=${secret};\njdbc:mysql://h/d?password=${secret}\n`, `\u0005\u0002\u0000\u0000\u0000\u0030\u0000\u0001\u0000\u0003abc`, `define('DB_PASSWORD', '${secret}');\nENV TOKEN=${secret} \\\n A=b\n`,
]

describe('extraction', () => {
  const mutated = fc.tuple(fc.constantFrom(...seeds), fc.array(fc.tuple(fc.nat(400), fc.integer({ min: 0, max: 255 }), fc.nat(2)), { maxLength: 12 })).map(([seed, edits]) => {
    const bytes = [...Buffer.from(seed)]
    for (const [position, byte, kind] of edits) bytes.splice(position % (bytes.length + 1), kind === 0 ? 1 : kind === 1 ? 0 : 3, ...(kind === 2 ? [] : [byte]))
    return Uint8Array.from(bytes)
  })
  const bytes = fc.oneof(fc.uint8Array({ maxLength: 300 }), mutated)
  it('never throws, stays inside the file, and shows no value', () => {
    fc.assert(fc.property(bytes, fc.constantFrom(...paths), (content, path) => {
      const { found, problems } = extractSecrets(content, { path })
      for (const item of found) {
        expect(item.start >= 0 && item.start <= item.end && item.end <= content.length && item.line >= 1).toBe(true)
        expect(item.value.reveal().length).toBeGreaterThan(0)
      }
      expect(inspect(problems)).not.toContain(secret)
      expect(`${inspect(found.map(({ value }) => value))}${JSON.stringify(found.map(({ value }) => value))}`).not.toContain(secret)
      // What is beside a secret never repeats it.
      for (const item of found) if (!item.reference && item.value.revealText() === secret) expect(JSON.stringify(item.facts)).not.toContain(secret)
    }), { numRuns: 4000 })
  })
  it('a byte order mark shifts nothing', () => {
    const text = `\ufeffDB_PASSWORD=${secret}\n`
    const content = Buffer.from(text)
    const [item] = extractSecrets(content, { path: '.env' }).found
    expect(content.subarray(item!.start, item!.end).toString()).toBe(secret)
  })
  it('a file over the limit, or nested beyond it, is reported', () => {
    expect(extractSecrets(new Uint8Array(maxFormatBytes + 1), { path: 'a.yaml' })).toMatchObject({ found: [], problems: [{ code: 'input.limit', where: 'a.yaml' }] })
    expect(extractSecrets(Buffer.from(`password: ${secret}\na: ${'['.repeat(200)}`), { path: 'a.yaml' }).problems).toHaveLength(1)
  })
  it('gives at most ten thousand secrets a file and says so', () => {
    const text = Array.from({ length: 10_050 }, (_, i) => `P${i}_PASSWORD=${secret}${i}\n`).join('')
    const { found, problems } = extractSecrets(Buffer.from(text), { path: '.env' })
    expect(found).toHaveLength(10_000)
    expect(problems.map((problem) => problem.code)).toEqual(['input.limit'])
  })
})

describe('names of settings', () => {
  it.each([
    ['DB_PASSWORD', 'password'], ['spring.datasource.password', 'password'], ['PGPASSWORD', 'password'], ['rootPassword2', 'password'], ['PASSWORD_PROD', 'password'], ['apiKey', 'api-key'], ['STRIPE_API_KEY', 'api-key'], ['clientSecret', 'client-secret'],
    ['accessToken', 'token'], ['GITHUB_TOKEN', 'token'], ['signingKey', 'secret-key'], ['SECRET_KEY_BASE', 'secret-key'], ['tls.key', 'private-key'], ['connectionString', 'connection-string'],
  ])('%s promises a %s', (name, kind) => { expect(secretKindOfName(name)).toBe(kind) })
  it.each(['password_file', 'passwordPolicy', 'token_url', 'max_tokens', 'public_key', 'monkey', 'PRIMARY_KEY', 'nextToken', 'tokenizer', 'keyId', 'secretName', 'compass', 'bypass', 'PASSWORD_RESET_URL', 'token_ttl', 'csrf_token', 'foreignKey'])('%s promises nothing', (name) => {
    expect(secretKindOfName(name)).toBeNull()
  })
  it('values that cannot be secrets are told', () => {
    for (const text of ['true', '3600', 'https://host/path', 'getToken()', 'process.env.X', 'short']) expect(plausibleSecret(text, 'token'), text).toBe(false)
    expect(plausibleSecret('hunter2', 'password')).toBe(true)
  })
})

describe('references and placeholders', () => {
  it.each(['${{ secrets.A }}', '${VAR}', '$VAR', '$(VAR)', '%VAR%', 'vault:secret/data/x#y', 'op://v/i/f', '{{ .Values.x }}', 'ENC[AES256_GCM,data:xx,iv:yy]', 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:x', '@Microsoft.KeyVault(SecretUri=https://v/secrets/x)', '/run/secrets/db', '</etc/dovecot/private/key.pem', 'projects/p/secrets/s/versions/1', 'var.password'])('%s points elsewhere', (text) => {
    expect(referenceIn(text)).not.toBeNull()
  })
  it('literals with signs in them are literals', () => {
    for (const text of ['pa$$word1', 'a${b', '%7Bx', 'hunter2', '$ecret-9!', '{x}', `${secret}==`, '/4AAQSkZJRg==']) expect(referenceIn(text), text).toBeNull()
  })
  it('what marks an empty place is a placeholder', () => {
    for (const text of ['<password>', 'changeme', 'xxxxxxxx', '********', 'your-api-key-here', 'REPLACE_ME', '']) expect(isPlaceholder(text), text).toBe(true)
    for (const text of [secret, 'hunter2', 'Passw0rd!']) expect(isPlaceholder(text), text).toBe(false)
  })
})
