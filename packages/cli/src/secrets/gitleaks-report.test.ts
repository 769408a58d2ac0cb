import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { gitleaksFinding, gitleaksFormats, gitleaksReport } from './gitleaks-report.ts'
import { leakOf, randomText } from './leak.testing.ts'
import { shownValue, withoutValues } from './redaction.ts'
import { Secret } from '@muster/core'

const head = { version: '1.2.3', rules: [{ id: 'test-token', description: 'A token' }] }
const commit = { id: 'c'.repeat(40), author: 'Ann', email: 'ann@example.com', date: '2026-01-01T00:00:00Z', message: 'say "hi", <b> & more\n\nbody' }
const value = randomText(32)
const same = (text: string) => text
const findings = [gitleaksFinding(leakOf(value), 100, ['key'], same), gitleaksFinding(leakOf(value, { file: 'a b,c.txt', commit }), 100, [], same)]

describe('reports in the formats of gitleaks', () => {
  it('JSON has the fields in their order, with a fingerprint for .gitleaksignore', () => {
    const read = JSON.parse(gitleaksReport('json', findings, head)) as Record<string, unknown>[]
    expect(Object.keys(read[0]!)).toEqual(['RuleID', 'Description', 'StartLine', 'EndLine', 'StartColumn', 'EndColumn', 'Match', 'Secret', 'File', 'SymlinkFile', 'Commit', 'Entropy', 'Author', 'Email', 'Date', 'Message', 'Tags', 'Fingerprint'])
    expect(read[0]).toMatchObject({ Secret: 'REDACTED', Match: 'token = "REDACTED"', Commit: '', Fingerprint: 'src/a.ts:test-token:3', Entropy: 4.123457, Tags: ['key'] })
    expect(read[1]).toMatchObject({ Author: 'Ann', Email: 'ann@example.com', Date: '2026-01-01T00:00:00Z', Message: commit.message, Fingerprint: `${commit.id}:a b,c.txt:test-token:3` })
    expect(gitleaksReport('json', [], head)).toBe('[]\n')
  })

  it('CSV has the columns in their order, and is empty for nothing', () => {
    const lines = gitleaksReport('csv', findings, head)
    expect(lines.split('\r\n')[0]).toBe('RuleID,Commit,File,SymlinkFile,Secret,Match,StartLine,EndLine,StartColumn,EndColumn,Author,Message,Date,Email,Fingerprint,Tags')
    expect(lines).toContain('"a b,c.txt"')
    expect(gitleaksReport('csv', [], head)).toBe('')
  })

  it('JUnit has a failed case a finding, with the finding as JSON in it', () => {
    const text = gitleaksReport('junit', findings, head)
    expect(text).toContain('<testsuite failures="2" name="gitleaks" tests="2" time="">')
    expect(text).toContain(`name="test-token has detected a secret in file a b,c.txt, line 3, at commit ${commit.id}."`)
    const body = />([^<]+)<\/failure>/.exec(text)![1]!.replaceAll(/&#(\d+);/g, (_, code: string) => String.fromCodePoint(Number(code)))
    expect(JSON.parse(body)).toEqual(findings[0])
    expect(gitleaksReport('junit', [], head)).toContain('<testsuite failures="0" name="gitleaks" tests="0" time=""></testsuite>')
  })

  it('JUnit is well-formed whatever stands in names and messages', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 40 }), (message) => {
      const text = gitleaksReport('junit', [gitleaksFinding(leakOf('x', { commit: { ...commit, message }, file: message, description: message }), 100, [], same)], head)
      // oxlint-disable-next-line no-control-regex -- what XML 1.0 has no way to say
      expect(text).not.toMatch(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/)
      expect(text.isWellFormed()).toBe(true)
      expect(text.replaceAll(/&#\d+;/g, '').replaceAll(/<\/?[a-z]+( [a-z]+="[^"<>&]*")*>|<\?[^?]*\?>/g, '')).not.toMatch(/[<>&"]/)
    }))
  })

  it('SARIF describes its rules and has author and commit among the partial fingerprints', () => {
    const log = JSON.parse(gitleaksReport('sarif', findings, head)) as { version: string; runs: { tool: { driver: { rules: unknown[] } }; results: unknown[] }[] }
    expect(log.version).toBe('2.1.0')
    expect(log.runs[0]!.tool.driver.rules).toEqual([{ id: 'test-token', shortDescription: { text: 'A token' } }])
    expect(log.runs[0]!.results[1]).toMatchObject({
      ruleId: 'test-token', partialFingerprints: { commitSha: commit.id, email: 'ann@example.com', author: 'Ann', date: commit.date, commitMessage: commit.message },
      locations: [{ physicalLocation: { artifactLocation: { uri: 'a%20b,c.txt' }, region: { startLine: 3, startColumn: 10, endLine: 3, endColumn: 42, snippet: { text: 'REDACTED' } } } }],
    })
  })

  it('none holds the value unless it was asked for', () => {
    for (const format of gitleaksFormats) expect(gitleaksReport(format, findings, head)).not.toContain(value.slice(0, 8))
  })
})

describe('redaction', () => {
  const shown = (percent: number, match = `"${value}"`) => shownValue(Secret.fromText(value), Secret.fromText(match), percent)

  it('cuts as gitleaks does', () => {
    expect(shown(100)).toEqual({ secret: 'REDACTED', match: '"REDACTED"' })
    expect(shown(0)).toEqual({ secret: value, match: `"${value}"` })
    expect(shown(75)).toEqual({ secret: `${value.slice(0, 8)}...`, match: `"${value.slice(0, 8)}..."` })
  })

  it('takes every value out of what quotes it, the longer first', () => {
    const quoted = withoutValues([value, `${value}more`, 'is'].map((text) => Secret.fromText(text)))
    expect(quoted(`this is ${value} and ${value}more`)).toBe('this is REDACTED and REDACTED')
  })

  it('shows no match in which the value stands in another form', () => {
    const match = Buffer.from(value).toString('base64')
    expect(shown(100, match)).toEqual({ secret: 'REDACTED', match: 'REDACTED' })
  })
})
