import { isMusterError } from '@muster/core'
import type { ErrorCode, TlsProfile, TlsVersion } from '@muster/core'
import { tlsVersions } from '@muster/core'
import type { Session } from '../network/session.ts'
import { allLegacySuites, allTls13Suites, ecdheSuites, suiteName } from './cipher-suites.ts'
import type { ClientHello } from './client-hello.ts'
import { signatureSchemes, versionCodes } from './codes.ts'
import { exchangeLegacy, exchangeTls13, legacyHello, tls13Hello } from './exchange.ts'
import type { HelloAnswer, HelloOutcome } from './exchange.ts'
import { commonGroups, groupName, legacyGroups, tls13Groups } from './groups.ts'

/** What an endpoint accepts, with what could not be found out. */
export type WalkedProfile = Pick<TlsProfile, 'versions' | 'cipherSuites' | 'groups'> & {
  readonly problems: readonly { readonly code: ErrorCode; readonly message: string }[]
}

export type WalkOptions = {
  readonly sni: string | null
  readonly alpn: readonly string[]
  /** A version already seen to be accepted; saves asking. */
  readonly version: TlsVersion | null
}

/** Two failures in a row end a walk: the endpoint has stopped answering. */
const MAX_FAILURES = 2
/** Some servers fall silent at long suite lists; then the list is offered in pieces of this size. */
const PIECE_SUITES = 60

/**
 * Finds versions, cipher suites per version and key-exchange groups an endpoint accepts. Suites and groups by elimination: offer
 * all that are left, strike the one chosen, until the endpoint refuses. No handshake is finished.
 */
export async function walkProfile(session: Session, options: WalkOptions): Promise<WalkedProfile> {
  const walk = new Walk(session, options)
  const cipherSuites: { version: TlsVersion; name: string }[] = []
  const versions: TlsVersion[] = []
  let ecdhe: number[] = []
  for (const version of tlsVersions) {
    const suites = version === 'TLSv1.3' ? await walk.tls13Suites() : await walk.legacySuites(version)
    if (suites.length > 0) versions.push(version)
    cipherSuites.push(...suites.map((suite) => ({ version, name: suiteName(suite) })))
    const withCurve = suites.filter((suite) => ecdheSuites.has(suite))
    if (withCurve.length > 0) ecdhe = withCurve
  }
  const groups = new Set<number>()
  if (versions.includes('TLSv1.3')) for (const group of await walk.tls13Groups()) groups.add(group)
  if (ecdhe.length > 0) for (const group of await walk.legacyGroups(ecdhe)) groups.add(group)
  return { versions, cipherSuites, groups: [...groups].map((group) => groupName(group)).slice(0, 64), problems: walk.problems }
}

class Walk {
  readonly problems: { code: ErrorCode; message: string }[] = []
  readonly #session: Session
  readonly #options: WalkOptions
  #failures = 0

  constructor(session: Session, options: WalkOptions) {
    this.#session = session
    this.#options = options
  }

  async legacySuites(version: Exclude<TlsVersion, 'TLSv1.3'>): Promise<readonly number[]> {
    const base = { clientVersion: versionCodes[version], serverName: this.#options.sni, groups: commonGroups, plain: version === 'SSLv3' }
    const ask = (suites: readonly number[]): Promise<HelloAnswer | null> => this.#askLegacy({ ...base, suites }, version, 'server-hello')
    const suites = await eliminate(allLegacySuites, ask, ({ suite }) => suite)
    // A server that cannot read the long list may still accept the version: the pieces decide.
    if (suites.length > 0 || this.#options.version !== version) return suites
    const found: number[] = []
    for (let at = 0; at < allLegacySuites.length; at += PIECE_SUITES) {
      found.push(...await eliminate(allLegacySuites.slice(at, at + PIECE_SUITES), ask, ({ suite }) => suite))
    }
    return found
  }

  tls13Suites(): Promise<readonly number[]> {
    const ask = (suites: readonly number[]): Promise<HelloAnswer | null> => this.#askTls13({ suites, keyShares: [], groups: tls13Groups })
    return eliminate(allTls13Suites, ask, ({ suite }) => suite)
  }

  /** By empty key shares: the server names its group in a HelloRetryRequest, so no group needs to be computed. */
  tls13Groups(): Promise<readonly number[]> {
    const ask = (groups: readonly number[]): Promise<HelloAnswer | null> => this.#askTls13({ suites: allTls13Suites, keyShares: [], groups })
    return eliminate(tls13Groups, ask, ({ group }) => group)
  }

  legacyGroups(suites: readonly number[]): Promise<readonly number[]> {
    const base = { suites, serverName: this.#options.sni }
    const ask = (groups: readonly number[]): Promise<HelloAnswer | null> => this.#askLegacy({ ...base, groups }, null, 'key-exchange')
    return eliminate(legacyGroups, ask, ({ group }) => group)
  }

  #askLegacy(change: Partial<ClientHello>, version: TlsVersion | null, stop: 'server-hello' | 'key-exchange'): Promise<HelloAnswer | null> {
    const hello = legacyHello(change)
    return this.#ask(
      () => this.#session.with((channel) => exchangeLegacy(channel, hello, stop)),
      (answer) => (version === null ? answer.version !== 'TLSv1.3' : answer.version === version),
    )
  }

  #askTls13(change: Partial<ClientHello>): Promise<HelloAnswer | null> {
    const hello = tls13Hello({ serverName: this.#options.sni, signatureSchemes: signatureSchemes.any, ...change })
    return this.#ask(
      () => this.#session.with((channel) => exchangeTls13(channel, hello, 'server-hello')),
      (answer) => answer.version === 'TLSv1.3',
    )
  }

  /** The answer if it is the one asked for; null for a refusal, and for a failure, which is noted. */
  async #ask(exchange: () => Promise<HelloOutcome>, fits: (answer: HelloAnswer) => boolean): Promise<HelloAnswer | null> {
    if (this.#failures >= MAX_FAILURES) return null
    try {
      const outcome = await exchange()
      this.#failures = 0
      return outcome.kind === 'server-hello' && fits(outcome) ? outcome : null
    } catch (error) {
      if (!isMusterError(error) || error.code === 'operation.cancelled') throw error
      // Old and strict servers drop the connection instead of sending an alert.
      if (error.code === 'connect.failed') return null
      if (++this.#failures === MAX_FAILURES) this.problems.push({ code: error.code, message: `the profile is incomplete: ${error.message}` })
      return null
    }
  }
}

/** Offers `candidates`, strikes out what is chosen and offers the rest again, until nothing (or something not offered) is chosen. */
async function eliminate(candidates: readonly number[], ask: (left: readonly number[]) => Promise<HelloAnswer | null>, chosen: (answer: HelloAnswer) => number | null): Promise<readonly number[]> {
  const found: number[] = []
  let left = candidates
  while (left.length > 0) {
    const answer = await ask(left)
    const choice = answer === null ? null : chosen(answer)
    if (choice === null || !left.includes(choice)) break
    found.push(choice)
    left = left.filter((candidate) => candidate !== choice)
  }
  return found
}
