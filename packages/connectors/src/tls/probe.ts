import type { ErrorCode, ScanProblem, TlsVersion } from '@muster/core'
import { hostPort, isMusterError, MusterError } from '@muster/core'
import { parseIpAddress } from '../network/address.ts'
import { Network } from '../network/network.ts'
import type { NetworkOptions } from '../network/network.ts'
import { protocolByPort } from '../network/schemes.ts'
import type { Scheme, StarttlsProtocol } from '../network/schemes.ts'
import type { Session } from '../network/session.ts'
import { readBinding } from './bindings.ts'
import type { BindingOptions, BindingResult, TlsBinding } from './bindings.ts'
import { CertificateStore } from './certificate-store.ts'
import { HelloOrder } from './hello-order.ts'
import { walkProfile } from './profile.ts'
import { detectProtocol } from './starttls/detect.ts'
import { starttlsPreambles } from './starttls/index.ts'

/** An endpoint to probe. */
export type ProbeTarget = {
  /** Name or address. */
  readonly host: string
  readonly port: number
  /** What to speak; null to go by the port and by what the endpoint says. */
  readonly scheme?: Scheme | null
  /** Names to send as SNI, besides `host` where that is a name. */
  readonly sni?: readonly string[]
}

export type TlsProbeOptions = {
  /** `profile` also walks versions, cipher suites and groups: about a hundred connections. */
  readonly depth: 'certificates' | 'profile'
  /** Ask dual-certificate hosts for their other certificate; default true. */
  readonly bothKeyTypes?: boolean
}

/** What a probe found out about an endpoint. */
export type TlsProbe = {
  readonly host: string
  readonly port: number
  /** Address that was contacted; null when there was none. */
  readonly address: string | null
  /**
   * `refused` proves that nothing listens; `silent` proves nothing; `unknown` is an open port that speaks something else;
   * `ssh` speaks SSH, see `probeSsh`.
   */
  readonly status: 'tls' | 'ssh' | 'unknown' | 'refused' | 'silent'
  readonly starttls: StarttlsProtocol | null
  /** The first is the endpoint's own: under its name, or without SNI at an address. */
  readonly bindings: readonly TlsBinding[]
  readonly problems: readonly ScanProblem[]
  /** False when something could not be read: what is missing here may still be there. */
  readonly complete: boolean
}

const CERTIFICATES_BUDGET_MS = 60_000
const PROFILE_BUDGET_MS = 300_000
const httpAlpn = ['h2', 'http/1.1']

/** What a probe needs besides its target; shared by all probes of a scan. */
export type TlsProbeContext = { readonly network: Network; readonly store: CertificateStore; readonly order: HelloOrder }

/** A context for the probes of one scan on a network. */
export function createTlsProbeContext(network: Network): TlsProbeContext {
  return { network, store: new CertificateStore(), order: new HelloOrder() }
}

/**
 * Probes one endpoint for TLS, directly or by STARTTLS. Problems are in the result; it throws only when cancelled.
 * @throws MusterError operation.cancelled
 */
export async function probeTls(target: ProbeTarget, options: TlsProbeOptions & NetworkOptions): Promise<TlsProbe> {
  return probeTlsIn(createTlsProbeContext(new Network(options)), target, options)
}

/** As {@link probeTls}, within a scan. */
export async function probeTlsIn(context: TlsProbeContext, target: ProbeTarget, options: TlsProbeOptions): Promise<TlsProbe> {
  const result: MutableProbe = { host: target.host, port: target.port, address: null, status: 'silent', starttls: null, bindings: [], problems: [], complete: true }
  try {
    const addresses = await context.network.addressesOf(target.host, target.port)
    const budgetMs = options.depth === 'profile' ? PROFILE_BUDGET_MS : CERTIFICATES_BUDGET_MS
    for (const address of addresses) {
      result.address = address
      const outcome = await probeAddress(context, context.network.session(target.host, address, target.port, budgetMs), target, options, result)
      // A dead address of a name that has others says nothing about the name.
      if (outcome === 'reached') break
    }
  } catch (error) {
    note(result, error)
  }
  if (result.status !== 'tls') result.starttls = null
  return result
}

