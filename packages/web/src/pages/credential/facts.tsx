import type { Certificate, Credential, KeyFacts } from '@muster/core'
import type { ReactNode } from 'react'
import { dayOf } from '../../format/dates.ts'
import { capital, colonHex, keyName, pluralText } from '../../format/names.ts'
import { factName, secretTypeName } from '../../format/secret-names.ts'
import { Fact, Facts, Mono, Tag } from '../../ui/text.tsx'
import { tellsOfCheck } from '../secret/verdict.ts'

const list = (values: readonly string[]): ReactNode => (values.length === 0 ? <span className="text-ink-3">None</span> : values.join(', '))

function Names({ values }: { values: readonly { type: string; value: string }[] }): ReactNode {
  if (values.length === 0) return <span className="text-ink-3">None</span>
  const shown = values.slice(0, 20)
  return (
    <ul className="flex flex-col">
      {shown.map((name) => (
        <li key={`${name.type}:${name.value}`} className="mono break-all">
          {name.value}
          {name.type === 'dns' ? null : <span className="ml-1.5 font-sans text-2xs text-ink-3">{name.type}</span>}
        </li>
      ))}
      {values.length > shown.length ? <li className="text-ink-3">and {values.length - shown.length} more</li> : null}
    </ul>
  )
}

function KeyFactRows({ facts, spki }: { facts: KeyFacts; spki: string | null }): ReactNode {
  return (
    <>
      <Fact name="Key">
        {keyName(facts.algorithm, facts.sizeBits, facts.curve)}
        {facts.rsaExponent === null || facts.rsaExponent === '65537' ? null : <span className="ml-2 text-ink-3">exponent {facts.rsaExponent}</span>}
      </Fact>
      {spki === null ? null : <Fact name="Key SHA-256"><Mono copy="key fingerprint">{spki}</Mono></Fact>}
    </>
  )
}

function CertificateFacts({ certificate }: { certificate: Certificate }): ReactNode {
  const days = Math.floor((Date.parse(certificate.notAfter) - Date.parse(certificate.notBefore) + 1000) / 86_400_000)
  return (
    <Facts>
      <Fact name="Subject"><Mono>{certificate.subject === '' ? '(empty)' : certificate.subject}</Mono></Fact>
      <Fact name="Issuer"><Mono>{certificate.issuer}</Mono></Fact>
      <Fact name="Alternative names"><Names values={certificate.subjectAltNames} /></Fact>
      <Fact name="Valid">{dayOf(certificate.notBefore)} – {dayOf(certificate.notAfter)} <span className="text-ink-3">({pluralText(days, 'day')})</span></Fact>
      <KeyFactRows facts={certificate.key} spki={certificate.spkiSha256} />
      <Fact name="SHA-256"><Mono copy="fingerprint">{certificate.fingerprint}</Mono></Fact>
      <Fact name="Serial number"><Mono copy="serial number">{colonHex(certificate.serialNumber)}</Mono></Fact>
      <Fact name="Signature">{certificate.signatureAlgorithm}</Fact>
      <Fact name="Certificate authority">{certificate.isCa ? `Yes${certificate.pathLength === null ? '' : `, path length ${certificate.pathLength}`}` : 'No'}</Fact>
      <Fact name="Key usage">{certificate.keyUsage === null ? <span className="text-ink-3">Not stated</span> : list(certificate.keyUsage)}</Fact>
      <Fact name="Extended usage">{certificate.extendedKeyUsage === null ? <span className="text-ink-3">Not stated</span> : list(certificate.extendedKeyUsage)}</Fact>
      {certificate.ocspUrls.length === 0 ? null : <Fact name="OCSP"><Mono>{certificate.ocspUrls.join(' ')}</Mono></Fact>}
      {certificate.crlDistributionPoints.length === 0 ? null : <Fact name="CRL"><Mono>{certificate.crlDistributionPoints.join(' ')}</Mono></Fact>}
      <Fact name="Transparency">{certificate.sctCount === 0 ? 'No embedded timestamps' : pluralText(certificate.sctCount, 'embedded timestamp')}</Fact>
      {certificate.mustStaple ? <Fact name="Must staple">Yes</Fact> : null}
      {certificate.unknownCriticalExtensions.length === 0 ? null : <Fact name="Unknown critical"><Tag tone="bad">{certificate.unknownCriticalExtensions.join(', ')}</Tag></Fact>}
    </Facts>
  )
}

