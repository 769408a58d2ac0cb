import { isMusterError, MusterError } from '@muster/core'
import type { TlsProfile, TlsVersion } from '@muster/core'
import type { Session } from '../network/session.ts'
import type { CertificateStore, ServedCertificate } from './certificate-store.ts'
import { certificateSuites, certificateTypeOf, ecdsaCertificateSuites, rsaCertificateSuites } from './cipher-suites.ts'
import { alertName, HANDSHAKE_FAILURE, NO_APPLICATION_PROTOCOL, signatureSchemes } from './codes.ts'
import { exchangeLegacy, exchangeTls13, legacyHello, tls13Hello } from './exchange.ts'
import type { HelloAnswer, HelloOutcome } from './exchange.ts'
import { groupName } from './groups.ts'
import type { HelloOrder } from './hello-order.ts'
import { hybridGroups, openableSuites } from './key-schedule.ts'

/** What an endpoint serves under one name. */
export type TlsBinding = {
  /** Name sent as SNI; null when none was. */
  readonly sni: string | null
  /** Certificates as served, leaf first; a second chain where the endpoint has an RSA and an ECDSA certificate. */
  readonly chains: readonly (readonly ServedCertificate[])[]
  readonly profile: TlsProfile
}

/** A binding, or the outcome that shows there is none. */
export type BindingResult =
  | { readonly kind: 'binding'; readonly binding: TlsBinding; readonly version: TlsVersion; readonly problems: readonly MusterError[] }
  | { readonly kind: 'refused'; readonly why: string }
  | { readonly kind: 'closed' }
  | { readonly kind: 'not-tls'; readonly bytes: Buffer }

export type BindingOptions = {
  readonly sni: string | null
  readonly store: CertificateStore
  readonly order: HelloOrder
  /** Empty behind STARTTLS, where it means nothing. */
  readonly alpn: readonly string[]
  /** Ask for the other certificate of a dual-certificate host. */
  readonly bothKeyTypes: boolean
  /** Read up to ServerHelloDone, so that a request for a client certificate is always seen. */
  readonly wholeFlight: boolean
}

type Ask = (session: Session, options: BindingOptions, schemes: keyof typeof signatureSchemes) => Promise<HelloOutcome>

const askLegacy: Ask = (session, { sni, alpn, wholeFlight }, schemes) => {
  const suites = schemes === 'any' ? {} : { suites: schemes === 'rsa' ? rsaCertificateSuites : ecdsaCertificateSuites }
  const hello = legacyHello({ serverName: sni, alpn, signatureSchemes: signatureSchemes[schemes], ...suites })
  return session.with((channel) => exchangeLegacy(channel, hello, wholeFlight ? 'flight' : 'certificate'))
}

const askTls13: Ask = (session, { sni, alpn }, schemes) => {
  const hello = tls13Hello({ serverName: sni, alpn, signatureSchemes: signatureSchemes[schemes] })
  return session.with((channel) => exchangeTls13(channel, hello, 'certificate'))
}

/** Offers every version at once: one connection for servers that refuse TLS 1.2, and an answer in the clear from those that know no 1.3. */
const askEverything: Ask = (session, { sni, alpn, wholeFlight }) => {
  const hello = tls13Hello({ serverName: sni, alpn, suites: everySuite, supportedVersions: everyVersion })
  return session.with((channel) => exchangeTls13(channel, hello, wholeFlight ? 'flight' : 'certificate'))
}
const everySuite = [...openableSuites, ...certificateSuites]
const everyVersion = [0x0304, 0x0303, 0x0302, 0x0301]

/** For servers that accept post-quantum groups alone; the share is made when the server has named its group. */
const askHybrid: Ask = (session, { sni, alpn }, schemes) => {
  const hello = tls13Hello({ serverName: sni, alpn, signatureSchemes: signatureSchemes[schemes], groups: hybridGroups, keyShares: [] })
  return session.with((channel) => exchangeTls13(channel, hello, 'certificate'))
}

/**
 * Reads what an endpoint serves under one name: first by a hello of up to TLS 1.2, whose certificate comes in the clear; where
 * that is refused, by TLS 1.3.
 * @throws MusterError connect.*, tls.protocol, input.limit, starttls.refused
 */