type MutableProbe = { -readonly [Field in keyof TlsProbe]: TlsProbe[Field] extends readonly (infer Item)[] ? Item[] : TlsProbe[Field] }

async function probeAddress(context: TlsProbeContext, session: Session, target: ProbeTarget, options: TlsProbeOptions, result: MutableProbe): Promise<'reached' | 'unreached'> {
  try {
    await new EndpointProbe(context, session, target, options, result).run()
    return 'reached'
  } catch (error) {
    if (isMusterError(error, 'connect.refused') && !session.connected) {
      result.status = 'refused'
      return 'unreached'
    }
    if (session.connected && result.status === 'silent') result.status = 'unknown'
    note(result, error)
    return session.connected ? 'reached' : 'unreached'
  }
}

/** Makes an error a problem of the result, which is then incomplete. */
function note(result: MutableProbe, error: unknown): void {
  if (!isMusterError(error) || error.code === 'operation.cancelled') throw error
  result.complete = false
  problem(result, error.code, error.message)
}

function problem(result: MutableProbe, code: ErrorCode, message: string): void {
  const where = code === 'target.unresolved' ? result.host : hostPort(result.host, result.port)
  result.problems.push({ code, where, message: message.slice(0, 1000) })
}

class EndpointProbe {
  readonly #context: TlsProbeContext
  readonly #session: Session
  readonly #target: ProbeTarget
  readonly #options: TlsProbeOptions
  readonly #result: MutableProbe

  constructor(context: TlsProbeContext, session: Session, target: ProbeTarget, options: TlsProbeOptions, result: MutableProbe) {
    this.#context = context
    this.#session = session
    this.#target = target
    this.#options = options
    this.#result = result
  }

  async run(): Promise<void> {
    const named = this.#target.scheme ?? null
    const byPort = protocolByPort.get(this.#target.port) ?? 'tls'
    if (named !== null) await this.#speak(named, false)
    else await this.#speak(byPort, true)
  }

  /** `mayBeOther`: the protocol is only the port's convention, so what the endpoint says overrules it. */
  async #speak(protocol: Scheme, mayBeOther: boolean): Promise<void> {
    if (protocol === 'tls') return this.#speakTls(mayBeOther)
    if (protocol === 'ssh') return this.#listenForBanner(mayBeOther)
    return this.#speakStarttls(protocol, mayBeOther)
  }

