import { DAY_MS, HOUR_MS, type RuleDescription, severityRank, type Severity } from '@muster/core'
import type { FindingDetail, FindingRow, FindingsByRule, RuleRow } from '@muster/core/api'
import { credentialAt, sketchAt } from './credentials.ts'
import { idOf, unit } from './random.ts'
import type { World } from './world.ts'

const rule = (id: string, severity: Severity, title: string, meaning: string, remedy: string, citation: string, url: string | null = null): RuleDescription => ({ id, title, severity, object: id.startsWith('tls.') ? 'endpoint' : id.startsWith('sshd.') ? 'configuration' : 'credential', meaning, remedy, sources: [{ citation, url }] })

const rules: readonly RuleDescription[] = [
  rule('x509.expired', 'critical', 'Certificate has expired', 'Clients that check validity refuse this certificate. Where it is still served, connections fail or people learn to click through warnings.', 'Renew the certificate, deploy it to every location listed below, and check that the old one is no longer served.', 'RFC 5280 §4.1.2.5', 'https://www.rfc-editor.org/rfc/rfc5280#section-4.1.2.5'),
  rule('x509.expiring', 'high', 'Certificate expires soon', 'It ends within the window your policy sets for its criticality.', 'Renew it now; automate the renewal if this is the second reminder.', 'NIST SP 1800-16 vol. B §5.1', null),
  rule('key.rsa-below-2048', 'high', 'RSA key shorter than 2048 bits', 'Keys this short can be factored with means within reach of a determined attacker.', 'Replace the key by RSA 3072, ECDSA P-256 or Ed25519 and reissue what depends on it.', 'NIST SP 800-57 pt 1 r5 §5.6.1', null),
  rule('key.readable-by-others', 'high', 'Private key readable by other accounts', 'Every account on the machine can copy the key and act as its owner.', 'Set the mode to 0600 (or 0640 with a dedicated group), then rekey: nobody can tell who read it.', 'OWASP NHI2:2025', 'https://owasp.org/www-project-non-human-identities-top-10/'),
  rule('x509.validity-over-limit', 'medium', 'Validity longer than the limit when issued', 'Public TLS certificates issued since 15 March 2026 may live for 200 days at most.', 'Ask the issuer for a shorter certificate and automate its renewal.', 'CA/B SC-081v3', null),
  rule('tls.old-version', 'high', 'TLS 1.0 or 1.1 offered', 'Both versions are deprecated and rest on SHA-1 and MD5.', 'Offer TLS 1.2 and 1.3 only.', 'RFC 8996', 'https://www.rfc-editor.org/rfc/rfc8996'),
  rule('credential.no-owner', 'low', 'Nobody owns this credential', 'When it fails or leaks, nobody is called.', 'Set an owner by hand or by a label rule.', 'OWASP NHI1:2025', null),
  rule('ssh.root-key-without-from', 'medium', 'Root key without from= in authorized_keys', 'Whoever holds the private key becomes root from anywhere.', 'Add from="…" with the addresses that need it, or use SSH certificates.', 'sshd(8) AUTHORIZED_KEYS', null),
  rule('key.quantum-vulnerable', 'info', 'Key is not quantum-safe', 'RSA and elliptic-curve keys are to be deprecated after 2030 and disallowed after 2035.', 'Plan the move to ML-KEM and ML-DSA; nothing to do today.', 'NIST IR 8547', null),
  rule('sshd.password-login', 'medium', 'sshd accepts passwords', 'Passwords can be guessed and reused.', 'Set PasswordAuthentication no once every user has a key.', 'NIST IR 7966 §5', null),
  rule('secret.in-repository', 'high', 'Secret written into a repository', 'Everybody who can read the repository, and every copy of it, has the value. Deleting the line leaves it in the history.', 'Rotate the value, deploy the new one from a secret store, then say here that it is rotated.', 'OWASP NHI2:2025', 'https://owasp.org/www-project-non-human-identities-top-10/'),
  rule('secret.several-places', 'medium', 'One secret in several places', 'Whoever reads any of the places has them all, and rotating it means changing every one.', 'Give each consumer a secret of its own, or read it from one store.', 'OWASP NHI9:2025', null),
]

const byId = new Map(rules.map((entry) => [entry.id, entry]))
type Decision = { state?: 'accepted' | 'open'; acceptance?: FindingRow['acceptance']; assignee?: string | null }