/** What a credential says of itself, by kind. */
export function CredentialFacts({ credential }: { credential: Credential }): ReactNode {
  switch (credential.kind) {
    case 'certificate': return <CertificateFacts certificate={credential} />
    case 'private-key':
    case 'ssh-key':
      return (
        <Facts>
          <KeyFactRows facts={credential.key} spki={credential.spkiSha256} />
          {credential.sshFingerprint === null ? null : <Fact name="OpenSSH"><Mono copy="OpenSSH fingerprint">{credential.sshFingerprint}</Mono></Fact>}
          {credential.spkiSha256 === credential.fingerprint ? null : <Fact name="SHA-256"><Mono copy="fingerprint">{credential.fingerprint}</Mono></Fact>}
          {credential.spkiSha256 === null ? <Fact name="Note">The key is encrypted and its public half is not readable, so it cannot be tied to certificates.</Fact> : null}
          {credential.hardwareBacked ? <Fact name="Hardware">Kept in a security key</Fact> : null}
        </Facts>
      )
    case 'ssh-certificate':
      return (
        <Facts>
          <Fact name="Type">{capital(credential.certificateType)} certificate</Fact>
          <Fact name="Key id"><Mono>{credential.keyId}</Mono></Fact>
          <Fact name="Principals"><Names values={credential.principals.map((value) => ({ type: 'dns', value }))} /></Fact>
          <Fact name="Valid">{credential.notBefore === null ? 'Always' : dayOf(credential.notBefore)} – {credential.notAfter === null ? 'for ever' : dayOf(credential.notAfter)}</Fact>
          <KeyFactRows facts={credential.key} spki={credential.spkiSha256} />
          <Fact name="Signed by"><Mono copy="CA fingerprint">{credential.caFingerprint}</Mono></Fact>
          <Fact name="Signature">{credential.signatureAlgorithm}</Fact>
          <Fact name="Serial number"><Mono>{credential.serialNumber}</Mono></Fact>
          <Fact name="Critical options">{list(Object.entries(credential.criticalOptions).map(([name, value]) => (value === '' ? name : `${name}=${value}`)))}</Fact>
          <Fact name="Extensions">{list(credential.extensions)}</Fact>
          <Fact name="SHA-256"><Mono copy="fingerprint">{credential.fingerprint}</Mono></Fact>
        </Facts>
      )
    case 'pgp-key':
      return (
        <Facts>
          <Fact name="User ids"><Names values={credential.userIds.map((value) => ({ type: 'dns', value }))} /></Fact>
          <Fact name="OpenPGP"><Mono copy="OpenPGP fingerprint">{credential.pgpFingerprint}</Mono></Fact>
          <Fact name="Version">v{credential.pgpVersion}, {pluralText(credential.subkeyCount, 'subkey')}</Fact>
          <Fact name="Created">{dayOf(credential.createdAt)}</Fact>
          <KeyFactRows facts={credential.key} spki={credential.spkiSha256} />
          {credential.revoked ? <Fact name="Revoked"><Tag tone="bad">Revoked</Tag></Fact> : null}
        </Facts>
      )
    case 'certificate-request':
      return (
        <Facts>
          <Fact name="Subject"><Mono>{credential.subject === '' ? '(empty)' : credential.subject}</Mono></Fact>
          <Fact name="Alternative names"><Names values={credential.subjectAltNames} /></Fact>
          <KeyFactRows facts={credential.key} spki={credential.spkiSha256} />
          <Fact name="Signature">{credential.signatureAlgorithm}</Fact>
          <Fact name="SHA-256"><Mono copy="fingerprint">{credential.fingerprint}</Mono></Fact>
        </Facts>
      )
    case 'crl':
      return (
        <Facts>
          <Fact name="Issuer"><Mono>{credential.issuer}</Mono></Fact>
          <Fact name="Issued">{dayOf(credential.thisUpdate)}</Fact>
          <Fact name="Next update">{credential.nextUpdate === null ? 'Not stated' : dayOf(credential.nextUpdate)}</Fact>
          <Fact name="Entries">{pluralText(credential.entryCount, 'revoked certificate')}{credential.isDelta ? ', delta' : ''}</Fact>
          {credential.crlNumber === null ? null : <Fact name="Number">{credential.crlNumber}</Fact>}
          <Fact name="Signature">{credential.signatureAlgorithm}</Fact>
          <Fact name="SHA-256"><Mono copy="fingerprint">{credential.fingerprint}</Mono></Fact>
        </Facts>
      )
    case 'secret':
      return (
        <Facts>
          <Fact name="Type">{secretTypeName(credential.secretType)} <span className="mono ml-1 text-ink-3">{credential.secretType}</span></Fact>
          {Object.entries(credential.facts).filter(([name]) => !tellsOfCheck(name)).map(([name, value]) => <Fact key={name} name={factName(name)}><span className="break-words">{value}</span></Fact>)}
          {credential.valueKnown ? null : <Fact name="Value">Nobody can read it here; known by its name</Fact>}
          <Fact name="Fingerprint"><Mono copy="fingerprint">{credential.fingerprint}</Mono><span className="block text-xs text-ink-3">Keyed, so that it tells nothing of the value, which is not kept.</span></Fact>
        </Facts>
      )
  }
}
