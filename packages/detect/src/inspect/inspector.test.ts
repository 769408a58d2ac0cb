import { gzipSync } from 'node:zlib'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { tarOf } from '../decode/archives.testing.ts'
import { awsKeyId, randomSecret } from '../formats/scan.testing.ts'
import { crc32Base62 } from '../filters/structure.ts'
import { parseRegex } from '../regex/parse.ts'
import { sampleRegex, seededRandom } from '../regex/sample.ts'
import { defaultRules } from '../rules/default.ts'
import { FileInspector } from './inspector.ts'

const inspector = new FileInspector(defaultRules())
const random = seededRandom(4711)
const drawn = (pattern: string) => sampleRegex(parseRegex(pattern).root, random)
const inspect = (text: string | Buffer, path = 'src/main.ts') => inspector.inspect({ bytes: Buffer.from(text), path })
const found = (text: string | Buffer, path?: string) => inspect(text, path).found.filter(({ suppressedBy }) => suppressedBy === null)
const githubToken = () => {
  const body = drawn('[A-Za-z0-9]{30}')
  return `ghp_${body}${crc32Base62(body)}`
}

it('every login of a line as long as the file is found, and shown with none of its neighbours', () => {
  const passwords = Array.from({ length: 500 }, () => randomSecret())
  const results = found(passwords.map((password, i) => `Server=db${i}.internal;Uid=app;Password=${password};`).join(''), 'settings.txt')
  expect(results.map(({ secret }) => secret.revealText())).toEqual(passwords)
  for (const { context } of results) expect(passwords.some((password) => context.includes(password))).toBe(false)
})

describe('one value at one place', () => {
  it('is one result with what rule and format know together', () => {
    const token = githubToken()
    const [result, ...rest] = found(JSON.stringify({ auths: { 'registry.example.org': { auth: Buffer.from(`robot:${token}`).toString('base64') } } }), '.docker/config.json')
    expect(rest).toEqual([])
    expect(result).toMatchObject({ kind: expect.stringMatching(/github/), facts: { user: 'robot' }, reference: null })
    expect(result!.secret.revealText()).toBe(token)
  })

  it('takes the password out of a URL that a rule sees whole, with its login and host', () => {
    const password = randomSecret()
    const results = found(`dsn = "postgres://app:${password}@db.internal:5432/orders"`, 'settings.py')
    expect(results).toHaveLength(1)
    expect(results[0]!.secret.revealText()).toBe(password)
    expect(results[0]!.facts).toMatchObject({ user: 'app', host: 'db.internal' })
  })

  it('is doubted by nobody once a format vouches for it', () => {
    const results = inspect('db.internal:5432:orders:app:correct horse\n', 'home/.pgpass').found
    expect(results.map(({ suppressedBy, facts }) => [suppressedBy, facts['user']])).toEqual([[null, 'app']])
  })

  it('stays suppressed where the line says that it may be here', () => {
    const [result] = inspect(`_authToken=${randomSecret(30)} # gitleaks:allow\n//r.example.org/:_authToken=${randomSecret(30)} # gitleaks:allow`, '.npmrc').found
    expect(result?.suppressedBy?.filter).toBe('allow-comment')
  })
})

describe('a pair of id and secret', () => {
  it('is told by the id among the facts of the secret', () => {
    const id = awsKeyId('123456789012')
    const results = found(`const id = "${id}"\nconst aws_secret_access_key = "${drawn('[A-Za-z0-9/+]{40}')}"\n`)
    expect(results.find(({ kind }) => kind === 'aws-secret-access-key')?.facts).toMatchObject({ keyId: id })
  })

  it('is left open where two ids are as near', () => {
    const results = found(`a = "${awsKeyId('123456789012')}"\naws_secret_access_key = "${drawn('[A-Za-z0-9/+]{40}')}"\nb = "${awsKeyId('210987654321')}"\n`)
    expect(results.find(({ kind }) => kind === 'aws-secret-access-key')?.facts['keyId']).toBeUndefined()
  })
})

describe('the place', () => {
  it('of a decoded value is that of its encoded form, with the decoders', () => {
    const token = githubToken()
    const encoded = Buffer.from(`token: ${token}\n`).toString('base64')
    const [result] = found(`first\n  data: "${encoded}"\n`, 'values.txt')
    expect(result).toMatchObject({ line: 2, column: 10, endLine: 2, endColumn: 9 + encoded.length, decoders: ['base64'], path: 'values.txt' })
    expect(result!.context).toBe('  data: "•••"')
  })

  it('in an archive is the line of the entry', () => {
    const token = githubToken()
    const results = found(gzipSync(tarOf([{ name: 'app/.env', content: `A=1\nGITHUB_TOKEN=${token}\n` }])), 'backup.tar.gz')
    expect(results).toHaveLength(1)
    expect(results[0]).toMatchObject({ path: 'backup.tar!app/.env', line: 2, decoders: ['gzip', 'tar'], context: 'GITHUB_TOKEN=•••' })
  })

  it('shows no value of the line, found twice or cut by its length', () => {
    const [one, two] = [githubToken(), githubToken()]
    const text = `${'x '.repeat(300)}a=${one} b=${two} again ${one}${' y'.repeat(300)}`
    for (const { context } of inspect(text).found) {
      expect(context.length).toBeLessThanOrEqual(400)
      expect(context).not.toContain(one.slice(4, 20))
      expect(context).not.toContain(two.slice(4, 20))
    }
  })
})

describe('what only points at a secret', () => {
  it('is a reference, federated trust with who is trusted', () => {
    const results = found(`on: push
permissions:
  id-token: write
jobs:
  ship:
    steps:
      - uses: aws-actions/configure-aws-credentials@v4
        with: { role-to-assume: "arn:aws:iam::123456789012:role/ship" }
      - run: deploy
        env: { KEY: "\${{ secrets.DEPLOY_KEY }}" }
`, '.github/workflows/ship.yml')
    expect(results.map(({ kind, reference }) => [kind, reference?.kind, reference?.name])).toEqual([
      ['oidc-permission', 'oidc', 'id-token'], ['federated-trust', 'oidc', 'arn:aws:iam::123456789012:role/ship'], ['ci-secret', 'ci-secret', 'DEPLOY_KEY'],
    ])
  })
})

describe('hostile files', () => {
  it('never throw, whatever their bytes, and no context holds a value', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 400 }), fc.constantFrom('a.yml', '.env', 'x.json', 'k.zip', 'Dockerfile', 'a.tfstate'), (bytes, path) => {
      const token = githubToken()
      const { found: results } = inspect(Buffer.concat([Buffer.from(bytes), Buffer.from(` ${token} `), Buffer.from(bytes)]), path)
      for (const { context } of results) expect(context).not.toContain(token)
    }), { numRuns: 60 })
  })

  it('end at the limits and say so', () => {
    const many = new FileInspector(defaultRules(), { maxFound: 3 }).inspect({ bytes: Buffer.from(Array.from({ length: 20 }, () => `${githubToken()}\n`).join('')), path: 'a.txt' })
    expect(many.found).toHaveLength(3)
    expect(many.problems).toEqual([{ code: 'input.limit', where: 'a.txt', message: 'more than 3 findings; the rest is not listed' }])
  })
})