export class Findings {
  readonly rows: FindingRow[]
  private readonly world: World
  constructor(world: World) {
    this.world = world
    this.rows = []
    for (let n = 2; n < Math.min(world.rows, 900); n++) this.addFor(n)
  }

  private addFor(n: number): void {
    const s = sketchAt(this.world, n)
    const row = credentialAt(this.world, n)
    const add = (id: string, evidence: string, due: string | null = null): void => {
      const entry = byId.get(id)!
      const old = unit(n, 95)
      this.rows.push({
        id: idOf('f', this.rows.length), ruleId: id, title: entry.title, severity: entry.severity, state: old > 0.93 ? 'closed' : 'open', objectType: entry.object, objectId: row.id, objectName: row.name, secretType: row.secretType, evidence,
        places: [`${row.name.split('.')[0]}:/etc/ssl/certs/site.pem`], due, owner: row.labels.owner, assignee: old < 0.1 ? 'Mara Lindqvist' : null, openedAt: this.world.ago(old * 28 * DAY_MS), changedAt: this.world.ago(old * 20 * DAY_MS), closedAt: old > 0.93 ? this.world.ago(HOUR_MS) : null, acceptance: null,
      })
    }
    if (s.gone) return
    if (s.notAfter < this.world.start) add('x509.expired', `not valid since ${row.notAfter!.slice(0, 10)}, still found in ${row.locationCount} places`, row.notAfter)
    else if (s.notAfter < this.world.start + 28 * DAY_MS) add('x509.expiring', `valid until ${row.notAfter!.slice(0, 10)}`, row.notAfter)
    if (s.bits === 1024) add('key.rsa-below-2048', `${row.algorithm} ${row.keySizeBits} bits, at least 2048 expected`)
    if (s.kind === 'private-key' && n % 4 === 0) add('key.readable-by-others', 'mode 0644, owner root')
    if (unit(n, 96) < 0.06 && s.kind === 'certificate') add('x509.validity-over-limit', 'valid for 398 days, limit when issued was 200')
    if (s.kind === 'ssh-key' && unit(n, 97) < 0.2) add('ssh.root-key-without-from', 'root accepts this key from any address')
    if (row.labels.owner === null && unit(n, 98) < 0.5) add('credential.no-owner', 'no owner set by hand or by rule')
    if (s.kind === 'secret' && ['new', 'confirmed'].includes(row.secretState!)) {
      add('secret.in-repository', `${row.secretType} readable in ${row.locationCount} places`)
      if (row.machineCount > 2) add('secret.several-places', `on ${row.machineCount} machines and sources`)
    }
    if (unit(n, 99) < 0.1 && s.algorithm === 'rsa') add('key.quantum-vulnerable', `${row.algorithm} ${row.keySizeBits} bits`)
  }

  decide(ids: ReadonlySet<string>, decision: Decision): number {
    let changed = 0
    for (const [index, row] of this.rows.entries()) {
      if (!ids.has(row.id)) continue
      this.rows[index] = { ...row, ...decision, changedAt: new Date().toISOString() }
      changed++
    }
    return changed
  }

  ruleRows(disabled: readonly string[]): RuleRow[] {
    return rules.map((entry) => ({ ...entry, openCount: this.rows.filter((row) => row.ruleId === entry.id && row.state === 'open').length, enabled: !disabled.includes(entry.id) }))
  }

  /** Of these findings, how many each rule has. */
  byRule(of: readonly FindingRow[]): FindingsByRule {
    const items = [...Map.groupBy(of, (row) => row.ruleId)].map(([ruleId, rows]) => ({ ruleId, title: rows[0]!.title, severity: rows[0]!.severity, count: rows.length }))
    return { items: items.sort((a, b) => severityRank(a.severity) - severityRank(b.severity) || b.count - a.count) }
  }

  detail(id: string): FindingDetail | null {
    const finding = this.rows.find((row) => row.id === id)
    if (finding === undefined) return null
    const history: FindingDetail['history'] = [{ at: finding.openedAt, state: 'open', by: 'Muster', note: 'Opened by the scan of this machine' }]
    if (finding.acceptance !== null) history.unshift({ at: finding.changedAt, state: 'accepted', by: finding.acceptance.by, note: finding.acceptance.reason })
    if (finding.closedAt !== null) history.unshift({ at: finding.closedAt, state: 'closed', by: 'Muster', note: 'No longer seen by a complete scan' })
    return { finding, rule: byId.get(finding.ruleId)!, history }
  }
}
