import { createHash, randomBytes } from 'node:crypto'
import { systemClock, type TenantId } from '@muster/core'
import type { DetectionConfig, DetectionRule, DetectionTrial } from '@muster/core/api'
import { drawExample, defaultRules, seededRandom } from '@muster/detect'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { inRepository, sampleSecret, sampleSource, sighting } from '../inventory/samples.ts'
import { pipelineServer, type PipelineServer } from '../test-support/pipeline.ts'
import { tryInThread } from './trial-thread.ts'
import { tryRules } from './trial.ts'

let server: PipelineServer
let operator: string
let administrator: string

beforeAll(async () => {
  server = await pipelineServer()
  operator = await server.token('operator')
  administrator = await server.token('administrator')
})
afterAll(() => server?.close())

const own = String.raw`
[[rules]]
id = "shop-token"
description = "Token of the shop"
regex = '''shop_[0-9a-f]{32}'''
keywords = ["shop_"]
`
const token = () => `shop_${randomBytes(16).toString('hex')}`
const rule = (id: string) => defaultRules().rules.find((one) => one.id === id)!
const example = (id: string) => drawExample(rule(id).examples.matches[0]!, seededRandom(7))
const attempt = (body: object, who = operator) => server.json<DetectionTrial & { code?: string }>('POST', '/api/v1/detection-rules/try', who, body)
const save = (toml: string, who = administrator) => server.json<DetectionConfig & { code?: string; errors?: { path: string; message: string }[] }>('PUT', '/api/v1/detection-config', who, { toml })
const listed = async () => (await server.json<{ items: DetectionRule[] }>('GET', '/api/v1/detection-rules', operator)).body.items

describe('fingerprints for scanners elsewhere', () => {
  const digests = Array.from({ length: 3 }, (_, i) => createHash('sha256').update(`value ${i}`).digest('hex'))
  const ask = (body: object, who = operator) => server.json<{ fingerprints: string[] }>('POST', '/api/v1/secrets/fingerprints', who, body)

  it('come in the order asked, the same for the same digest, and are none of the digests', async () => {
    const [a, b, c] = (await ask({ digests })).body.fingerprints
    expect(new Set([a, b, c, ...digests]).size).toBe(6)
    expect((await ask({ digests: [digests[2], digests[0], digests[0]] })).body.fingerprints).toEqual([c, a, a])
  })

  it('are for whoever may scan, at most ten thousand at once, and of digests alone', async () => {
    expect((await ask({ digests }, await server.token('viewer'))).status).toBe(403)
    for (const wrong of [[], ['password'], Array.from({ length: 10_001 }, () => digests[0])]) expect((await ask({ digests: wrong })).status).toBe(400)
  })
})

