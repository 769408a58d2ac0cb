import { systemClock } from '@muster/core'
import { describe, expect, it } from 'vitest'
import { SecretScanner } from '../scan.ts'
import { compileConfig, type CompileOptions } from './compile.ts'

const value = 'k3Jx9QzT7bLm2VwP'

function scan(config: string, text: string, { path = 'src/app.conf', ...options }: CompileOptions & { path?: string } = {}) {
  return new SecretScanner(compileConfig(config, options)).scan({ bytes: Buffer.from(text), path }, systemClock).findings
    .map(({ ruleId, secret, suppressedBy, line, column }) => ({ ruleId, secret: secret.revealText(), by: suppressedBy?.filter ?? null, line, column }))
}

const rule = `
title = "ours"
[[rules]]
id = "acme-token"
description = "Acme"
regex = '''(?i)(acme)_token\\s*=\\s*"([a-z0-9]{16})"'''
secretGroup = 2
entropy = 3.0
keywords = ["ACME"]
`

describe('a configuration in the format of gitleaks', () => {
  it('finds the group named, on the line and column where it stands', () => {
    expect(scan(rule, `one\nxx Acme_Token = "${value}"`)).toEqual([{ ruleId: 'acme-token', secret: value, by: null, line: 2, column: 18 }])
  })

  it('suppresses a value at or below the entropy given, and keeps it', () => {
    expect(scan(rule, 'acme_token = "abababababababab"')).toMatchObject([{ by: 'entropy' }])
  })

  it('takes the first group that took part where none is named', () => {
    expect(scan(`[[rules]]\nid = "a"\nregex = '''tok(?:-([0-9]+)|_([a-z]+))'''`, 'tok_abc')).toMatchObject([{ secret: 'abc' }])
  })

  it('tries a rule only on files with one of its keywords', () => {
    expect(scan(`[[rules]]\nid = "a"\nregex = '''zz[0-9]{4}'''\nkeywords = ["acme"]`, 'zz1234')).toEqual([])
    expect(scan(`[[rules]]\nid = "a"\nregex = '''zz[0-9]{4}'''\nkeywords = ["acme"]`, 'zz1234 at ACME')).toHaveLength(1)
  })

  it.each([
    [`stopwords = ["K3jX"]`, 'allowlist'], [`stopwords = ["nothere"]`, null], [`regexes = ['''^k3J''']`, 'allowlist'], [`regexes = ['''acme_token''']`, null],
    [`regexTarget = "match"\nregexes = ['''acme_token''']`, 'allowlist'], [`regexTarget = "line"\nregexes = ['''# demo$''']`, 'allowlist'], [`paths = ['''^src/''']`, 'allowlist'], [`paths = ['''^test/''']`, null],
    [`condition = "AND"\npaths = ['''^src/''']\nstopwords = ["nothere"]`, null], [`condition = "AND"\npaths = ['''^src/''']\nstopwords = ["k3jx"]`, 'allowlist'], [`commits = ["abc"]`, null],
  ])('heeds the allowlist %j: %s', (list, by) => {
    const text = `acme_token = "${value}" # demo`
    expect(scan(`${rule}\n[[rules.allowlists]]\n${list}`, text)).toMatchObject([{ by }])
    expect(scan(`${rule}\n[rules.allowlist]\n${list}`, text)).toMatchObject([{ by }])
    expect(scan(`${rule}\n[[allowlists]]\n${list}`, text)).toMatchObject([{ by }])
    expect(scan(`${rule}\n[allowlist]\n${list}`, text)).toMatchObject([{ by }])
    expect(scan(`${rule}\n[[allowlists]]\ntargetRules = ["other"]\n${list}`, text)).toMatchObject([{ by: null }])
  })

  it('heeds a comment that allows the line', () => {
    expect(scan(rule, `acme_token = "${value}" # gitleaks:allow`)).toMatchObject([{ by: 'allow-comment' }])
  })

  it('takes a rule about a path, alone or with a pattern', () => {
    expect(scan(`[[rules]]\nid = "p"\npath = '''\\.p12$'''`, '', { path: 'a/b.p12' })).toMatchObject([{ ruleId: 'p', line: 1 }])
    expect(scan(`${rule}path = '''\\.env$'''`, `acme_token = "${value}"`)).toEqual([])
    expect(scan(`${rule}path = '''\\.env$'''`, `acme_token = "${value}"`, { path: 'x/.env' })).toHaveLength(1)
  })

  it('reports a rule that requires another only near it, and that other never where it is told to skip', () => {
    const pair = `${rule}[[rules.required]]\nid = "acme-id"\nwithinLines = 2\n[[rules]]\nid = "acme-id"\nregex = '''acmeid-[0-9]{6}'''\nskipReport = true\n`
    const at = (distance: number) => scan(pair, `acmeid-123456${'\n'.repeat(distance)}acme_token = "${value}"`)
    expect([1, 2, 3].map((distance) => at(distance).map(({ ruleId, by }) => `${ruleId} ${by}`))).toEqual([['acme-token null'], ['acme-token null'], ['acme-token required']])
  })

  it('extends the default rules, changes one, and leaves out those disabled', () => {
    const defaults = () => compileConfig(`${rule}[[rules]]\nid = "other"\nregex = '''othertok'''`)
    const extended = compileConfig(`[extend]\nuseDefault = true\ndisabledRules = ["other"]\n[[rules]]\nid = "acme-token"\nentropy = 7.5\nkeywords = ["more"]`, { defaults })
    expect(extended.rules.map(({ id }) => id)).toEqual(['acme-token'])
    expect(extended.rules[0]).toMatchObject({ entropyBits: 7.5, keywords: ['acme', 'more'], secretGroup: 2 })
    expect(compileConfig(`[extend]\npath = "base.toml"`, { readPath: (path) => path === 'base.toml' ? rule : '' }).rules).toHaveLength(1)
    expect(() => compileConfig(`[extend]\npath = "loop.toml"`, { readPath: () => `[extend]\npath = "loop.toml"` })).toThrowError(/three deep/)
    expect(() => compileConfig(`[extend]\nuseDefault = true`)).toThrowError(/not possible here/)
  })

  it('lets a telling rule win over a generic one about the same bytes', () => {
    const generic = `${rule}[[rules]]\nid = "generic-api-key"\nregex = '''token = "(\\w+)"'''`
    expect(scan(generic, `acme_token = "${value}"`).map(({ ruleId, by }) => `${ruleId} ${by}`).sort()).toEqual(['acme-token null', 'generic-api-key overlap'])
  })

  it.each([
    ['[[rules]', /not valid TOML: line 1: /], ['a = 1\n\nb = = 2', /not valid TOML: line 3: /], [`[[rules]]\nregex = 'a'`, /rule number 1 .*id/], [`[[rules]]\nid = "a"\nregex = 7`, /the rule a is not of the format: rules\.0\.regex/], [`[[rules]]\nid = "a"`, /the rule a: it has neither/],
    [`[[rules]]\nid = "a"\nregex = '(?=x)'`, /the rule a: .*unknown group/], [`[[rules]]\nid = "a"\nregex = 'x'\nsecretGroup = 1`, /the rule a: its secretGroup/], [`[[rules]]\nid = "a"\nregex = 'x'\n[[rules.allowlists]]\nregexTarget = "blob"\nregexes = ["x"]`, /the rule a: the regexTarget/],
    [`[[rules]]\nid = "a"\nregex = 'x'\n[[rules.required]]\nid = "b"`, /the rule a: it requires the rule b/], [`[[rules]]\nid = "a"\nregex = 'x'\n[[rules]]\nid = "a"\nregex = 'y'`, /the rule a: its id is used twice/],
    [`[[rules]]\nid = "a"\nregex = 'x'\n[[rules.allowlists]]\ndescription = "empty"`, /the rule a: an allowlist checks nothing/],
  ])('%j is refused with what is wrong', (config, message) => {
    expect(() => compileConfig(config)).toThrowError(expect.objectContaining({ code: 'config.invalid', message: expect.stringMatching(message) }))
  })
})
