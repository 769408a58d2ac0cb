import { expect, it } from 'vitest'
import type { RuleDescription } from '../finding.ts'
import { sarifLog } from './sarif.ts'

const rule: RuleDescription = {
  id: 'x509.expired', title: 'Certificate has expired', severity: 'high', object: 'credential', meaning: 'It ended.', remedy: 'Renew it.',
  sources: [{ citation: 'RFC 5280 §4.1.2.5', url: 'https://www.rfc-editor.org/rfc/rfc5280' }],
}

it('lists only the rules that are used and points results at them', () => {
  const log = sarifLog('1.0.0', [{ ...rule, id: 'other' }, rule], [
    { ruleId: 'x509.expired', severity: 'critical', message: 'expired 3 days ago', fingerprint: 'f', places: ['/etc/ssl/a b.pem', 'host:443'] },
  ])
  expect(log).toMatchObject({
    version: '2.1.0',
    runs: [{
      tool: { driver: { name: 'muster', rules: [{ id: 'x509.expired', helpUri: 'https://www.rfc-editor.org/rfc/rfc5280' }] } },
      results: [{
        ruleIndex: 0, level: 'error', partialFingerprints: { 'muster/v1': 'f' },
        locations: [{ physicalLocation: { artifactLocation: { uri: 'file:///etc/ssl/a%20b.pem' } } }, { logicalLocations: [{ fullyQualifiedName: 'host:443' }] }],
      }],
    }],
  })
})

it('marks what was accepted as suppressed', () => {
  const log = sarifLog('1.0.0', [rule], [{ ruleId: 'x509.expired', severity: 'low', message: 'm', fingerprint: 'f', places: [], suppressed: { justification: 'lab' } }])
  expect(log).toMatchObject({ runs: [{ results: [{ level: 'note', suppressions: [{ kind: 'external', justification: 'lab' }] }] }] })
})

it('makes no link of a name found on a machine, and takes a path that is no text', () => {
  const log = JSON.stringify(sarifLog('1.0.0', [rule], [{ ruleId: 'x509.expired', severity: 'low', message: '/tmp/[sign in](https://evil.example)', fingerprint: 'f', places: ['/tmp/\ud800'] }]))
  expect(log).toContain('[sign in] (https')
  expect(log).toContain('file:///tmp/%EF%BF%BD')
})