describe('a trial of rules', () => {
  it('answers where in the text, counted as JavaScript does, and what was held back and why', async () => {
    const value = example('github-personal-access-token')
    const text = `naïve – 🔑\nfirst\n${value} # 🔑\npassword = "changeme"\n`
    const { body } = await attempt({ toml: null, text })
    expect(body.problems).toEqual([])
    const hit = body.findings.find(({ ruleId }) => ruleId === 'github-personal-access-token')!
    expect(hit).toMatchObject({ line: 3, suppressedBy: null, kind: rule('github-personal-access-token').kind })
    expect(value).toContain(text.slice(hit.start, hit.end))
    expect(hit.column).toBe(value.indexOf(text.slice(hit.start, hit.end)) + 1)
    expect(JSON.stringify(body)).not.toContain(text.slice(hit.start, hit.end))
  })

  it('is of the rules given, or of those saved', async () => {
    const text = `key: ${token()}`
    expect((await attempt({ toml: null, text })).body.findings.map(({ ruleId }) => ruleId)).not.toContain('shop-token')
    expect((await attempt({ toml: own, text })).body.findings.map(({ ruleId }) => ruleId)).toContain('shop-token')
    expect((await save(own)).body).toMatchObject({ ruleCount: 1, changedBy: 'test administrator' })
    expect((await attempt({ toml: null, text })).body.findings.map(({ ruleId }) => ruleId)).toContain('shop-token')
    await save('')
  })

  it('reads formats and encodings as a scan does, and leaves references out', async () => {
    const value = randomBytes(15).toString('base64url')
    const encoded = Buffer.from(`{"auths":{}} password: ${value}`).toString('base64')
    const text = `# wo ist es? 🔑\ndb.internal:5432:shop:app:${value}\n`
    const { body } = await attempt({ toml: null, path: 'home/.pgpass', text })
    expect(body.findings.map(({ kind, start, end, facts }) => [kind, text.slice(start, end) === value, facts['host']])).toEqual([['database-password', true, 'db.internal']])
    const yaml = `apiVersion: v1\nkind: Secret\nmetadata: {name: db}\ndata:\n  password: ${Buffer.from(value).toString('base64')}\n`
    const secret = (await attempt({ toml: null, path: 'secret.yaml', text: yaml })).body.findings.filter(({ suppressedBy }) => suppressedBy === null)
    expect(secret.map(({ start, end }) => Buffer.from(yaml.slice(start, end), 'base64').toString())).toEqual([value])
    const workflow = 'jobs: { a: { steps: [ { env: { TOKEN: "${{ secrets.TOKEN }}" } } ] } }\n'
    expect((await attempt({ toml: null, path: '.github/workflows/a.yml', text: workflow })).body.findings).toEqual([])
    expect(JSON.stringify((await attempt({ toml: null, text: encoded })).body)).not.toContain(value)
  })

  it('says why rules do not compile', async () => {
    for (const [toml, why] of [['[[rules', /TOML/], ['[[rules]]\nid = "x"\nregex = "(a"\n', /x/], ['[extend]\npath = "/etc/passwd"\n', /not possible here/]] as const) {
      const { status, body } = await attempt({ toml, text: 'x' })
      expect([toml, status, body.findings]).toEqual([toml, 200, []])
      expect(body.problems.join()).toMatch(why)
    }
  })

  it('ends when its time is up, and others go on', async () => {
    await expect(tryInThread({ toml: '', sample: { path: 'x', text: 'x '.repeat(400_000) } }, 1)).rejects.toMatchObject({ code: 'input.limit' })
    expect(await tryInThread({ toml: '', sample: { path: 'x', text: 'nothing' } })).toMatchObject({ findings: [] })
  })

  it('leaves no trace of what was pasted', async () => {
    const text = `${token()} ${example('github-personal-access-token')}`
    expect((await attempt({ toml: own, text })).status).toBe(200)
    const everything = [...server.logged, JSON.stringify((await server.json('GET', '/api/v1/audit', administrator)).body)].join('\n')
    for (const word of text.split(/[\s"]+/).filter((part) => part.length > 20)) expect(everything).not.toContain(word)
  })
})

describe('own rules', () => {
  it('are refused with the reason when they do not compile, and what was saved stays', async () => {
    await save(own)
    const refused = await save('[[rules]]\nid = "slow"\nregex = "("\n')
    expect(refused).toMatchObject({ status: 400, body: { code: 'request.invalid', errors: [{ path: 'body.toml', message: expect.stringContaining('slow') as string }] } })
    expect((await server.json<DetectionConfig>('GET', '/api/v1/detection-config', operator)).body).toMatchObject({ toml: own, ruleCount: 1 })
    expect((await save(own, operator)).status).toBe(403)
  })

  it('stand beside the built-in ones with what they found, replace one of the same id, and are the tenant’s alone', async () => {
    const source = sampleSource('git.example.com/shop')
    await server.see([source, ...['a', 'b'].map((seed) => sighting(source.ref, sampleSecret(seed), inRepository(`${seed}.env`, { ruleId: 'shop-token' })))])
    const rules = await listed()
    expect(rules.filter(({ origin }) => origin === 'custom')).toMatchObject([{ id: 'shop-token', hits: 2, keywords: ['shop_'] }])
    expect(rules.length).toBe(defaultRules().rules.length + 1)
    await save(own.replace('shop-token', 'github-personal-access-token'))
    expect((await listed()).filter(({ id }) => id === 'github-personal-access-token')).toMatchObject([{ origin: 'custom' }])
    const other = await server.token('administrator', 'other' as TenantId)
    expect((await server.json<DetectionConfig>('GET', '/api/v1/detection-config', other)).body).toMatchObject({ toml: '', ruleCount: 0 })
    await save('[extend]\nuseDefault = true\ndisabledRules = ["github-personal-access-token"]\n')
    expect((await listed()).map(({ id }) => id)).not.toContain('github-personal-access-token')
    await save('')
  })

  it('come with examples that are drawn, match their rule, and hold no pattern', async () => {
    const { id, examples } = (await listed()).find(({ id: one }) => one === 'github-personal-access-token')!
    expect(examples.matches.length).toBeGreaterThan(0)
    for (const text of examples.matches) {
      expect(text).not.toContain('«')
      expect(tryRules({ toml: '', sample: { path: 'a.txt', text } }, systemClock).findings).toContainEqual(expect.objectContaining({ ruleId: id, suppressedBy: null }))
    }
  })
})
