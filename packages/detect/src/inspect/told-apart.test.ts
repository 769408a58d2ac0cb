import { describe, expect, it } from 'vitest'
import { parseRegex } from '../regex/parse.ts'
import { sampleRegex, seededRandom } from '../regex/sample.ts'
import { defaultRules } from '../rules/default.ts'
import { FileInspector } from './inspector.ts'

const inspector = new FileInspector(defaultRules())
const random = seededRandom(2026)
const drawn = (pattern: string) => sampleRegex(parseRegex(pattern).root, random)
const reported = (text: string, path: string) => inspector.inspect({ bytes: Buffer.from(text), path }).found
  .filter(({ suppressedBy, reference }) => suppressedBy === null && reference === null).map(({ secret }) => secret.revealText())
const value = drawn('[A-Za-z0-9]{24}')

describe('a value given to a name is found', () => {
  it.each([
    ['as an argument named like the class it is for', 'a.py', `client = ServiceTokenClient(service_token="${value}")`], ['behind the sign of a language', 'a.m', `static NSString *const kSecretKey = @"${value}";`],
    ['between three quotes', 'a.py', `secret_key = b"""${value}"""`], ['between quotes within quotes', 'build.gradle', String.raw`buildConfigField "String", "API_KEY", "\"${value}\""`],
    ['beside its name', 'task.json', `{ "name": "DB_PASSWORD", "value": "${value}" }`], ['beside its name on the next line', 'env.json', `{\n  "key": "api_key",\n  "value": "${value}"\n}`],
    ['below its name', 'main.parameters.json', `{ "adminPassword": {\n  "value": "${value}" } }`], ['below its name with its type', 'outputs.json', `"db_password": {\n "sensitive": true,\n "type": "string",\n "value": "${value}"\n}`],
    ['in an inner element', 'unattend.xml', `<Password>\n  <Value>${value}</Value>\n</Password>`], ['of a provider behind the sign of a language', 'a.cs', `const string OvhConsumerKey = @"${value}ab12cd34";`],
  ])('%s', (_, path, text) => {
    expect(reported(`${text}\n`, path).some((secret) => secret.startsWith(value))).toBe(true)
  })

  it('however it ends or begins, where digits stand among its letters', () => {
    const values = ['Yonder81763@', `-${drawn('[A-Z][0-9][a-z]')}${value}`, `${drawn('[a-z][0-9][a-z]')}${value}.us`]
    expect(values.map((each) => reported(`db_password = '${each}'\n`, 'src/db.py'))).toEqual(values.map((each) => [each]))
  })
})

describe('several values in one encoded text', () => {
  it('are each one, at the place of that text', () => {
    const [token, password] = [`glpat-${drawn('[A-Za-z0-9]{20}')}`, 'Kestrel7734']
    const text = Buffer.from(`#!/bin/sh\nexport CI_TOKEN=${token}\nexport DB_PASSWORD=${password}\n`).toString('base64')
    const found = inspector.inspect({ bytes: Buffer.from(`user_data = "${text}"\n`), path: 'main.tf' }).found.filter(({ suppressedBy }) => suppressedBy === null)
    expect(found.map(({ secret, line, column }) => [secret.revealText(), line, column])).toEqual([[token, 1, 14], [password, 1, 14]])
  })
})

describe('no finding', () => {
  it.each([
    ['an address on a chain', 'a.ts', `daiToken: "0x${drawn('[a-f0-9]{40}')}"`], ['the rest of an address', 'nginx.conf', 'proxy_pass http://up;'], ['a text with letters beyond ASCII, escaped', 'a.json', String.raw`"api_key": "API-Schl\u00fcssel"`],
    ['a command', 'a.ps1', '$pw = ConvertTo-SecureString $text -AsPlainText'], ['a class of a program', 'a.py', 'password_hasher = "django.contrib.auth.hashers.PBKDF2PasswordHasher"'], ['the name of a secret with its year', 'values.yaml', 'tlsSecret: rds-creds-2023'],
  ])('%s', (_, path, text) => {
    expect(reported(`${text}\n`, path)).toEqual([])
  })
})

describe('a token in the place of a user', () => {
  it('is the secret, and stands among no facts', () => {
    const token = `k7a2${drawn('[a-z][0-9][A-Z][0-9][a-z]{16}')}`
    const found = inspector.inspect({ bytes: Buffer.from(`url = https://${token}:x-oauth-basic@git.test/a/b.git\n`), path: 'a.txt' }).found.filter(({ suppressedBy }) => suppressedBy === null)
    expect(found.map(({ secret }) => secret.revealText())).toEqual([token])
    expect(JSON.stringify(found.map(({ facts }) => facts))).not.toContain(token)
  })
})
