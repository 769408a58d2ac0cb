import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { ruleDescriptionSchema } from '@muster/core'
import { certificate, context, credentialSubject, fileLine, key, repositoryLine, secret, sshEndpoint, sshdConfig, tlsEndpoint } from './fixtures.ts'
import { evaluate, rules } from './index.ts'

describe('the rules', () => {
  it('are at least forty, each with an id of its own', () => {
    expect(rules.length).toBeGreaterThanOrEqual(40)
    expect(new Set(rules.map((rule) => rule.id)).size).toBe(rules.length)
  })

  it.each(rules.map((rule) => [rule.id, rule] as const))('%s describes itself completely', (_, rule) => {
    expect(() => ruleDescriptionSchema.parse(rule)).not.toThrow()
    expect(rule.title).not.toMatch(/\.$/)
    expect(rule.meaning).toMatch(/\.$/)
    expect(rule.remedy).toMatch(/\.$/)
  })

  it('have one file and one test each, and none lies outside the registry', () => {
    const families = readdirSync(import.meta.dirname, { withFileTypes: true }).filter((entry) => entry.isDirectory())
    let files = 0
    for (const family of families) {
      for (const name of readdirSync(join(import.meta.dirname, family.name))) {
        if (!name.endsWith('.ts') || /\.(test|fixture)\.ts$/.test(name) || name === 'index.ts') continue
        files++
        expect(existsSync(join(import.meta.dirname, family.name, name.replace('.ts', '.test.ts'))), name).toBe(true)
      }
    }
    expect(files).toBe(rules.length)
  })

  it('say nothing of blameless subjects', () => {
    const blameless = [credentialSubject(certificate()), credentialSubject(key()), credentialSubject(secret(), [fileLine()]), tlsEndpoint([[certificate()]]), sshEndpoint(), sshdConfig({ passwordauthentication: ['no'] })]
    for (const subject of blameless) expect(evaluate(subject, context)).toEqual({ verdicts: [], failures: [] })
  })

  it.each(['false-positive', 'test-value', 'accepted'] as const)('say nothing of a secret that is %s', (secretState) => {
    const leaked = credentialSubject(secret({ secretType: 'aws-secret-access-key', facts: { verified: 'live' } }), [repositoryLine()])
    expect(evaluate(leaked, context).verdicts.map(({ rule, severity }) => [rule.id, severity])).toEqual([['secret.in-repository', 'critical'], ['secret.known-live', 'critical']])
    expect(evaluate({ ...leaked, secretState }, context)).toEqual({ verdicts: [], failures: [] })
  })

  it('say of a rotated secret only that it still lies there', () => {
    const rotated = credentialSubject(secret(), [repositoryLine(), fileLine({}, 0o644)], { secretState: 'rotated' })
    expect(evaluate(rotated, context).verdicts.map(({ rule }) => rule.id)).toEqual(['secret.rotated-still-present'])
  })

  it('say nothing of public trust anchors', () => {
    const anchor = credentialSubject(certificate({ notAfter: '2020-01-01T00:00:00.000Z' }), [], { trustStoreOnly: true })
    expect(evaluate(anchor, context).verdicts).toEqual([])
  })

  it('can be switched off by policy', () => {
    const policy = { ...context.policy, disabledRules: ['x509.expired'] }
    const expired = credentialSubject(certificate({ notAfter: '2020-01-01T00:00:00.000Z' }))
    expect(evaluate(expired, context).verdicts.map((verdict) => verdict.rule.id)).toContain('x509.expired')
    expect(evaluate(expired, { ...context, policy }).verdicts.map((verdict) => verdict.rule.id)).not.toContain('x509.expired')
  })
})