  async #listenForBanner(mayBeOther: boolean): Promise<void> {
    const banner = await this.#session.with((channel) => channel.readWithin(BANNER_WAIT_MS))
    const said = banner === null ? null : detectProtocol(banner)
    if (said !== null && said !== 'ssh') return this.#speakStarttls(said, false)
    if (said === 'ssh') this.#result.status = 'ssh'
    else if (banner === null && mayBeOther) await this.#speakTls(false)
    else this.#result.status = 'unknown'
  }

  async #speakStarttls(protocol: StarttlsProtocol, mayBeOther: boolean): Promise<void> {
    let agreed = false
    this.#session.precedeWith(async (channel, host) => {
      // XMPP asks for a domain before TLS does; it is rarely the name of the host.
      const ready = await starttlsPreambles[protocol](channel, this.#target.sni?.[0] ?? host)
      agreed = true
      return ready
    })
    this.#result.starttls = protocol
    let first: BindingResult
    try {
      first = await this.#bind(this.#primaryName())
    } catch (error) {
      if (agreed || !(error instanceof MusterError) || !starttlsFailures.has(error.code)) throw error
      this.#result.starttls = null
      this.#session.precedeWith(null)
      if (mayBeOther && error.code !== 'starttls.refused') return this.#speakTls(true)
      this.#result.status = 'unknown'
      return problem(this.#result, error.code, error.message)
    }
    await this.#readBindings(first, protocol)
  }

  async #speakTls(mayBeOther: boolean): Promise<void> {
    const first = await this.#bind(this.#primaryName())
    if (first.kind === 'not-tls' && mayBeOther) {
      const said = detectProtocol(first.bytes)
      if (said === 'ssh') this.#result.status = 'ssh'
      else if (said !== null) await this.#speakStarttls(said, false)
      if (said !== null) return
    }
    await this.#readBindings(first, null)
  }

  #primaryName(): string | null {
    return parseIpAddress(this.#target.host) === null ? this.#target.host : null
  }

  #bindingOptions(sni: string | null): BindingOptions {
    const { depth, bothKeyTypes } = this.#options
    return {
      sni, store: this.#context.store, order: this.#context.order, alpn: this.#result.starttls === null ? httpAlpn : [], bothKeyTypes: bothKeyTypes ?? true,
      wholeFlight: depth === 'profile',
    }
  }

  #bind(sni: string | null): Promise<BindingResult> {
    return readBinding(this.#session, this.#bindingOptions(sni))
  }

  async #readBindings(first: BindingResult, starttls: StarttlsProtocol | null): Promise<void> {
    const result = this.#result
    if (first.kind === 'not-tls' || first.kind === 'closed') {
      result.status = 'unknown'
      return
    }
    result.status = 'tls'
    const names = [this.#primaryName(), ...(this.#target.sni ?? []), null]
    const seen = new Set<string | null>()
    let version: TlsVersion | null = null
    for (const sni of names) {
      if (seen.has(sni)) continue
      const outcome = seen.size === 0 ? first : await this.#bind(sni)
      seen.add(sni)
      const accepted = this.#add(outcome, sni, sni === null && seen.size > 1)
      version ??= accepted
    }
    if (this.#options.depth === 'profile') await this.#walk(version, starttls)
  }

  /** Keeps a binding; `onlyIfDifferent` where it is asked for completeness and mostly repeats the first. */
  #add(outcome: BindingResult, sni: string | null, onlyIfDifferent: boolean): TlsVersion | null {
    const { bindings } = this.#result
    if (outcome.kind === 'binding') {
      const leaf = leafOf(outcome.binding)
      const repeats = bindings.some((binding) => leafOf(binding) === leaf)
      if (!onlyIfDifferent || !repeats) bindings.push(outcome.binding)
      for (const error of outcome.problems) note(this.#result, error)
      return outcome.version
    }
    if (!onlyIfDifferent) {
      const under = sni === null ? '' : ` for the name ${sni}`
      const what = outcome.kind === 'refused' ? `refused the handshake${under}: ${outcome.why}` : `closed the connection during the handshake${under}`
      problem(this.#result, 'tls.alert', `${this.#session.where} ${what}`)
    }
    return null
  }

  async #walk(version: TlsVersion | null, starttls: StarttlsProtocol | null): Promise<void> {
    const [first, ...others] = this.#result.bindings
    const sni = first?.sni ?? this.#primaryName()
    const walked = await walkProfile(this.#session, { sni, alpn: starttls === null ? httpAlpn : [], version })
    for (const error of walked.problems) problem(this.#result, error.code, error.message)
    const empty = { alpn: null, ocspStapled: null, chains: [], clientCertificateRequested: null }
    const { versions, cipherSuites, groups } = walked
    const own: TlsBinding = { sni, chains: first?.chains ?? [], profile: { ...(first?.profile ?? empty), versions, cipherSuites, groups } }
    this.#result.bindings = [own, ...others]
  }
}

function leafOf({ chains }: TlsBinding): string {
  return chains.map((chain) => chain[0]?.fingerprint ?? '').sort().join()
}

/** How long an endpoint that should speak first is given before it is taken for one that waits. */
const BANNER_WAIT_MS = 300

const starttlsFailures: ReadonlySet<ErrorCode> = new Set<ErrorCode>(['starttls.refused', 'tls.protocol', 'connect.failed'])
