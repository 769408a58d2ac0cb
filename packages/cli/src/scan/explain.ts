import { type Credential, daysLeft, type EndpointSighting, hostPort, type KeyFacts, keyFactsOf, notAfterOf, placeOf } from '@muster/core'
import { visible } from '../terminal/table.ts'
import type { LocalCredential } from './local-inventory.ts'
import type { LocalFinding } from './report.ts'

type Fact = readonly [label: string, value: string | number | null | undefined]

/** A credential in plain words, a fact a line. */
export function explainCredential({ credential, name, sightings }: LocalCredential, now: Date): string {
  const facts: Fact[] = [...factsOf(credential), ...keyFactLines(keyFactsOf(credential)), ['valid until', expiry(notAfterOf(credential), now)], ['SHA-256', credential.fingerprint]]
  if (credential.spkiSha256 !== null && credential.spkiSha256 !== credential.fingerprint) facts.push(['public key SHA-256', credential.spkiSha256])
  if ('sshFingerprint' in credential) facts.push(['OpenSSH', credential.sshFingerprint])
  for (const { location } of sightings) {
    facts.push(['at', `${placeOf(location)} (${location.part})`])
    if (location.kind === 'authorized-key') facts.push(['options', location.options.join(', ')])
    if (location.kind === 'known-host') facts.push(['hosts', location.hashed ? '(hashed)' : location.hosts.join(', ')], ['marker', location.marker])
    if ('protection' in location && location.protection !== null) {
      facts.push(['protection', location.protection.encrypted ? [location.protection.scheme, location.protection.kdf].filter((part) => part !== null).join(', ') || 'encrypted' : 'none: plain text'])
    }
  }
  return block(`${credential.kind}  ${name}`, facts)
}

/** An endpoint in plain words. */
export function explainEndpoint(endpoint: EndpointSighting): string {
  const { tls, ssh } = endpoint
  const facts: Fact[] = [['protocol', endpoint.protocol], ['STARTTLS', endpoint.starttls], ['asked for', endpoint.sni]]
  if (tls !== null) {
    facts.push(['versions', tls.versions?.join(', ')], ['groups', tls.groups?.join(', ')], ['ALPN', tls.alpn], ['OCSP stapled', tls.ocspStapled === null ? null : tls.ocspStapled ? 'yes' : 'no'],
      ['client certificate', tls.clientCertificateRequested === true ? 'requested' : null], ['chain length', tls.chains.map((chain) => chain.length).join(' and ')])
    for (const version of tls.versions ?? []) facts.push([version, tls.cipherSuites?.filter((suite) => suite.version === version).map((suite) => suite.name).join(', ')])
  }
  if (ssh !== null) facts.push(['banner', ssh.banner], ['key exchange', ssh.keyExchange.join(', ')], ['host keys', ssh.hostKeyAlgorithms.join(', ')], ['ciphers', ssh.ciphers.join(', ')], ['MACs', ssh.macs.join(', ')])
  return block(`endpoint  ${hostPort(endpoint.host, endpoint.port)}`, facts)
}

/** Findings with what to do about them. */
export function explainFindings(findings: readonly LocalFinding[]): string {
  if (findings.length === 0) return 'no findings\n'
  return findings.map((finding) => block(`${finding.severity}  ${finding.title}`, [['object', finding.object], ['evidence', finding.evidence], ['remedy', finding.remedy], ['rule', finding.ruleId]])).join('\n')
}

function factsOf(credential: Credential): Fact[] {
  switch (credential.kind) {
    case 'certificate': return [
      ['subject', credential.subject || '(empty)'], ['issuer', credential.issuer], ['names', names(credential.subjectAltNames)], ['serial number', credential.serialNumber],
      ['signature', credential.signatureAlgorithm], ['CA', credential.isCa ? `yes${credential.pathLength === null ? '' : `, path length ${credential.pathLength}`}` : 'no'],
      ['key usage', credential.keyUsage?.join(', ')], ['purpose', credential.extendedKeyUsage?.join(', ')], ['embedded SCTs', credential.sctCount === 0 ? null : credential.sctCount],
      ['OCSP', credential.ocspUrls.join(' ')], ['CRL', credential.crlDistributionPoints.join(' ')], ['valid from', credential.notBefore],
    ]
    case 'certificate-request': return [['subject', credential.subject || '(empty)'], ['names', names(credential.subjectAltNames)], ['signature', credential.signatureAlgorithm]]
    case 'crl': return [['issuer', credential.issuer], ['this update', credential.thisUpdate], ['number', credential.crlNumber], ['entries', credential.entryCount], ['delta', credential.isDelta ? 'yes' : null], ['signature', credential.signatureAlgorithm]]
    case 'ssh-certificate': return [
      ['type', `${credential.certificateType} certificate`], ['key id', credential.keyId], ['serial number', credential.serialNumber], ['principals', credential.principals.join(', ') || '(any)'],
      ['valid from', credential.notBefore], ['critical options', Object.entries(credential.criticalOptions).map(([key, value]) => `${key}=${value}`).join(', ')],
      ['extensions', credential.extensions.join(', ')], ['signed by', credential.caFingerprint], ['signature', credential.signatureAlgorithm],
    ]
    case 'pgp-key': return [['OpenPGP fingerprint', credential.pgpFingerprint], ['users', credential.userIds.join(', ')], ['created', credential.createdAt], ['subkeys', credential.subkeyCount], ['revoked', credential.revoked ? 'yes' : null]]
    case 'secret': return [['type', credential.secretType], ...Object.entries(credential.facts)]
    case 'private-key':
    case 'ssh-key': return [['hardware', credential.hardwareBacked ? 'kept in a security key' : null]]
  }
}

function keyFactLines(key: KeyFacts | null): Fact[] {
  if (key === null) return []
  return [['key', `${key.algorithm}${key.curve === null ? '' : ` ${key.curve}`}${key.sizeBits === null ? '' : `, ${key.sizeBits} bits`}`], ['public exponent', key.rsaExponent]]
}

function names(list: readonly { readonly type: string; readonly value: string }[]): string {
  return list.map((name) => (name.type === 'dns' ? name.value : `${name.type}:${name.value}`)).join(', ')
}

function expiry(notAfter: string | null, now: Date): string | null {
  if (notAfter === null) return null
  const days = daysLeft(new Date(notAfter), now)
  const count = `${Math.abs(days)} day${Math.abs(days) === 1 ? '' : 's'}`
  return `${notAfter} (${new Date(notAfter) < now ? `expired ${count} ago` : `in ${count}`})`
}

function block(title: string, facts: readonly Fact[]): string {
  const shown = facts.filter(([, value]) => value !== null && value !== undefined && value !== '')
  return `${visible(title)}\n${shown.map(([label, value]) => `  ${label.padEnd(20)} ${visible(String(value))}\n`).join('')}`
}