export async function readBinding(session: Session, options: BindingOptions): Promise<BindingResult> {
  if (options.order.offersTls13First()) {
    const outcome = await askEverything(session, options, 'any')
    if (outcome.kind === 'not-tls') return outcome
    if (outcome.kind === 'server-hello') return completeBinding(session, options, outcome.version === 'TLSv1.3' ? askTls13 : askLegacy, outcome)
  }
  const legacy = await askWithoutAlpnIfNeeded(askLegacy, session, options)
  options.order.learn(legacy.kind !== 'server-hello')
  if (legacy.kind === 'not-tls') return legacy
  if (legacy.kind === 'server-hello') return completeBinding(session, options, askLegacy, legacy)
  const modern = await askWithoutAlpnIfNeeded(askTls13, session, options)
  if (modern.kind === 'server-hello') return completeBinding(session, options, askTls13, modern)
  if (modern.kind === 'alert' && modern.description === HANDSHAKE_FAILURE) {
    const hybrid = await askHybrid(session, options, 'any')
    if (hybrid.kind === 'server-hello') return completeBinding(session, options, askHybrid, hybrid)
  }
  if (modern.kind === 'not-tls') return modern
  if (modern.kind === 'alert') return { kind: 'refused', why: alertName(modern.description) }
  return legacy.kind === 'alert' ? { kind: 'refused', why: alertName(legacy.description) } : { kind: 'closed' }
}

async function askWithoutAlpnIfNeeded(ask: Ask, session: Session, options: BindingOptions): Promise<HelloOutcome> {
  const outcome = await ask(session, options, 'any')
  if (outcome.kind !== 'alert' || outcome.description !== NO_APPLICATION_PROTOCOL || options.alpn.length === 0) return outcome
  return ask(session, { ...options, alpn: [] }, 'any')
}

async function completeBinding(session: Session, options: BindingOptions, ask: Ask, answer: HelloAnswer): Promise<BindingResult> {
  const { store, sni } = options
  const chains = answer.certificates === null || answer.certificates.length === 0 ? [] : [readChain(store, answer.certificates)]
  const problems: MusterError[] = []
  if (answer.isRetryRequest && answer.group !== null) {
    problems.push(new MusterError('tls.protocol', `${session.where} insists on the key-exchange group ${groupName(answer.group)}, behind which certificates cannot be read`))
  }
  if (options.bothKeyTypes && chains.length > 0) {
    const other = await otherChain(session, options, ask, answer, chains[0]!)
    if (isMusterError(other)) problems.push(other)
    else if (other !== null) chains.push(other)
  }
  const { alpn, ocspStapled, clientCertificateRequested } = answer
  const profile: TlsProfile = {
    versions: null, cipherSuites: null, groups: null, alpn, ocspStapled, clientCertificateRequested,
    chains: chains.map((chain) => chain.slice(0, MAX_CHAIN).map(({ fingerprint }) => fingerprint)),
  }
  return { kind: 'binding', binding: { sni, chains, profile }, version: answer.version, problems }
}

/** Longest chain a profile lists. */
export const MAX_CHAIN = 20

function readChain(store: CertificateStore, certificates: readonly Buffer[]): readonly ServedCertificate[] {
  return certificates.map((der) => store.read(der))
}

/** The certificate of the other key type, by a hello that accepts no other; null when there is none, the error when it cannot be told. */
async function otherChain(session: Session, options: BindingOptions, ask: Ask, answer: HelloAnswer, first: readonly ServedCertificate[]): Promise<readonly ServedCertificate[] | MusterError | null> {
  const type = certificateTypeOf(answer.suite) ?? keyTypeOf(first[0]!)
  if (type === null) return null
  try {
    const outcome = await ask(session, options, type === 'rsa' ? 'ecdsa' : 'rsa')
    if (outcome.kind !== 'server-hello' || outcome.certificates === null || outcome.certificates.length === 0) return null
    const chain = readChain(options.store, outcome.certificates)
    return chain[0]!.fingerprint === first[0]!.fingerprint ? null : chain
  } catch (error) {
    // The first chain stands whatever the endpoint makes of a second hello.
    if (!isMusterError(error) || error.code === 'operation.cancelled') throw error
    // Many servers drop the connection instead of sending an alert: that is a no.
    return error.code === 'connect.failed' ? null : error
  }
}

function keyTypeOf({ certificate }: ServedCertificate): 'rsa' | 'ecdsa' | null {
  switch (certificate?.key.algorithm) {
    case 'rsa':
    case 'rsa-pss':
      return 'rsa'
    case 'ec':
    case 'ed25519':
    case 'ed448':
      return 'ecdsa'
    default:
      return null
  }
}
