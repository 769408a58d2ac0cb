import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { sarifLog } from '@muster/core/export'
import { severities } from '@muster/core'
import { rules } from '@muster/rules'
import { Ajv } from 'ajv'
import addFormats from 'ajv-formats'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { gitleaksFinding, gitleaksReport } from './gitleaks-report.ts'
import { leakOf, randomText } from './leak.testing.ts'

/** What is wrong with a log by the schema of OASIS SARIF 2.1.0, with the formats of its texts. */
function complaints(): (log: unknown) => readonly string[] {
  const path = createRequire(import.meta.url).resolve('@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json')
  const { $schema: _, id: _id, ...schema } = JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>
  const ajv = new Ajv({ strict: false, allErrors: true, unicodeRegExp: false })
  addFormats.default(ajv)
  const validate = ajv.compile(schema)
  return (log) => (validate(log) ? [] : validate.errors!.map(({ instancePath, message }) => `${instancePath} ${message}`))
}

const wrong = complaints()
const same = (text: string) => text
const odd = fc.string({ unit: 'binary', maxLength: 60 })

it('the schema knows a wrong log from a right one', () => {
  expect(wrong({ version: '2.1.0', runs: [] })).toEqual([])
  expect(wrong({ version: '2.1.0', runs: [{ results: [{}] }] })).toContain("/runs/0 must have required property 'tool'")
  expect(wrong({ version: '2.1.0', runs: [{ tool: { driver: { name: 'x', informationUri: 'no uri' } } }] })).toEqual(['/runs/0/tool/driver/informationUri must match format "uri"'])
})

it('findings of every rule make a log by the schema of SARIF 2.1.0', () => {
  const results = rules.flatMap(({ id }, index) => severities.map((severity) => ({
    ruleId: id, severity, message: 'what is seen', fingerprint: `${id}:${index}`, places: ['/etc/ssl/a b#?.pem', 'host:443', '[2001:db8::1]:443'], ...index % 2 === 0 ? { suppressed: { justification: 'known' } } : {},
  })))
  expect(wrong(JSON.parse(JSON.stringify(sarifLog('1.2.3', rules, results))))).toEqual([])
  expect(wrong(JSON.parse(JSON.stringify(sarifLog('1.2.3', rules, []))))).toEqual([])
})

it('whatever stands in names and places, a log is by the schema', () => {
  fc.assert(fc.property(odd, odd, (message, place) => {
    const log = sarifLog('1.2.3', rules, [{ ruleId: rules[0]!.id, severity: 'high', message, fingerprint: place, places: [place, `/${place}`] }])
    expect(wrong(JSON.parse(JSON.stringify(log)))).toEqual([])
  }))
})

it('a report of secrets is a log by the schema, with commits, archives, messages and paths alone', () => {
  const commit = { id: 'c'.repeat(40), author: 'Ann', email: 'ann@example.com', date: '2026-01-01T00:00:00Z', message: 'say "hi"' }
  fc.assert(fc.property(fc.oneof(odd, fc.constantFrom('(commit message)', 'a.zip!b/c#d?.env', 'C:\\x y', '', 'a:b/c', '//x')), odd, (file, description) => {
    const leaks = [leakOf(randomText(32), { file, description }), leakOf('', { file, commit, line: 1, column: 1, endLine: 1, endColumn: 0 })]
    const text = gitleaksReport('sarif', leaks.map((leak) => gitleaksFinding(leak, 100, ['key', 'key'], same)), { version: '1.2.3', rules: [{ id: 'test-token', description }] })
    expect(wrong(JSON.parse(text))).toEqual([])
  }))
})
