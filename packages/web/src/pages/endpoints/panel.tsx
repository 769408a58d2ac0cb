import { hostPort, tlsVersions, type SshProfile, type TlsProfile } from '@muster/core'
import type { EndpointRow } from '@muster/core/api'
import { useQueries, useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { routeQuery } from '../../api/query.ts'
import { shortHex } from '../../format/names.ts'
import { cx } from '../../ui/cx.ts'
import { ObjectPanel } from '../../ui/object-panel.tsx'
import { Fact, Facts, Mono, Section } from '../../ui/text.tsx'
import { Expiry, When } from '../../ui/time.tsx'
import { ObjectFindings } from '../credential/sections.tsx'
import { isOldVersion, isQuantumSafe, weaknessOf } from './profile.ts'

function Algorithms({ names }: { names: readonly string[] }): ReactNode {
  if (names.length === 0) return <span className="text-ink-3">None</span>
  return (
    <ul>
      {names.map((name) => {
        const weakness = weaknessOf(name)
        return (
          <li key={name} className="flex items-baseline gap-2">
            <span className={cx('mono break-all', weakness !== null && 'text-critical')}>{name}</span>
            {weakness !== null ? <span className="shrink-0 text-2xs text-critical">{weakness}</span> : isQuantumSafe(name) ? <span className="shrink-0 text-2xs text-good">post-quantum</span> : null}
          </li>
        )
      })}
    </ul>
  )
}

function ServedChain({ fingerprints }: { fingerprints: readonly string[] }): ReactNode {
  const rows = useQueries({ queries: fingerprints.map((q) => routeQuery('listCredentials', { query: { q, limit: 1, presence: 'all', trustStore: 'true', sort: 'name' } })) })
  return (
    <ol className="border-t border-line">
      {fingerprints.map((fingerprint, index) => {
        const row = rows[index]?.data?.items[0]
        return (
          <li key={`${index}${fingerprint}`} className="flex items-baseline gap-3 border-b border-line py-1.5">
            <span className="w-4 text-right text-xs text-ink-3">{index}</span>
            {row === undefined ? <span className="mono min-w-0 grow truncate" title={fingerprint}>{shortHex(fingerprint, 16)}</span> : <Link to="/inventory/$id" params={{ id: row.id }} className="min-w-0 grow truncate font-medium hover:underline">{row.name}</Link>}
            {row === undefined ? null : <span className="text-xs"><Expiry at={row.notAfter} from={row.notBefore} /></span>}
          </li>
        )
      })}
    </ol>
  )
}

const yesNo = (value: boolean | null): ReactNode => (value === null ? <span className="text-ink-3">Not asked</span> : value ? 'Yes' : 'No')

function TlsPart({ tls }: { tls: TlsProfile }): ReactNode {
  return (
    <>
      {tls.chains.map((chain, index) => <Section key={chain.join()} title={tls.chains.length === 1 ? 'Chain as served' : `Chain ${index + 1} as served`} note="leaf first"><ServedChain fingerprints={chain} /></Section>)}
      <Section title="TLS">
        <Facts>
          <Fact name="Versions">{tls.versions === null ? <span className="text-ink-3">Not asked</span> : <span className="flex flex-wrap gap-x-3">{tls.versions.map((version) => <span key={version} className={cx(isOldVersion(version) && 'text-critical')}>{version.replace('v', ' ')}</span>)}</span>}</Fact>
          <Fact name="Key exchange">{tls.groups === null ? <span className="text-ink-3">Not asked</span> : <Algorithms names={tls.groups} />}</Fact>
          <Fact name="ALPN">{tls.alpn ?? <span className="text-ink-3">None</span>}</Fact>
          <Fact name="OCSP stapled">{yesNo(tls.ocspStapled)}</Fact>
          <Fact name="Asks for client certificate">{yesNo(tls.clientCertificateRequested)}</Fact>
        </Facts>
      </Section>
      {tls.cipherSuites === null ? null : (
        <Section title="Cipher suites" note={`${tls.cipherSuites.length}`}>
          <Facts>
            {tlsVersions.toReversed().map((version) => {
              const names = tls.cipherSuites!.filter((suite) => suite.version === version).map((suite) => suite.name)
              return names.length === 0 ? null : <Fact key={version} name={version.replace('v', ' ')}><Algorithms names={names} /></Fact>
            })}
          </Facts>
        </Section>
      )}
    </>
  )
}

function SshPart({ ssh }: { ssh: SshProfile }): ReactNode {
  return (
    <>
      <Section title="Host keys"><ServedChain fingerprints={ssh.hostKeyFingerprints} /></Section>
      <Section title="SSH">
        <Facts>
          <Fact name="Banner"><Mono>{ssh.banner}</Mono></Fact>
          <Fact name="Key exchange"><Algorithms names={ssh.keyExchange} /></Fact>
          <Fact name="Host key algorithms"><Algorithms names={ssh.hostKeyAlgorithms} /></Fact>
          <Fact name="Ciphers"><Algorithms names={ssh.ciphers} /></Fact>
          <Fact name="MACs"><Algorithms names={ssh.macs} /></Fact>
        </Facts>
      </Section>
    </>
  )
}

function Body({ row }: { row: EndpointRow }): ReactNode {
  return (
    <div className="flex flex-col gap-7 px-5 py-5">
      <Facts>
        <Fact name="Machine"><Link to="/machines/$id" params={{ id: row.machineId }} className="font-medium hover:underline">{row.machineName}</Link></Fact>
        {row.sni === null ? null : <Fact name="Name asked for"><Mono copy="name">{row.sni}</Mono></Fact>}
        {row.starttls === null ? null : <Fact name="STARTTLS">{row.starttls}</Fact>}
        {row.process === null ? null : <Fact name="Process"><Mono>{`${row.process.executable ?? row.process.name} (pid ${row.process.pid}${row.process.user === null ? '' : `, ${row.process.user}`})`}</Mono></Fact>}
        <Fact name="Seen">first <When at={row.firstSeen} />, last <When at={row.lastSeen} />{row.goneAt === null ? null : <>, gone <When at={row.goneAt} /></>}</Fact>
      </Facts>
      <Section title="Findings"><ObjectFindings objectId={row.id} /></Section>
      {row.tls === null ? null : <TlsPart tls={row.tls} />}
      {row.ssh === null ? null : <SshPart ssh={row.ssh} />}
    </div>
  )
}

/** Everything known of an endpoint, beside its list. */
export function EndpointPanel({ id, onClose }: { id: string | null; onClose: () => void }): ReactNode {
  const endpoint = useQuery({ ...routeQuery('getEndpoint', { params: { id: id ?? '' } }), enabled: id !== null })
  return (
    <ObjectPanel id={id} onClose={onClose} query={endpoint} title={(row) => (row === undefined ? 'Endpoint' : hostPort(row.host, row.port))}>
      {(row) => <Body key={row.id} row={row} />}
    </ObjectPanel>
  )
}
